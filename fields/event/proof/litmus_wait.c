/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: one thread waits and another sets the event and clears it at once.
 *
 * What must hold in every execution: when the waiter goes to sleep, the setter finds it counted and
 * wakes it; and a waiter that looks again afterwards goes on, although the event is clear. The
 * count and the order of the steps are those of afield_wait and afield_wake; the sleep and the wake
 * are two notes that are compared at the end.
 */
#include "../event_core.h"

#include <assert.h>
#include <pthread.h>

static afield__event_word word;
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the setter */
static int sleeps; /* written by the waiter */
static uint64_t seen;

static void *pulse(void *unused)
{
	afield__event_set(&word);
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	afield__event_clear(&word);
	return unused;
}

static void *wait_for_event(void *unused)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	seen = afield__event_state(&word);
	if (afield__event_is_set(seen))
		return unused;
	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (afield__event_state(&word) == seen)
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, pulse, NULL) ||
	    pthread_create(&threads[1], NULL, wait_for_event, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	if (sleeps && !wakes)
		/* It came when all was over, and waits for the next. */
		assert(seen == 2);
	if (sleeps && wakes)
		assert(afield__event_state(&word) != seen || seen == 2);
	assert(!afield__event_is_set(afield__event_state(&word)));
	return 0;
}
