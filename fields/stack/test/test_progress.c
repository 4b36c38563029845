/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of stack.h, as far as the kind's own accesses go: counting, and
 * reclamation. Inside ConcurrencyKit's code there are none; test_steps.c stops threads there.
 */
#include <afield/stack.h>
#include <afield/reclaim.h>

#include "schedule.h"
#include "test.h"

AFIELD_TYPE(numbers, stack, long);

/* An operation is overtaken at each of its accesses, which are fewer than OTHERS. */
enum { OTHERS = 64, INSIDE = 3 };

static void fill(void *field)
{
	for (long i = 1; i <= INSIDE; i++)
		TEST_CHECK(numbers_push((numbers *)field, i) == 0);
}
static void push(void *field)
{
	TEST_CHECK(numbers_push((numbers *)field, INSIDE + 1) == 0);
}
static void pop(void *field)
{
	long value = 0;

	TEST_CHECK(!numbers_pop((numbers *)field, &value) || value > 0);
}
static void count(void *field)
{
	TEST_CHECK(numbers_count((numbers *)field) <= INSIDE + OTHERS);
}
static void is_empty(void *field)
{
	(void)numbers_is_empty((numbers *)field);
}
static void see(long *value, void *unused)
{
	(void)unused;
	TEST_CHECK(*value > 0);
}
static void pop_all(void *field)
{
	(void)numbers_pop_all((numbers *)field, see, NULL);
}
static void finish(void *field)
{
	numbers_fini((numbers *)field);
}

static const struct schedule_operation operations[] = {
	{"push", push, LOCK_FREE},         {"pop", pop, LOCK_FREE},
	{"count", count, WAIT_FREE},       {"pop_all", pop_all, LOCK_FREE},
	{"is_empty", is_empty, WAIT_FREE},
};

static void claims_hold(void)
{
	TEST_CHECK(schedule_freeze(operations, 5, sizeof(numbers), fill, finish) == 0);
	TEST_CHECK(afield_barrier() == 0);
}

int main(void)
{
	TEST_RUN(claims_hold);
	return test_done();
}
