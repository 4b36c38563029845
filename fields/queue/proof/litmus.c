/* SPDX-License-Identifier: MIT */
/*
 * A queue whose rings are freed: the core with a reference RCU in place of reclaim.h. What must
 * hold in every execution: each value is taken once, the old one before the new one by the same
 * thread; and no ring is used after it is freed.
 *
 * Not for GenMC, count_beside_a_free: it takes minutes under IMM.
 */
#include "../../../tests/support/litmus_rcu.h"
#include "litmus_queue.h"

#include <stdlib.h>

static int taken[3];   /* written by the thread that popped, read when it is joined */
static int letters[4]; /* plain: what stood in memory before a push is seen behind its pop */

static struct segment *make(uintptr_t value)
{
	struct segment *segment = (struct segment *)malloc(sizeof(*segment));

	AFIELD_STORE(&segment->links.next, NULL, relaxed);
	AFIELD_STORE(&segment->links.ring.tail, 0, relaxed);
	AFIELD_STORE(&segment->links.ring.head, 0, relaxed);
	segment->links.first = 0;
	segment->given_up = 0;
	segment_make(segment, value);
	return segment;
}

static void put(int self, uintptr_t value)
{
	struct segment *fresh = make(value);
	struct afield__queue_segment *at;
	int result;

	litmus_self = self;
	letters[value] = (int)value;
	enter();
	result = afield__queue_push_words(&queue, 0, &value, 1, &fresh->links, &at);
	leave();
	if (result == 0)
		free(fresh);
}

static void push(int self)
{
	put(self, 2);
}

static int take(void)
{
	struct afield__queue_segment *old[2] = {NULL, NULL};
	uintptr_t value = 0;
	int result, count = 0;

	enter();
	if (AFIELD_MUTANT("pop_after_the_section"))
		leave();
	/* A ring that is given up was made by a push, of which there are three, and is not the last. */
	do
		result = afield__queue_pop_words(&queue, &value, 1, &old[count]);
	while (result == -EAGAIN && ++count < 2);
	if (!AFIELD_MUTANT("pop_after_the_section"))
		leave();
	for (int i = 0; i < count; i++) {
		if (!AFIELD_MUTANT("skip_the_grace_period"))
			synchronize();
		free(old[i]);
	}
	if (result != 0)
		return 0;
	assert(letters[value] == (int)value);
	return (int)value;
}

static void pop(int self)
{
	litmus_self = self;
	taken[self] = take();
}

PROGRAM(one_push_two_pops)
{
	struct afield__queue_segment *last;
	int rest;

	begin_sections();
	put(0, 1);
	RUN(push, pop, pop);
	rest = take();
	/* One of the poppers had the 1: it was there all the time. */
	assert(taken[1] == 1 || taken[2] == 1);
	assert(taken[1] + taken[2] + rest == 3);
	assert(afield__queue_is_empty(&queue));
	last = AFIELD_LOAD(&queue.head, relaxed);
	assert(AFIELD_LOAD(&queue.tail, relaxed) == last);
	assert(afield__queue_count(&queue) == 0);
	free(last);
}

/*
 * A ring is linked, and the previous one is left and freed. A thread that has seen the tail there
 * before does not go there in a section that it opens after that.
 */
static void push_and_pop_two(int self)
{
	push(self);
	taken[self] = take();
	taken[self] += take();
}

static void count(int self)
{
	uint64_t count;

	litmus_self = self;
	enter();
	count = afield__queue_count(&queue);
	leave();
	assert(count <= 2);
}

static void count_twice(int self)
{
	count(self);
	count(self);
}

PROGRAM(count_beside_a_free)
{
	begin_sections();
	put(0, 1);
	RUN(count_twice, push_and_pop_two);
	assert(taken[1] == 3);
	free(AFIELD_LOAD(&queue.head, relaxed));
}

static void count_and_push(int self)
{
	count(self);
	put(self, 3);
}

PROGRAM(push_beside_a_free)
{
	begin_sections();
	put(0, 1);
	RUN(count_and_push, push_and_pop_two);
	taken[2] = take();
	assert(taken[1] + taken[2] == 6);
	free(AFIELD_LOAD(&queue.head, relaxed));
}

PROGRAMS(one_push_two_pops, count_beside_a_free, push_beside_a_free)
