/* SPDX-License-Identifier: MIT */
/*
 * litmus_two: two threads wait for an item each, and a third puts two, one after the other, waking
 * one each time.
 *
 * What must hold in every execution: both come back. -DSTART begins the event count elsewhere.
 */
#include "parking.h"

#ifndef START
#define START 0
#endif

static void *wait_for_item(void *unused)
{
	assert(afield_wait(&hall, has_taken, unused, NULL) == 0);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	begin_at(START);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, wait_for_item, NULL))
			abort();
	put();
	put();
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(AFIELD_LOAD(&items, relaxed) == 0 && AFIELD_LOAD(&hall.count, relaxed) == 0);
	return 0;
}
