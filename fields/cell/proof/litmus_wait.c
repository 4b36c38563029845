/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: one thread borrows and releases, another counts itself in, finds the borrow in its
 * way, and sleeps.
 *
 * What must hold in every execution: when the second goes to sleep, the first finds it counted and
 * wakes it, whether the borrow was shared or exclusive. The count and the order of the steps are
 * those of afield_wait and afield_wake; the sleep and the wake are two notes that are compared at
 * the end.
 */
#include "../cell_core.h"

#include <assert.h>
#include <pthread.h>

static afield__cell_borrows borrows;
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the holder */
static int sleeps; /* written by the waiter */

static void *hold(void *exclusively)
{
	bool is_last = true;

	if (exclusively) {
		if (!afield__cell_try_borrow_mut(&borrows, 1, 0))
			return NULL;
		afield__cell_release_mut(&borrows, 0);
	} else {
		if (!afield__cell_try_borrow(&borrows, 0))
			return NULL;
		is_last = afield__cell_release(&borrows);
	}
	if (AFIELD_MUTANT("miss_the_wake"))
		return NULL;
	if (is_last && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	return NULL;
}

static void *wait_for_borrow(void *argument)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (afield__cell_load(&borrows) != 0)
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	return argument;
}

static void run(void *exclusively)
{
	pthread_t threads[2];

	wakes = 0;
	sleeps = 0;
	AFIELD_STORE(&count, 0, relaxed);
	pthread_create(&threads[0], NULL, hold, exclusively);
	pthread_create(&threads[1], NULL, wait_for_borrow, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(!sleeps || wakes);
}

int main(void)
{
	run(&wakes);
	run(NULL);
	return 0;
}
