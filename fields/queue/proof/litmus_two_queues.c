/* SPDX-License-Identifier: MIT */
/*
 * Two queues: each of two threads changes one and then looks into the other. Operations that are
 * linearizable by the clock cannot both find the other as it was. Two queues are pushed into, and
 * two others, which hold a value, are popped.
 */
#define LITMUS_SEGMENTS 4
#include "litmus_queue.h"

static struct afield__queue_words pushed[2], popped[2];

/* No loop of four: an outside checker goes round three times and then gives up. */
static void begin(void)
{
	push_into(&popped[0], 2);
	push_into(&popped[1], 3);
}

static bool was_empty[2], was_full[2]; /* written by the thread with that number */

static void change_and_look(int self)
{
	uintptr_t value;

	push_into(&pushed[self], self);
	if (self)
		was_empty[self] = afield__queue_is_empty(&pushed[1 - self]);
	else
		was_empty[self] = !pop_from(&pushed[1 - self]);
	value = pop_from(&popped[self]);
	assert(value == (uintptr_t)self + 3);
	was_full[self] = !afield__queue_is_empty(&popped[1 - self]);
}

PROGRAM(two_queues)
{
	begin();
	RUN(change_and_look, change_and_look);
	assert(!was_empty[0] || !was_empty[1]);
	assert(!was_full[0] || !was_full[1]);
}

static uint64_t of_pushed[2], of_popped[2]; /* written by the thread with that number */

static void change_and_count(int self)
{
	uintptr_t value;

	/* Known to this thread before, and no answer to the second question. */
	assert(afield__queue_count(&pushed[1 - self]) <= 1);
	push_into(&pushed[self], self);
	of_pushed[self] = afield__queue_count(&pushed[1 - self]);
	assert(afield__queue_count(&pushed[self]) == 1);
	value = pop_from(&popped[self]);
	assert(value == (uintptr_t)self + 3);
	of_popped[self] = afield__queue_count(&popped[1 - self]);
}

PROGRAM(two_counts)
{
	begin();
	RUN(change_and_count, change_and_count);
	assert(of_pushed[0] || of_pushed[1]);
	assert(!of_popped[0] || !of_popped[1]);
}

/*
 * The same of queues that have a ring already: closed and popped, when the look finds nothing behind
 * it; full and closed, when the count does; and full, when each push closes it first.
 */
static void begin_full(bool is_closed)
{
	push_into(&pushed[0], 2);
	push_into(&pushed[1], 3);
	if (is_closed) {
		close_head(&pushed[0]);
		close_head(&pushed[1]);
	}
}

static bool finds_none(int self)
{
	if (self)
		return afield__queue_is_empty(&pushed[1 - self]);
	return !pop_from(&pushed[1 - self]);
}

static void push_and_look(int self)
{
	/* Known to this thread before, and no answer to the second question, unless it popped. */
	bool has_popped = !finds_none(self) && self == 0;

	push_into(&pushed[self], self);
	was_empty[self] = !has_popped && finds_none(self);
}

static void push_and_count(int self)
{
	push_into(&pushed[self], self);
	of_pushed[self] = afield__queue_count(&pushed[1 - self]);
}

static void count_and_push_and_count(int self)
{
	/* Known to this thread before, and no answer to the second question. */
	assert(afield__queue_count(&pushed[1 - self]) <= 2);
	push_and_count(self);
}

PROGRAM(two_closed_queues)
{
	begin_full(true);
	pop_from(&pushed[0]);
	pop_from(&pushed[1]);
	RUN(push_and_look, push_and_look);
	assert(!was_empty[0] || !was_empty[1]);
}

PROGRAM(two_counts_of_closed)
{
	begin_full(true);
	RUN(count_and_push_and_count, count_and_push_and_count);
	assert(of_pushed[0] == 2 || of_pushed[1] == 2);
}

PROGRAM(two_counts_of_full)
{
	begin_full(false);
	RUN(push_and_count, push_and_count);
	assert(of_pushed[0] == 2 || of_pushed[1] == 2);
}

PROGRAMS(two_queues, two_counts, two_closed_queues, two_counts_of_closed, two_counts_of_full)
