/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of stack.h, and how much a count does.
 */
#include <afield/stack.h>
#include <afield/reclaim.h>

#define CONTAINER_KIND stack
#define CONTAINER_INSIDE 3
#include "container_progress.h"

static void pop(void *field)
{
	int64_t value = 0;

	TEST_CHECK(!numbers_pop((numbers *)field, &value) || value > 0);
}
static void is_empty(void *field)
{
	(void)numbers_is_empty((numbers *)field);
}
static void see(int64_t *value, void *unused)
{
	(void)unused;
	TEST_CHECK(*value > 0);
}
static void pop_all(void *field)
{
	(void)numbers_pop_all((numbers *)field, see, NULL);
}

static const struct schedule_operation operations[] = {
	PROGRESS(push, LOCK_FREE),    PROGRESS(pop, LOCK_FREE),      PROGRESS(count, LOCK_FREE),
	PROGRESS(pop_all, LOCK_FREE), PROGRESS(is_empty, WAIT_FREE),
};

static void claims_hold(void)
{
	PROGRESS_HOLDS(operations, numbers, fill, finish);
	TEST_CHECK(afield_barrier() == 0);
}

static void nothing(void *unused)
{
	(void)unused;
}

static size_t expected;
static long accesses_seen;

/* The first count makes the thread's record, whose accesses depend on what other threads left. */
static void count_twice(void *field)
{
	TEST_CHECK(numbers_count((numbers *)field) == expected);
	accesses_seen = -schedule_accesses();
	TEST_CHECK(numbers_count((numbers *)field) == expected);
	accesses_seen += schedule_accesses();
}

static long accesses_of_a_count(size_t height)
{
	numbers stack;

	memset(&stack, 0, sizeof(stack));
	expected = height;
	for (size_t i = 1; i <= height; i++)
		TEST_CHECK(numbers_push(&stack, (int64_t)i) == 0);
	TEST_CHECK(!schedule_fault(0, count_twice, nothing, &stack));
	TEST_CHECK(accesses_seen > 0);
	numbers_fini(&stack);
	return accesses_seen;
}

/* However high the stack is. */
static void a_count_passes_no_values(void)
{
	long few = accesses_of_a_count(1), many = accesses_of_a_count(1000);

	printf("  accesses of a count: %ld of 1, %ld of 1000\n", few, many);
	TEST_CHECK(few == many);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(a_count_passes_no_values);
	return test_done();
}
