/* SPDX-License-Identifier: MIT */
/*
 * What a set publishes, and that it publishes also when the event is set already.
 */
#include "../../../tests/support/litmus.h"
#include "../event_core.h"

static bool is_set(const afield__event_word *word)
{
	return afield__event_is_set(afield__event_state(word));
}

/* Who sees the event set may read what was written before. */
static afield__event_word published;
static int message; /* plain: a checker reports a race if the order does not hold */

static void publish(int self)
{
	message = 42;
	afield__event_set(&published);
}

static void receive(int self)
{
	if (is_set(&published))
		assert(message == 42);
}

PROGRAM(set_publishes)
{
	RUN(publish, receive);
}

/*
 * The event is set already. A consumer clears it and looks for work; a producer puts work there and
 * sets the event. Either the work is seen, or the event is set at the end.
 */
static afield__event_word bell;
static AFIELD_ATOMIC(int) work;
static int found;

static void produce(int self)
{
	AFIELD_STORE(&work, 1, relaxed);
	afield__event_set(&bell);
}

static void consume(int self)
{
	afield__event_clear(&bell);
	found = AFIELD_LOAD(&work, relaxed);
}

PROGRAM(work_is_not_missed)
{
	AFIELD_STORE(&bell, 1, relaxed);
	RUN(produce, consume);
	assert(found == 1 || is_set(&bell));
}

/*
 * Two threads clear the event. One clear finds that the other has done it, and must see the work as
 * if it had.
 */
static void only_clear(int self)
{
	afield__event_clear(&bell);
}

PROGRAM(two_consumers)
{
	AFIELD_STORE(&bell, 1, relaxed);
	RUN(produce, consume, only_clear);
	/* 3: set again. 4: the other took that, too. 2: it was set once, before a clear. */
	assert(found == 1 || afield__event_state(&bell) != 2);
}

PROGRAMS(two_consumers, work_is_not_missed, set_publishes)
