/* SPDX-License-Identifier: MIT */
/*
 * litmus_turns: three threads take a lock each, waiting for it, and wake one when they give it
 * back. A thread that comes just then may take it before the one that was woken.
 *
 * What must hold in every execution: all of them have had it, one at a time.
 */
#include "parking.h"

static int turns; /* plain: the lock protects it */

static void *take_turn(void *unused)
{
	afield_wait_uninterrupted(&hall, has_taken, NULL);
	turns++;
	put();
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	AFIELD_STORE(&items, 1, relaxed);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, take_turn, NULL))
			abort();
	take_turn(NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(turns == 3 && AFIELD_LOAD(&hall.count, relaxed) == 0);
	return 0;
}
