/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: one thread takes the lock and gives it back, another counts itself in, finds the
 * lock taken, and sleeps.
 *
 * What must hold in every execution: when the second goes to sleep, the first finds it counted and
 * wakes it, whether the critical section was a reader's or a writer's. The count and the order of
 * the steps are those of afield_wait and afield_wake; the sleep and the wake are two notes that are
 * compared at the end.
 */
#include "../rwlocked_core.h"

#include <assert.h>
#include <pthread.h>

static afield__rwlocked_word state;
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the holder */
static int sleeps; /* written by the waiter */

static void *hold(void *as_writer)
{
	bool is_last = true;

	if (as_writer) {
		if (!afield__rwlocked_enter_write(&state, 1, 0))
			return NULL;
		afield__rwlocked_leave_write(&state, 0);
	} else {
		if (!afield__rwlocked_enter_read(&state, 0))
			return NULL;
		is_last = afield__rwlocked_leave_read(&state);
	}
	if (is_last && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	return NULL;
}

static void *wait_for_turn(void *argument)
{
	AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (afield__rwlocked_load(&state) != 0)
		sleeps = 1;
	return argument;
}

static void run(void *as_writer)
{
	pthread_t threads[2];

	wakes = 0;
	sleeps = 0;
	AFIELD_STORE(&count, 0, relaxed);
	if (pthread_create(&threads[0], NULL, hold, as_writer) ||
	    pthread_create(&threads[1], NULL, wait_for_turn, NULL))
		assert(0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(!sleeps || wakes);
}

int main(void)
{
	run(&wakes);
	run(NULL);
	return 0;
}
