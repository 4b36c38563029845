/* SPDX-License-Identifier: MIT */
/*
 * litmus_two_events: the operations on two events stand in one order, which both threads see.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/event/proof/litmus_two_events.c -lpthread
 *
 * Each part runs two threads to their end before the next begins.
 */
#include "../event_core.h"

#include <assert.h>
#include <pthread.h>

static bool is_set(const afield__event_word *word)
{
	return afield__event_is_set(afield__event_state(word));
}

static void run(void *(*one)(void *), void *(*other)(void *))
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, one, NULL) ||
	    pthread_create(&threads[1], NULL, other, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

/* Each clears one that was set, and looks at the other; one of them sees that it is clear. */
static afield__event_word left, right;
static bool saw_left, saw_right;

static void *clear_left(void *unused)
{
	afield__event_clear(&left);
	saw_right = is_set(&right);
	return unused;
}

static void *clear_right(void *unused)
{
	afield__event_clear(&right);
	saw_left = is_set(&left);
	return unused;
}

/*
 * A clear that finds the event clear is a look, and stands in the same order: when `late` is set at
 * the end, it was cleared before that, and `early` was set before it was cleared.
 */
static afield__event_word early, late;
static bool saw_early;

static void *set_and_clear(void *unused)
{
	afield__event_set(&early);
	afield__event_clear(&late);
	return unused;
}

static void *set_and_look(void *unused)
{
	afield__event_set(&late);
	saw_early = is_set(&early);
	return unused;
}

int main(void)
{
	AFIELD_STORE(&left, 1, relaxed);
	AFIELD_STORE(&right, 1, relaxed);
	run(clear_left, clear_right);
	assert(!saw_left || !saw_right);
	run(set_and_clear, set_and_look);
	assert(saw_early || !is_set(&late));
	return 0;
}
