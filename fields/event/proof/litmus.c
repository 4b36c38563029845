/* SPDX-License-Identifier: MIT */
/*
 * litmus: what a set publishes, and that it publishes also when the event is set already.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/event/proof/litmus.c -lpthread
 *
 * Each part runs its threads to their end before the next begins.
 */
#include "../event_core.h"

#include <assert.h>
#include <pthread.h>

static void run(void *(*one)(void *), void *(*other)(void *))
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, one, NULL) ||
	    pthread_create(&threads[1], NULL, other, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

static bool is_set(const afield__event_word *word)
{
	return afield__event_is_set(afield__event_state(word));
}

/* Who sees the event set may read what was written before. */
static afield__event_word published;
static int message; /* plain: a checker reports a race if the order does not hold */

static void *publish(void *unused)
{
	message = 42;
	afield__event_set(&published);
	return unused;
}

static void *receive(void *unused)
{
	if (is_set(&published))
		assert(message == 42);
	return unused;
}

/*
 * The event is set already. A consumer clears it and looks for work; a producer puts work there and
 * sets the event. Either the work is seen, or the event is set at the end.
 */
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

int main(void)
{
	run(publish, receive);
	AFIELD_STORE(&bell, 1, relaxed);
	run(produce, consume);
	assert(found == 1 || is_set(&bell));
	return 0;
}
