/* SPDX-License-Identifier: MIT */
/*
 * A search: executions until one fails, until all have been run, or until a limit.
 */
#include "engine.h"

#include <afield/explore.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { OUTCOMES = 1 << 15, OUTCOME_SLOTS = 2 * OUTCOMES };

static int (*program)(int, char **);
static bool (*allows)(const char *outcome);
static struct {
	char text[OUTCOME];
	uint64_t count;
} outcomes[OUTCOMES];
static size_t outcome_count;
static uint32_t outcome_slots[OUTCOME_SLOTS]; /* by the text's hash: an index + 1 */

static void *body(void *argument)
{
	static char name[] = "litmus", *arguments[] = {name, NULL};
	int status = program(1, arguments);

	(void)argument;
	if (status)
		fail("main returned %d", status);
	memory_check_leaks();
	return NULL;
}

/* A wild pointer of the program's ends the execution, not the search. */
static void wild(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	if (!run.self) {
		signal(signal_number, SIG_DFL);
		return;
	}
	fail("access to address %p", info->si_addr);
}

static void signals_catch(void)
{
	static char stack[64 << 10];
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = wild;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
	sigaltstack(&alternate, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGFPE, &action, NULL);
}

static void outcomes_forget(void)
{
	outcome_count = 0;
	memset(outcome_slots, 0, sizeof(outcome_slots));
}

/* The text's place among the slots: its own, or a free one. */
static uint32_t *outcome_slot(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t slot;

	for (const char *next = text; *next; next++)
		hash = (hash ^ (unsigned char)*next) * UINT64_C(0x100000001b3);
	slot = (size_t)(hash >> 32) % OUTCOME_SLOTS;
	while (outcome_slots[slot] && strcmp(outcomes[outcome_slots[slot] - 1].text, text) != 0)
		slot = (slot + 1) % OUTCOME_SLOTS;
	return &outcome_slots[slot];
}

/* Counts how the execution came out, and asks about what is new. */
static bool outcome_is_allowed(void)
{
	const char *text = outcome();
	uint32_t *slot = outcome_slot(text);

	if (!*text)
		return true;
	if (*slot) {
		outcomes[*slot - 1].count++;
		return true;
	}
	if (outcome_count == OUTCOMES) {
		failure_set("more than %d outcomes", OUTCOMES);
		return false;
	}
	strcpy(outcomes[outcome_count].text, text);
	outcomes[outcome_count].count = 1;
	*slot = (uint32_t)++outcome_count;
	if (!allows || allows(text))
		return true;
	failure_set("not allowed: %s", text);
	return false;
}

/* An execution, and what is said of its outcome. */
static enum verdict run_judged(void)
{
	enum verdict verdict = run_once(body);

	return verdict == PASSED && !outcome_is_allowed() ? FAILED : verdict;
}

static int outcome_compare(const void *one, const void *other)
{
	return strcmp(one, other); /* the text comes first */
}

const char *afield_explore_outcome_at(size_t index, uint64_t *count)
{
	if (index >= outcome_count)
		return NULL;
	if (count)
		*count = outcomes[index].count;
	return outcomes[index].text;
}

/* Of the processor: a search does not depend on who else uses the machine. */
static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void options_set(const struct afield_explore_options *given)
{
	memset(&options, 0, sizeof(options));
	options.is_random = given->mode == AFIELD_EXPLORE_RANDOM;
	options.is_reducing = given->mode == AFIELD_EXPLORE_EXHAUSTIVE;
	options.wants_leaks = !given->no_leaks;
	options.wants_reuse = given->reuse;
	options.preemptions = given->preemptions ? given->preemptions : 2;
	if (given->mode != AFIELD_EXPLORE_BOUNDED)
		options.preemptions = -1;
	options.steps = given->steps ? given->steps : 2000;
	options.spurious = given->no_spurious ? 0 : given->spurious ? given->spurious : 1;
	options.executions = given->executions ? given->executions : 1000000;
	options.seed = given->seed ? given->seed : 1;
	options.seconds = given->seconds > 0 ? given->seconds : 60;
}

/* A mutant is named by a site; sites are known once they have run. */
static bool mutant_find(const char *text)
{
	bool is_random = options.is_random, is_reducing = options.is_reducing;
	int preemptions = options.preemptions;

	if (site_select(text))
		return true;
	options.is_random = true;
	options.is_reducing = false;
	options.preemptions = -1;
	for (int i = 0; i < SITES_KNOWN; i++)
		if (run_once(body) == PASSED && !choice_next())
			break;
	choice_reset();
	options.is_random = is_random;
	options.is_reducing = is_reducing;
	options.preemptions = preemptions;
	return site_select(text);
}

static void replay(struct afield_explore_result *result)
{
	options.is_tracing = true;
	result->executions = 1;
	result->has_failed = run_judged() == FAILED;
	snprintf(result->failure, sizeof(result->failure), "%s", failure());
	options.is_tracing = false;
}

static void search(struct afield_explore_result *result)
{
	double begin = seconds_now();

	do {
		enum verdict verdict = run_judged();

		result->executions++;
		result->blocked += verdict == BLOCKED;
		result->redundant += verdict == REDUNDANT;
		if (verdict == FAILED) {
			result->has_failed = true;
			choice_print(result->replay, sizeof(result->replay));
			snprintf(result->failure, sizeof(result->failure), "%s", failure());
			break;
		}
		if (!choice_next()) {
			result->is_complete = true;
			break;
		}
		result->seconds = result->executions % 256 ? 0 : seconds_now() - begin;
	} while (result->executions < options.executions && result->seconds < options.seconds);
	result->seconds = seconds_now() - begin;
}

int afield_explore_run(int (*main_function)(int, char **),
		       const struct afield_explore_options *given,
		       struct afield_explore_result *result)
{
	memset(result, 0, sizeof(*result));
	program = main_function;
	allows = given->allows;
	outcomes_forget();
	options_set(given);
	signals_catch();
	choice_reset();
	if (given->mutant && !mutant_find(given->mutant))
		return -EINVAL;
	if (given->replay) {
		if (!choice_parse(given->replay))
			return -EINVAL;
		options.is_random = false;
		replay(result);
		return 0;
	}
	search(result);
	result->outcomes = outcome_count;
	qsort(outcomes, outcome_count, sizeof(outcomes[0]), outcome_compare);
	return 0;
}
