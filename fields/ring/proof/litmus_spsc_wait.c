/* SPDX-License-Identifier: MIT */
/*
 * Who waits at a ring with one thread at each end, as in litmus_wait.c. What must hold in every
 * execution: when it goes to sleep, the other finds it counted and wakes it.
 */
#include "../../../tests/support/litmus_wait.h"
#include "../ring_spsc_core.h"

enum { START = 3 };
static int place; /* plain: the one place of each ring */

static void make(struct afield__spsc *ring)
{
	ring->capacity = 1;
	afield__spsc_start_at(ring, START);
}

static bool push(struct afield__spsc *ring)
{
	uint64_t number;

	if (!afield__spsc_begin_push(ring, &number))
		return false;
	place = (int)number;
	afield__spsc_end_push(ring, number);
	return true;
}

/* Who finds the ring finds it made. */
static bool pop(struct afield__spsc *ring)
{
	uint64_t number;

	if (!afield__spsc_begin_pop(ring, &number))
		return false;
	assert(ring->capacity == 1 && number == START && place == START);
	afield__spsc_end_pop(ring, number);
	return true;
}

static struct afield__spsc rings[2];

/* What one thread does, and the other, which may have to wait for it. */
static bool (*change)(struct afield__spsc *ring);
static bool (*answer)(struct afield__spsc *ring);

static bool has_no_answer(void)
{
	return !answer(&rings[0]);
}

static void change_and_wake(int self)
{
	assert(change(&rings[0]));
	wake();
}

static void wait_and_answer(int self)
{
	look_and_sleep_while(has_no_answer);
}

static void run_both(bool (*the_change)(struct afield__spsc *ring),
		     bool (*the_answer)(struct afield__spsc *ring))
{
	change = the_change;
	answer = the_answer;
	RUN(change_and_wake, wait_and_answer);
	assert_no_lost_wake();
}

PROGRAM(wait_for_the_pusher)
{
	make(&rings[0]);
	run_both(push, pop);
}

PROGRAM(wait_for_the_popper)
{
	make(&rings[0]);
	assert(push(&rings[0]));
	run_both(pop, push);
}

/*
 * A ring that nobody has opened, as in litmus_wait.c. Each thread that opens the field has made a
 * ring of its own; one of them is the field's.
 */
static afield__spsc_pointer field;
static bool openings[2]; /* written by the thread with that number */

static void open_ring(int self)
{
	if (afield__spsc_opened(&field))
		return;
	make(&rings[self]);
	openings[self] = afield__spsc_publish(&field, &rings[self]);
}

static void open_and_push(int self)
{
	open_ring(self);
	assert(push(afield__spsc_opened(&field)));
	assert(place == START);
	wake();
}

static bool finds_no_ring_or_nothing(void)
{
	struct afield__spsc *ring = afield__spsc_opened(&field);

	return !ring || !pop(ring);
}

static void await_opened(int self)
{
	sleep_while(finds_no_ring_or_nothing);
}

PROGRAM(field_is_opened)
{
	RUN(open_ring, open_and_push, await_opened);
	assert_no_lost_wake();
	assert(openings[0] + openings[1] == 1);
}

PROGRAMS(wait_for_the_pusher, wait_for_the_popper, field_is_opened)
