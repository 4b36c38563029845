/* SPDX-License-Identifier: MIT */
/*
 * Two events. What must hold in every execution: the operations on both stand in one order, which
 * both threads see.
 */
#include "../../../tests/support/litmus.h"
#include "../event_core.h"

static bool is_set(const afield__event_word *word)
{
	return afield__event_is_set(afield__event_state(word));
}

/* Each clears one that was set, and looks at the other; one of them sees that it is clear. */
static afield__event_word events[2];
static bool saw_set[2]; /* the other; written by the thread with that number */

static void clear_and_look(int self)
{
	afield__event_clear(&events[self]);
	saw_set[self] = is_set(&events[1 - self]);
}

PROGRAM(two_clears)
{
	AFIELD_STORE(&events[0], 1, relaxed);
	AFIELD_STORE(&events[1], 1, relaxed);
	RUN(clear_and_look, clear_and_look);
	assert(!saw_set[0] || !saw_set[1]);
}

/*
 * A clear that finds the event clear is a look, and stands in the same order: when `late` is set at
 * the end, it was cleared before that, and `early` was set before it was cleared.
 */
static afield__event_word early, late;
static bool saw_early;

static void set_and_clear(int self)
{
	afield__event_set(&early);
	afield__event_clear(&late);
}

static void set_and_look(int self)
{
	afield__event_set(&late);
	saw_early = is_set(&early);
}

PROGRAM(clear_is_a_look)
{
	RUN(set_and_clear, set_and_look);
	assert(saw_early || !is_set(&late));
}

PROGRAMS(two_clears, clear_is_a_look)
