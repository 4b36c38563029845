/* SPDX-License-Identifier: MIT */
/*
 * The ends of a queue whose rings have one slot, and are linked, closed and left.
 */
#include "litmus_queue.h"

static uintptr_t taken[3][2]; /* written by the thread with that number */

static void push_third(int self)
{
	push_number(2);
}

/*
 * A push has linked the second ring and has stopped before it moved the tail. A ring that a pop
 * gives up is not the tail any more: a section that opened after that would find it there, and
 * would not be waited for. In the end the tail is the last ring.
 */
static void pop_once(int self)
{
	taken[self][0] = pop_number();
}

PROGRAM(tail_is_behind)
{
	uintptr_t rest;

	push_number(0);
	push_number(1);
	AFIELD_STORE(&queue.tail, &segments[0].links, relaxed);
	RUN(push_third, pop_once, pop_once);
	assert(taken[1][0] + taken[2][0] == 3);
	rest = pop_number();
	assert(rest == 3);
	assert(pop_number() == 0);
	assert(afield__queue_count(&queue) == 0);
	assert(AFIELD_LOAD(&queue.head, relaxed) == AFIELD_LOAD(&queue.tail, relaxed));
}

/* A fresh queue: two make the first ring, and a third pops. One of the two rings is the first, and
 * the tail is there when both are done. */
static void push(int self)
{
	push_number(self);
}

static void count_and_pop(int self)
{
	assert(afield__queue_count(&queue) <= 2);
	taken[self][0] = pop_number();
}

PROGRAM(two_first_pushes)
{
	uintptr_t sum;

	RUN(push, push, count_and_pop);
	sum = taken[2][0] + pop_number();
	sum += pop_number();
	assert(sum == 3);
	assert(pop_number() == 0);
	assert(AFIELD_LOAD(&queue.tail, relaxed) != NULL);
	assert(AFIELD_LOAD(&queue.head, relaxed) == AFIELD_LOAD(&queue.tail, relaxed));
}

/*
 * The only ring is full. One thread pops it, two push: whether the ring is closed or has room again,
 * each value is there once, behind the first.
 */
static void push_next(int self)
{
	push_number(self + 1);
}

static void pop_first(int self)
{
	uintptr_t first = pop_number();

	assert(first == 1);
}

PROGRAM(closed_or_popped)
{
	uintptr_t sum;

	push_number(0);
	RUN(push_next, push_next, pop_first);
	assert(afield__queue_count(&queue) == 2);
	sum = pop_number();
	sum += pop_number();
	assert(sum == 5);
	assert(pop_number() == 0 && afield__queue_is_empty(&queue));
}

/* One thread pushes and pops, twice; another counts: there is never more than one. */
static void push_and_pop(int self)
{
	uintptr_t value;

	for (int i = 0; i < 2; i++) {
		push_number(i);
		value = pop_number();
		assert(value == (uintptr_t)i + 1);
	}
}

static void count(int self)
{
	assert(afield__queue_count(&queue) <= 1);
}

PROGRAM(count_of_one)
{
	RUN(push_and_pop, count);
	assert(afield__queue_count(&queue) == 0);
}

/* The same where each push links a ring: there is one more before, and never more than two. */
static void push_then_pop(int self)
{
	push_number(1);
	pop_number();
	push_number(2);
}

static void count_two(int self)
{
	uint64_t count = afield__queue_count(&queue);

	assert(count >= 1 && count <= 2);
	assert(!afield__queue_is_empty(&queue));
}

PROGRAM(count_of_two)
{
	push_number(0);
	RUN(push_then_pop, count_two);
	assert(afield__queue_count(&queue) == 2);
}

PROGRAMS(tail_is_behind, two_first_pushes, closed_or_popped, count_of_one, count_of_two)
