/* SPDX-License-Identifier: MIT */
/*
 * Every faulty program is found by each kind of search, with the right words, and its replay text
 * brings the same failure again; the right ones pass.
 */
#include "faults.h"

#include "../support/test.h"

#include <afield/explore.h>

static const char *const modes[] = {"bounded", "exhaustive", "random"};

static int (*program)(void); /* that is searched now */

static int run_program(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return program();
}

static int explore(int (*which)(void), const struct afield_explore_options *options,
		   struct afield_explore_result *result)
{
	program = which;
	return afield_explore_run(run_program, options, result);
}

static void check_replay(const struct fault *fault, struct afield_explore_options options,
			 const struct afield_explore_result *result)
{
	static struct afield_explore_result again;

	options.replay = result->replay;
	TEST_CHECK(explore(fault->program, &options, &again) == 0);
	TEST_CHECK(again.has_failed);
	TEST_CHECK(again.executions == 1);
	TEST_CHECK(strstr(again.failure, fault->says) != NULL);
}

static void check(const struct fault *fault, int mode)
{
	static struct afield_explore_result result;
	struct afield_explore_options options = {.mode = mode, .executions = 20000};
	const char *says = fault->says ? fault->says : "nothing";

	TEST_CHECK(explore(fault->program, &options, &result) == 0);
	printf("%-18s %-10s %6llu executions, %s\n", fault->name, modes[mode],
	       (unsigned long long)result.executions,
	       result.has_failed ? result.failure : "nothing found");
	TEST_CHECK(result.has_failed == (fault->says != NULL));
	if (!result.has_failed)
		return;
	if (!strstr(result.failure, says))
		printf("%s: expected: %s\n", fault->name, says);
	TEST_CHECK(strstr(result.failure, says) != NULL);
	check_replay(fault, options, &result);
}

static void all(void)
{
	for (const struct fault *fault = faults; fault->name; fault++)
		for (int mode = 0; mode < 3; mode++)
			check(fault, mode);
}

static void wrong_use(void)
{
	static struct afield_explore_result result;
	struct afield_explore_options options = {.mutant = "no.such(site):drop"};

	TEST_CHECK(explore(faults[1].program, &options, &result) < 0);
	options.mutant = NULL;
	options.replay = "0(12";
	TEST_CHECK(explore(faults[1].program, &options, &result) < 0);
	options.replay = "!";
	TEST_CHECK(explore(faults[1].program, &options, &result) < 0);
}

/* A thread has looked at nothing when it begins, whoever had its number before. */
static void new_thread_knows_nothing(void)
{
	static struct afield_explore_result result;
	struct afield_explore_options options = {.mutant = "faults.c:look_once.load(&flag):stale"};

	TEST_CHECK(explore(two_rounds, &options, &result) < 0); /* there is none */
	options.mutant = "faults.c:look_twice.load(&flag)#2:stale";
	TEST_CHECK(explore(look_again, &options, &result) == 0 && result.has_failed);
	options.mutant = NULL;
	TEST_CHECK(explore(look_again, &options, &result) == 0 && !result.has_failed);
}

int main(void)
{
	TEST_RUN(all);
	TEST_RUN(wrong_use);
	TEST_RUN(new_thread_knows_nothing);
	return test_done();
}
