/* SPDX-License-Identifier: MIT */
/*
 * One thread waits and another sets the event and clears it at once. What must hold in every
 * execution: when the waiter goes to sleep, the setter finds it counted and wakes it; and a waiter
 * that looks again afterwards goes on, although the event is clear.
 */
#include "../../../tests/support/litmus_wait.h"
#include "../event_core.h"

static afield__event_word word;
static uint64_t seen; /* by the waiter, before it is counted */

static void pulse(int self)
{
	afield__event_set(&word);
	wake();
	afield__event_clear(&word);
}

static bool is_as_seen(void)
{
	return afield__event_state(&word) == seen;
}

static void await(int self)
{
	seen = afield__event_state(&word);
	if (!afield__event_is_set(seen))
		sleep_while(is_as_seen);
}

PROGRAM(wait_for_a_pulse)
{
	RUN(pulse, await);
	if (sleeps && !wakes)
		/* It came when all was over, and waits for the next. */
		assert(seen == 2);
	if (sleeps && wakes)
		assert(!is_as_seen() || seen == 2);
	assert(!afield__event_is_set(afield__event_state(&word)));
}

PROGRAMS(wait_for_a_pulse)
