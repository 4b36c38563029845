/* SPDX-License-Identifier: MIT */
/*
 * litmus_interrupted: two guests of a host wait for one item. The host ends the wait of one of them
 * when the item is there already.
 *
 * What must hold in every execution: the other gets the item; also from the first, which puts it
 * back when it got it.
 */
#include "parking.h"

static void *wait_until_signal(void *unused)
{
	int error;

	be_signalled();
	error = afield_wait(&hall, has_taken, unused, NULL);
	assert(error == 0 || error == -EINTR);
	if (error == 0)
		put();
	return unused;
}

static void *wait_for_item(void *unused)
{
	assert(afield_wait(&hall, has_taken, unused, NULL) == 0);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	all_are_guests = true;
	if (pthread_create(&threads[0], NULL, wait_until_signal, NULL) ||
	    pthread_create(&threads[1], NULL, wait_for_item, NULL))
		abort();
	put();
	disturb(true);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(AFIELD_LOAD(&items, relaxed) == 0 && AFIELD_LOAD(&hall.count, relaxed) == 0);
	return 0;
}
