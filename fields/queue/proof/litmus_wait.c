/* SPDX-License-Identifier: MIT */
/*
 * A fresh queue, and who waits for a value. The count and the order of the steps are those of
 * afield_wait and afield_wake_one; the sleep and the wakes are notes that are compared at the end.
 * What must hold in every execution: when the waiter goes to sleep although a value is left, who
 * pushes finds it counted and wakes it after the push of that value.
 */
#include "litmus_queue.h"

static AFIELD_ATOMIC(uint32_t) count;
static int wakes[2]; /* written by the one who pushes: after which push */
static int sleeps;   /* written by the one who waits */

static void push_twice(int self)
{
	for (int i = 0; i < 2; i++) {
		push_number(i);
		if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&count, seq_cst) != 0)
			wakes[i] = 1;
	}
}

static void pop(int self)
{
	pop_number();
}

static void await(int self)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (!pop_number())
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
}

PROGRAM(wait_for_a_value)
{
	RUN(push_twice, pop, await);
	/* The last push is behind the look that found nothing, or its value was taken already. */
	assert(!sleeps || wakes[1] || afield__queue_is_empty(&queue));
}

PROGRAMS(wait_for_a_value)
