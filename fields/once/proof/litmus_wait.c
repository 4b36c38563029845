/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: one thread makes the value, another counts itself in, finds the field busy, and
 * sleeps.
 *
 * What must hold in every execution: when the second goes to sleep, the first finds it counted and
 * wakes it, whether the making succeeds or fails. The count and the order of the steps are those of
 * afield_wait and afield_wake; the sleep and the wake are two notes that are compared at the end.
 */
#include "../once_core.h"

#include <assert.h>
#include <pthread.h>

static afield__once_state state;
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the maker */
static int sleeps; /* written by the waiter */

static void *make(void *succeeds)
{
	if (!afield__once_claim(&state, AFIELD__ONCE_EMPTY, 1))
		return NULL;
	if (succeeds)
		afield__once_publish(&state);
	else
		afield__once_abandon(&state);
	if (AFIELD_MUTANT("miss_the_wake"))
		return NULL;
	if (AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	return NULL;
}

static void *wait_for_value(void *argument)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (afield__once_load(&state) == afield__once_busy(1))
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	return argument;
}

static void run(void *succeeds)
{
	pthread_t threads[2];

	wakes = 0;
	sleeps = 0;
	AFIELD_STORE(&count, 0, relaxed);
	AFIELD_STORE(&state, AFIELD__ONCE_EMPTY, relaxed);
	pthread_create(&threads[0], NULL, make, succeeds);
	pthread_create(&threads[1], NULL, wait_for_value, NULL);
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
