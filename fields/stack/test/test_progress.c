/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of stack.h, as far as the kind's own accesses go: counting, and
 * reclamation. Inside ConcurrencyKit's code there are none; test_steps.c stops threads there.
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
