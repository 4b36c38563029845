/* SPDX-License-Identifier: MIT */
/*
 * One thread waits for a state, another changes it and wakes who waits: the steps of afield_wait
 * and afield_wake. The sleep and the wake are notes that are compared at the end.
 */
#include <afield/ordering.h>

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static AFIELD_ATOMIC(int) state, count;
static bool sleeps, wakes;

static void *change(void *unused)
{
	bool is_early = AFIELD_MUTANT("look_for_waiters_before_the_change");

	if (is_early && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = true;
	AFIELD_STORE(&state, 1, seq_cst);
	if (AFIELD_MUTANT("miss_the_wake"))
		return unused;
	if (!is_early && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = true;
	return unused;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, change, NULL))
		abort();
	if (AFIELD_MUTANT("look_before_being_counted")) {
		sleeps = AFIELD_LOAD(&state, seq_cst) == 0;
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	} else {
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
		sleeps = AFIELD_LOAD(&state, seq_cst) == 0;
	}
	pthread_join(thread, NULL);
	assert(!sleeps || wakes);
	return 0;
}
