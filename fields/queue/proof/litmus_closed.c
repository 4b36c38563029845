/* SPDX-License-Identifier: MIT */
/*
 * A ring that is closed, and the step from it to the next one. What must hold in every execution:
 * it is given up once, by one thread; the tail goes forward only; and who comes by a pointer that a
 * second thread has published sees the ring as its maker left it.
 */
#include "litmus_queue.h"

static uintptr_t taken[3]; /* the sum of what that thread took */

/* A ring that is closed and popped, and no other. */
static void begin_closed(void)
{
	push_number(0);
	close_head(&queue);
	pop_number();
}

/* Each ring but the last has been left by both, and what was pushed comes out once. */
static void end(uintptr_t sum)
{
	uintptr_t rest = pop_number();

	rest += pop_number();
	assert(taken[0] + taken[1] + taken[2] + rest == sum);
	assert(pop_number() == 0 && afield__queue_count(&queue) == 0);
	assert(AFIELD_LOAD(&queue.head, relaxed) == AFIELD_LOAD(&queue.tail, relaxed));
}

static void push_second(int self)
{
	push_number(1);
}

static void push_third(int self)
{
	push_number(2);
}

static void pop_one(int self)
{
	taken[self] = pop_number();
}

static void look(int self)
{
	afield__queue_is_empty(&queue);
	assert(afield__queue_count(&queue) <= 1);
	taken[self] = pop_number();
}

/* Two go on to the next ring at once: one of them gives the old one up. */
PROGRAM(two_leave_a_ring)
{
	begin_closed();
	push_number(1);
	RUN(pop_one, pop_one);
	assert(taken[0] + taken[1] == 2);
	end(2);
}

/* One makes a ring; a pop brings the tail to it; another push comes by that. */
PROGRAM(tail_is_moved_by_a_pop)
{
	begin_closed();
	RUN(push_second, pop_one, push_third);
	end(5);
}

/* The same by the head. */
static void pop_nothing(int self)
{
	struct afield__queue_segment *old;
	uintptr_t value;

	if (afield__queue_pop_words(&queue, &value, 1, &old) == 0)
		taken[self] = value;
}

PROGRAM(head_is_moved_by_a_pop)
{
	begin_closed();
	RUN(push_second, pop_nothing, look);
	end(2);
}

/*
 * One links a ring and then moves the tail to it; the other goes past that ring meanwhile, and
 * leaves it. The tail does not come back.
 */
static void pass_by(int self)
{
	push_number(2);
	for (int i = 0; i < 3; i++)
		taken[self] += pop_number();
}

PROGRAM(push_moves_the_tail_late)
{
	push_number(0);
	RUN(push_second, pass_by);
	end(6);
}

/* The same of a pop that finds the tail where the head is. */
PROGRAM(pop_moves_the_tail_late)
{
	begin_closed();
	push_number(1);
	AFIELD_STORE(&queue.tail, &segments[0].links, relaxed);
	RUN(pop_one, pass_by);
	end(5);
}

PROGRAMS(two_leave_a_ring, tail_is_moved_by_a_pop, head_is_moved_by_a_pop, push_moves_the_tail_late,
	 pop_moves_the_tail_late)
