/* SPDX-License-Identifier: MIT */
/*
 * Who waits at a ring. One thread changes the ring; another counts itself in, looks, and sleeps
 * when there is nothing for it. What must hold in every execution: when the second goes to sleep,
 * the first finds it counted and wakes it.
 */
#include "../../../tests/support/litmus_wait.h"
#include "litmus_ring.h"

static void push_and_wake(int self)
{
	if (push(1))
		wake();
}

static bool finds_nothing(void)
{
	return pop() == 0;
}

static void wait_and_pop(int self)
{
	look_and_sleep_while(finds_nothing);
}

PROGRAM(wait_for_an_element)
{
	begin(1, 2, 0);
	RUN(push_and_wake, wait_and_pop);
	assert_no_lost_wake();
}

static void pop_and_wake(int self)
{
	if (pop() != 0)
		wake();
}

static bool finds_no_room(void)
{
	return !push(2);
}

static void wait_and_push(int self)
{
	look_and_sleep_while(finds_no_room);
}

static void fill_and_wait(uint64_t capacity)
{
	begin_round();
	begin(capacity, 2, 0);
	for (uint64_t i = 0; i < capacity; i++)
		assert(push(3));
	RUN(pop_and_wake, wait_and_push);
	assert_no_lost_wake();
}

/* The ring is full; then it is one that has more slots than it may use. */
PROGRAM(wait_for_room)
{
	fill_and_wait(2);
	fill_and_wait(1);
}

/*
 * A ring that nobody has opened. One thread opens it, another pushes, which opens it when it comes
 * first, and a third waits for an element. Of those who open the ring, one does.
 */
static afield__ring_pointer field;
static bool openings[2]; /* written by the thread with that number */

/* The ring has been made. The maker that comes second would free its own. */
static void open_ring(int self)
{
	if (!afield__ring_opened(&field))
		openings[self] = afield__ring_publish(&field, &ring);
}

static void open_and_push(int self)
{
	open_ring(self);
	assert(afield__ring_opened(&field) == &ring);
	assert(push(1));
	wake();
}

static bool finds_no_ring_or_nothing(void)
{
	return !afield__ring_opened(&field) || finds_nothing();
}

static void await_opened(int self)
{
	sleep_while(finds_no_ring_or_nothing);
}

PROGRAM(ring_is_opened)
{
	begin(1, 2, 0);
	RUN(open_ring, open_and_push, await_opened);
	assert_no_lost_wake();
	assert(openings[0] + openings[1] == 1);
}

PROGRAMS(wait_for_an_element, wait_for_room, ring_is_opened)
