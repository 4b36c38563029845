/* SPDX-License-Identifier: MIT */
/*
 * litmus: bits beside each other are not lost, and one of two that set or clear a bit is told so.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/flags/proof/litmus.c -lpthread
 *
 * Each part runs two threads to their end before the next begins.
 */
#include "../flags_core.h"

#include <assert.h>
#include <pthread.h>

enum { OPEN = 1, LOCKED = 2, DIRTY = 4, LATE = 8 };
static afield__flags_word word;

static void run(void *(*left)(void *), void *(*right)(void *))
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, left, NULL) ||
	    pthread_create(&threads[1], NULL, right, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

/* Neighbours in one word. */
static void *set_and_toggle(void *unused)
{
	afield__flags_set(&word, OPEN);
	afield__flags_toggle(&word, LOCKED);
	return unused;
}

static void *clear_and_toggle(void *unused)
{
	afield__flags_clear(&word, DIRTY);
	afield__flags_toggle(&word, LATE);
	return unused;
}

/* Whoever takes the lock has what the last owner wrote; plain data says so. */
static int owners;
static void *lock(void *unused)
{
	if (!afield__flags_test_and_set(&word, LOCKED)) {
		owners++;
		assert(afield__flags_test_and_clear(&word, LOCKED) == LOCKED);
	}
	return unused;
}

/* One thing to take, and two who want it. */
static uint64_t taken[2];
static void *take(void *unused)
{
	taken[0] = afield__flags_test_and_clear(&word, OPEN | LATE);
	return unused;
}

static void *take_too(void *unused)
{
	taken[1] = afield__flags_test_and_clear(&word, OPEN | LATE);
	return unused;
}

int main(void)
{
	afield__flags_store(&word, DIRTY);
	run(set_and_toggle, clear_and_toggle);
	assert(afield__flags_load(&word) == (OPEN | LOCKED | LATE));
	afield__flags_store(&word, OPEN | LATE);
	run(lock, lock);
	assert(owners >= 1);
	assert(afield__flags_load(&word) == (OPEN | LATE));
	run(take, take_too);
	assert(taken[0] + taken[1] == (OPEN | LATE) && (!taken[0] || !taken[1]));
	assert(afield__flags_load(&word) == 0);
	return 0;
}
