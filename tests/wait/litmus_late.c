/* SPDX-License-Identifier: MIT */
/*
 * litmus_late: two threads wait for one item, one of them until a deadline, which passes about when
 * the item comes.
 *
 * What must hold in every execution: the other gets the item; also from the first, which puts it
 * back when it got it.
 */
#include "parking.h"

static void *wait_until_late(void *unused)
{
	struct timespec deadline = {1, 0};
	int error = afield_wait(&hall, has_taken, unused, &deadline);

	assert(error == 0 || error == -ETIMEDOUT);
	if (error == 0)
		put();
	return unused;
}

static void *wait_for_item(void *unused)
{
	assert(afield_wait(&hall, has_taken, unused, NULL) == 0);
	return unused;
}

static void *expire(void *unused)
{
	disturb(false);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	if (pthread_create(&threads[0], NULL, wait_until_late, NULL) ||
	    pthread_create(&threads[1], NULL, wait_for_item, NULL) ||
	    pthread_create(&threads[2], NULL, expire, NULL))
		abort();
	put();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(AFIELD_LOAD(&items, relaxed) == 0 && AFIELD_LOAD(&hall.count, relaxed) == 0);
	return 0;
}
