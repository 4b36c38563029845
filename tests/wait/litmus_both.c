/* SPDX-License-Identifier: MIT */
/*
 * litmus_both: two threads wait for an item or for the end. One item is put, which wakes one, and
 * the end comes from another thread, which wakes all.
 *
 * What must hold in every execution: both come back.
 */
#include "parking.h"

static AFIELD_ATOMIC(int) is_over;

static bool has_item_or_end(void *unused)
{
	return AFIELD_LOAD(&is_over, seq_cst) || has_taken(unused);
}

static void *wait_for_either(void *unused)
{
	assert(afield_wait(&hall, has_item_or_end, unused, NULL) == 0);
	return unused;
}

static void *end(void *unused)
{
	AFIELD_STORE(&is_over, 1, seq_cst);
	if (!AFIELD_MUTANT("drop_the_wake"))
		afield_wake(&hall);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	if (pthread_create(&threads[0], NULL, wait_for_either, NULL) ||
	    pthread_create(&threads[1], NULL, wait_for_either, NULL) ||
	    pthread_create(&threads[2], NULL, end, NULL))
		abort();
	put();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(AFIELD_LOAD(&hall.count, relaxed) == 0);
	return 0;
}
