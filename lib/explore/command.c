/* SPDX-License-Identifier: MIT */
/*
 * The command line of a litmus program under exploration.
 */
#include "engine.h"

#include <afield/explore.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MUTANTS = 1024 };

struct command {
	int (*program)(int, char **);
	const char *name;
	struct afield_explore_options options;
	const char *equivalent; /* a file: mutants that cannot be found, each with its reason */
	enum { EXPLORE, LIST_SITES, LIST_MUTANTS, MATRIX } what;
	bool wants_complete, wants_outcomes;
	char flags[256]; /* as given, for the line that replays a failure */
};

static const char *const modes[] = {"bounded", "exhaustive", "random"};

static void usage(const char *name)
{
	fprintf(stderr,
		"usage: %s [--mode bounded|exhaustive|random] [--bound N] [--executions N]\n"
		"  [--seconds S] [--seed N] [--steps N] [--spurious N] [--no-leaks] [--reuse]\n"
		"  [--mutant SITE:OPERATOR] [--replay CHOICES] [--complete] [--outcomes]\n"
		"  [--list-sites | --list-mutants | --matrix [--equivalent FILE]]\n",
		name);
}

static void print_result(const struct command *command, const struct afield_explore_result *result)
{
	const char *text;
	uint64_t count;

	for (size_t i = 0; command->wants_outcomes; i++) {
		text = afield_explore_outcome_at(i, &count);
		if (!text)
			break;
		printf("outcome %-32s %llu\n", text, (unsigned long long)count);
	}
	printf("%s: %s: %llu executions (%llu given up, %llu redundant), %llu outcomes in %.3f s, "
	       "%.0f a second%s\n",
	       command->name, result->has_failed ? "FAILED" : "passed",
	       (unsigned long long)result->executions, (unsigned long long)result->blocked,
	       (unsigned long long)result->redundant, (unsigned long long)result->outcomes,
	       result->seconds,
	       result->seconds > 0 ? (double)result->executions / result->seconds : 0.0,
	       result->is_complete ? ", complete" : "");
}

/* Runs the failing execution again to show its steps. */
static void show_failure(struct command *command, const struct afield_explore_result *result)
{
	static struct afield_explore_result again;
	struct afield_explore_options options = command->options;

	options.replay = result->replay;
	printf("the failing execution:\n");
	afield_explore_run(command->program, &options, &again);
	printf("failure: %s\n", again.has_failed ? again.failure : result->failure);
	printf("replay: %s%s --replay '%s'\n", command->name, command->flags, result->replay);
	if (!again.has_failed)
		printf("the replay did not fail: the program depends on something else\n");
}

static int explore(struct command *command)
{
	static struct afield_explore_result result;

	if (afield_explore_run(command->program, &command->options, &result)) {
		fprintf(stderr, "%s: no such mutant or replay text\n", command->name);
		return 2;
	}
	if (command->options.replay) {
		printf("%s\n", result.has_failed ? result.failure : "passed");
		return result.has_failed;
	}
	if (result.has_failed)
		show_failure(command, &result);
	print_result(command, &result);
	if (result.has_failed)
		return 1;
	if (result.executions == result.blocked + result.redundant) {
		printf("no execution came to its end\n");
		return 1;
	}
	return command->wants_complete && !result.is_complete ? 3 : 0;
}

/* Whether the file names this mutant, at the beginning of a line. */
static bool is_equivalent(const char *path, const char *mutant)
{
	char line[512];
	size_t length = strlen(mutant);
	bool is_named = false;
	FILE *file = path ? fopen(path, "r") : NULL;

	while (file && !is_named && fgets(line, sizeof(line), file))
		is_named = strncmp(line, mutant, length) == 0 &&
			   (line[length] == ' ' || line[length] == '\t');
	if (file)
		fclose(file);
	return is_named;
}

/* One search in a process of its own, so that a mutant can do no harm to the next. */
static int search_apart(struct command *command, const char *mutant,
			struct afield_explore_result *result)
{
	int ends[2], status = 0;
	ssize_t got;
	pid_t child;

	fflush(stdout);
	if (pipe(ends))
		return -1;
	child = fork();
	if (child == 0) {
		command->options.mutant = mutant;
		alarm((unsigned)command->options.seconds + 10);
		if (afield_explore_run(command->program, &command->options, result))
			_exit(2);
		_exit(write(ends[1], result, sizeof(*result)) != (ssize_t)sizeof(*result));
	}
	close(ends[1]);
	got = 0;
	while (child > 0 && got < (ssize_t)sizeof(*result)) {
		ssize_t more = read(ends[0], (char *)result + got, sizeof(*result) - (size_t)got);

		if (more <= 0)
			break;
		got += more;
	}
	close(ends[0]);
	waitpid(child, &status, 0);
	return got == (ssize_t)sizeof(*result) && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int matrix(struct command *command)
{
	static char names[MUTANTS][SITE_NAME + 16];
	static struct afield_explore_result result;
	int count = 0, found = 0, equivalent = 0, wrong = 0, status;

	if (command->options.seconds == 0)
		command->options.seconds = 10;
	if (afield_explore_run(command->program, &command->options, &result) || result.has_failed) {
		print_result(command, &result);
		printf("the program fails without a mutant: %s\n", result.failure);
		return 1;
	}
	print_result(command, &result);
	while (count < MUTANTS && site_mutant(count, names[count], sizeof(names[0])))
		count++;
	printf("%-64s %-12s %-10s %8s  %s\n", "site:operator", "search", "verdict", "seconds",
	       "found as");
	for (int i = 0; i < count; i++) {
		bool is_listed = is_equivalent(command->equivalent, names[i]);
		const char *verdict;

		memset(&result, 0, sizeof(result));
		status = search_apart(command, names[i], &result);
		verdict = status              ? "BROKEN"
			  : result.has_failed ? is_listed ? "LISTED" : "killed"
			  : is_listed         ? "equivalent"
					      : "SURVIVED";
		found += status == 0 && result.has_failed;
		equivalent += status == 0 && !result.has_failed && is_listed;
		wrong += status != 0 || result.has_failed == is_listed;
		printf("%-64s %-12s %-10s %8.3f  %.100s\n", names[i], modes[command->options.mode],
		       verdict, result.seconds, result.failure);
	}
	printf("%s: %d mutants, %d killed, %d equivalent, %d wrong\n", command->name, count, found,
	       equivalent, wrong);
	return wrong != 0 || count == 0;
}

static int list(struct command *command)
{
	static struct afield_explore_result result;
	char text[SITE_NAME + 16];

	if (!command->options.executions)
		command->options.executions = SITES_KNOWN;
	command->options.mode = AFIELD_EXPLORE_RANDOM;
	afield_explore_run(command->program, &command->options, &result);
	if (command->what == LIST_SITES)
		site_list();
	else
		for (int i = 0; site_mutant(i, text, sizeof(text)); i++)
			printf("%s\n", text);
	return 0;
}

static bool mode_set(struct command *command, const char *text)
{
	for (int i = 0; i < 3; i++)
		if (strcmp(text, modes[i]) == 0) {
			command->options.mode = i;
			return true;
		}
	return false;
}

static bool option_take(struct command *command, int option)
{
	struct afield_explore_options *options = &command->options;

	switch (option) {
	case 'm':
		return mode_set(command, optarg);
	case 'b':
		options->preemptions = atoi(optarg);
		return options->preemptions > 0;
	case 'x':
		options->executions = strtoull(optarg, NULL, 10);
		return true;
	case 's':
		options->seconds = atof(optarg);
		return true;
	case 'S':
		options->seed = strtoull(optarg, NULL, 10);
		return true;
	case 't':
		options->steps = (uint32_t)strtoul(optarg, NULL, 10);
		return true;
	case 'w':
		options->spurious = (uint32_t)strtoul(optarg, NULL, 10);
		options->no_spurious = options->spurious == 0;
		return true;
	case 'l':
		return options->no_leaks = true;
	case 'u':
		return options->reuse = true;
	case 'M':
		options->mutant = optarg;
		return true;
	case 'r':
		options->replay = optarg;
		return true;
	case 'e':
		command->equivalent = optarg;
		return true;
	case 'c':
		return command->wants_complete = true;
	case 'o':
		return command->wants_outcomes = true;
	case '1':
	case '2':
	case '3':
		command->what = option - '0';
		return true;
	default:
		return false;
	}
}

int afield_explore_main_with(int (*program)(int, char **), int argc, char **argv)
{
	return afield_explore_main_judged(program, NULL, argc, argv);
}

int afield_explore_main_judged(int (*program)(int, char **), bool (*allows)(const char *outcome),
			       int argc, char **argv)
{
	static const struct option known[] = {
		{"mode", 1, NULL, 'm'},       {"bound", 1, NULL, 'b'},
		{"executions", 1, NULL, 'x'}, {"seconds", 1, NULL, 's'},
		{"seed", 1, NULL, 'S'},       {"steps", 1, NULL, 't'},
		{"spurious", 1, NULL, 'w'},   {"no-leaks", 0, NULL, 'l'},
		{"reuse", 0, NULL, 'u'},      {"mutant", 1, NULL, 'M'},
		{"replay", 1, NULL, 'r'},     {"equivalent", 1, NULL, 'e'},
		{"complete", 0, NULL, 'c'},   {"outcomes", 0, NULL, 'o'},
		{"list-sites", 0, NULL, '1'}, {"list-mutants", 0, NULL, '2'},
		{"matrix", 0, NULL, '3'},     {NULL, 0, NULL, 0},
	};
	struct command command = {
		.program = program, .name = argv[0], .options = {.allows = allows}};
	int option;

	for (int i = 1; i < argc; i++)
		if (strlen(command.flags) + strlen(argv[i]) + 4 < sizeof(command.flags)) {
			strcat(command.flags, " ");
			strcat(command.flags, argv[i]);
		}
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		if (!option_take(&command, option)) {
			usage(argv[0]);
			return 2;
		}
	if (optind < argc) {
		usage(argv[0]);
		return 2;
	}
	if (command.what == MATRIX)
		return matrix(&command);
	return command.what == EXPLORE ? explore(&command) : list(&command);
}
