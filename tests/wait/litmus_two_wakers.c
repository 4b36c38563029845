/* SPDX-License-Identifier: MIT */
/*
 * litmus_two_wakers: one thread waits for two items, one after the other; two threads put one each.
 * The bit that says that somebody sleeps is set from the beginning, as a sleeper leaves it behind
 * whose deadline has passed, so that a waker finds nobody to wake.
 *
 * What must hold in every execution: the one who waits gets both.
 */
#include "parking.h"

static void *put_one(void *unused)
{
	put();
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	begin_at(AFIELD__PARK_ASLEEP);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, put_one, NULL))
			abort();
	for (int i = 0; i < 2; i++)
		assert(afield_wait(&hall, has_taken, NULL, NULL) == 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(AFIELD_LOAD(&items, relaxed) == 0 && AFIELD_LOAD(&hall.count, relaxed) == 0);
	return 0;
}
