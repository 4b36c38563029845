/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: one thread takes the lock and gives it back, another counts itself in, finds the
 * lock taken, and sleeps.
 *
 * What must hold in every execution: when the second goes to sleep, the first finds it counted and
 * wakes it. The count and the order of the steps are those of afield_wait and afield_wake; the
 * sleep and the wake are two notes that are compared at the end.
 */
#include "../locked_core.h"

#include <assert.h>
#include <pthread.h>

static afield__locked_owner owner;
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the holder */
static int sleeps; /* written by the waiter */

static void *hold(void *unused)
{
	if (!afield__locked_take(&owner, 1))
		return unused;
	afield__locked_give_back(&owner);
	if (AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	return unused;
}

static void *wait_for_turn(void *unused)
{
	AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (afield__locked_load(&owner) != 0)
		sleeps = 1;
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, hold, NULL) ||
	    pthread_create(&threads[1], NULL, wait_for_turn, NULL))
		assert(0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(!sleeps || wakes);
	return 0;
}
