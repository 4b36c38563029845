/* SPDX-License-Identifier: MIT */
/*
 * Every shape, searched to the end: the outcomes seen are the ones that are not forbidden, all of
 * them and no other.
 */
#include "shapes.h"

#include "../support/test.h"

#include <afield/explore.h>

/* Whether the search saw this outcome. */
static bool was_seen(const char *outcome)
{
	const char *text;

	for (size_t i = 0; (text = afield_explore_outcome_at(i, NULL)) != NULL; i++)
		if (strcmp(text, outcome) == 0)
			return true;
	return false;
}

static size_t outcome_count(void)
{
	size_t count = 0;

	while (afield_explore_outcome_at(count, NULL))
		count++;
	return count;
}

/* Compares with the table; returns how many outcomes are allowed. */
static size_t compare(const struct shape *shape)
{
	size_t allowed = 0;
	int total = 1;

	for (int i = 0; i < shape->registers; i++)
		total *= shape->values;
	for (int code = 0; code < total; code++) {
		int r[SHAPE_REGISTERS] = {0}, rest = code;
		char outcome[64];
		bool is_allowed;

		for (int i = 0; i < shape->registers; i++, rest /= shape->values)
			r[i] = rest % shape->values;
		snprintf(outcome, sizeof(outcome), "%d %d %d %d", r[0], r[1], r[2], r[3]);
		is_allowed = !shape->forbidden(r);
		allowed += is_allowed;
		if (was_seen(outcome) != is_allowed)
			printf("%s: %s: %s\n", shape->name, outcome,
			       is_allowed ? "allowed, but not seen" : "forbidden, but seen");
		TEST_CHECK(was_seen(outcome) == is_allowed);
	}
	return allowed;
}

static void check(const struct shape *shape, const struct afield_explore_options *options)
{
	static struct afield_explore_result result;
	size_t allowed;

	shape_now = shape;
	TEST_CHECK(afield_explore_run(shape_main, options, &result) == 0);
	if (result.has_failed)
		printf("%s: %s\n", shape->name, result.failure);
	TEST_CHECK(!result.has_failed);
	TEST_CHECK(result.blocked == 0);
	allowed = compare(shape);
	TEST_CHECK(outcome_count() == allowed);
	printf("%-20s %-4s %2zu outcomes, %6llu executions, %5llu redundant, %.3f s\n", shape->name,
	       shape->source, allowed, (unsigned long long)result.executions,
	       (unsigned long long)result.redundant, result.seconds);
	if (options->mode == AFIELD_EXPLORE_EXHAUSTIVE)
		TEST_CHECK(result.is_complete);
}

static void exhaustive(void)
{
	struct afield_explore_options options = {.mode = AFIELD_EXPLORE_EXHAUSTIVE};

	for (const struct shape *shape = shapes; shape->name; shape++)
		check(shape, &options);
}

/* The same sets by another way: random executions, whose order knows no sleep sets. */
static void random_walk(void)
{
	struct afield_explore_options options = {
		.mode = AFIELD_EXPLORE_RANDOM,
		.executions = (uint64_t)test_scaled(20000),
		.seed = 7,
	};

	for (const struct shape *shape = shapes; shape->name; shape++)
		check(shape, &options);
}

int main(void)
{
	TEST_RUN(exhaustive);
	TEST_RUN(random_walk);
	return test_done();
}
