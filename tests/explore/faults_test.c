/* SPDX-License-Identifier: MIT */
/*
 * Every faulty program is found by each kind of search, with the right words, and its replay text
 * brings the same failure again; the right ones pass.
 */
#include "faults.h"

#include "../support/test.h"

#include <afield/explore.h>

static const char *const modes[] = {"bounded", "exhaustive", "random"};

static void check_replay(const struct fault *fault, struct afield_explore_options options,
			 const struct afield_explore_result *result)
{
	static struct afield_explore_result again;

	options.replay = result->replay;
	TEST_CHECK(afield_explore_run(fault->program, &options, &again) == 0);
	TEST_CHECK(again.has_failed);
	TEST_CHECK(again.executions == 1);
	TEST_CHECK(strstr(again.failure, fault->says) != NULL);
}

static void check(const struct fault *fault, int mode)
{
	static struct afield_explore_result result;
	struct afield_explore_options options = {.mode = mode, .executions = 20000};
	const char *says = fault->says ? fault->says : "nothing";

	TEST_CHECK(afield_explore_run(fault->program, &options, &result) == 0);
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

	TEST_CHECK(afield_explore_run(faults[1].program, &options, &result) < 0);
	options.mutant = NULL;
	options.replay = "0(12";
	TEST_CHECK(afield_explore_run(faults[1].program, &options, &result) < 0);
	options.replay = "!";
	TEST_CHECK(afield_explore_run(faults[1].program, &options, &result) < 0);
}

int main(void)
{
	TEST_RUN(all);
	TEST_RUN(wrong_use);
	return test_done();
}
