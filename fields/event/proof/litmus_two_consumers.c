/* SPDX-License-Identifier: MIT */
/*
 * litmus_two_consumers: two threads clear a set event beside a set. One clear finds that the other
 * has done it, and must see the work as if it had.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/event/proof/litmus_two_consumers.c -lpthread
 */
#include "../event_core.h"

#include <assert.h>
#include <pthread.h>

static afield__event_word bell;
static AFIELD_ATOMIC(int) work;
static int found;

static void *produce(void *unused)
{
	AFIELD_STORE(&work, 1, relaxed);
	afield__event_set(&bell);
	return unused;
}

static void *consume(void *unused)
{
	afield__event_clear(&bell);
	found = AFIELD_LOAD(&work, relaxed);
	return unused;
}

static void *only_clear(void *unused)
{
	afield__event_clear(&bell);
	return unused;
}

int main(void)
{
	static void *(*const bodies[])(void *) = {produce, consume, only_clear};
	pthread_t threads[3];

	AFIELD_STORE(&bell, 1, relaxed);
	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, bodies[i], NULL))
			assert(0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	/* 3: set again. 4: the other consumer took that, too. 2: it was set once, before a
	 * clear. */
	assert(found == 1 || afield__event_state(&bell) != 2);
	return 0;
}
