/* SPDX-License-Identifier: MIT */
/*
 * litmus: two threads that make the value and one that reads it.
 *
 * What must hold in every execution: makings do not overlap; one that fails leaves nothing behind
 * for the next; exactly one succeeds; and whoever finds the field set reads the whole value. The
 * value is plain, so that a checker reports a race where the order does not hold.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/once/proof/litmus.c -lpthread
 *
 * The first making fails; with -DFAILS=0 none does.
 */
#include "../once_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef FAILS
#define FAILS 1
#endif

static afield__once_state state;
static int value[2];     /* plain */
static int makings;      /* plain: only the maker touches it */
static int successes[4]; /* one for each thread */

static void check_value(void)
{
	assert(value[0] == 42 && value[1] == 43);
}

/* The maker's part: true when the value is there. */
static bool make(int self)
{
	assert(value[0] == 0 && value[1] == 0);
	value[0] = 42;
	if (makings++ < FAILS) {
		value[0] = 0;
		afield__once_abandon(&state);
		return false;
	}
	value[1] = 43;
	successes[self]++;
	afield__once_publish(&state);
	return true;
}

static void *get_or_init(void *argument)
{
	int self = *(int *)argument;

	for (;;) {
		uint64_t seen = afield__once_load(&state);

		if (seen == AFIELD__ONCE_SET)
			break;
		if (seen == AFIELD__ONCE_EMPTY &&
		    afield__once_claim(&state, seen, (uint64_t)self) && make(self))
			break;
	}
	check_value();
	return NULL;
}

static void *get(void *unused)
{
	if (afield__once_is_set(&state))
		check_value();
	return unused;
}

int main(void)
{
	int numbers[] = {1, 2};
	pthread_t threads[3];

	if (pthread_create(&threads[0], NULL, get_or_init, &numbers[0]) ||
	    pthread_create(&threads[1], NULL, get_or_init, &numbers[1]) ||
	    pthread_create(&threads[2], NULL, get, NULL))
		assert(0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	check_value();
	assert(successes[1] + successes[2] == 1);
	assert(makings == FAILS + 1);
	return 0;
}
