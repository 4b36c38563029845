/* SPDX-License-Identifier: MIT */
/*
 * litmus_guest: a guest of a host that has ended and a thread that is nobody's guest wait for one
 * item. The guest does not come back from attaching, whether it was woken or not.
 *
 * What must hold in every execution: the other gets the item.
 */
#include "parking.h"

static void *wait_as_guest(void *unused)
{
	be_signalled();
	if (afield_wait(&hall, has_taken, unused, NULL) == 0)
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

	is_host_done = true;
	if (pthread_create(&threads[0], NULL, wait_as_guest, NULL) ||
	    pthread_create(&threads[1], NULL, wait_for_item, NULL))
		abort();
	put();
	disturb(true);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(AFIELD_LOAD(&items, relaxed) == 0 && AFIELD_LOAD(&hall.count, relaxed) == 0);
	return 0;
}
