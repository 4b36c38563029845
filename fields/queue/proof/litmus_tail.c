/* SPDX-License-Identifier: MIT */
/*
 * The ends of a queue: its nodes are static, and nothing is freed.
 */
#include "../../../tests/support/litmus.h"
#include "../queue_core.h"

static struct afield__queue_words queue;
static struct afield__queue_node nodes[3];

/* As memory of malloc's: what a node was before is not NULL. */
static void begin(void)
{
	for (int i = 0; i < 3; i++)
		AFIELD_STORE(&nodes[i].next, &nodes[i], relaxed);
}

static void push(int i)
{
	AFIELD_STORE(&nodes[i].next, NULL, relaxed);
	afield__queue_append(&queue, &nodes[i]);
}

static struct afield__queue_node *pop(void)
{
	struct afield__queue_node *old;

	return afield__queue_take(&queue, &old);
}

static void push_two(int self)
{
	push(0);
	push(1);
}

static void push_third(int self)
{
	push(2);
}

/* The tail is never moved back: a node that was given up is not the tail, now or later. */
static void pop_twice(int self)
{
	struct afield__queue_node *old[2];

	if (!afield__queue_take(&queue, &old[0]) || !afield__queue_take(&queue, &old[1]))
		return;
	assert(old[0] == NULL);
	assert(AFIELD_LOAD(&queue.tail, relaxed) != NULL);
	assert(AFIELD_LOAD(&queue.tail, relaxed) != old[1]);
}

PROGRAM(tail_never_goes_back)
{
	begin();
	RUN(push_two, push_third, pop_twice);
}

/*
 * A push of the first value has stopped before it moved the tail. A node that a pop gives up is not
 * the tail any more: a section that opened after that would find it there, and would not be waited
 * for. In the end the tail is the last node.
 */
static int taken[3]; /* the numbers' sum; written by the thread with that number */

static void push_second(int self)
{
	afield__queue_append(&queue, &nodes[1]);
}

static void pop_so_often(int self)
{
	for (int i = 0; i < self; i++) {
		struct afield__queue_node *old = NULL, *front = afield__queue_take(&queue, &old);

		taken[self] += front == &nodes[0] ? 1 : front == &nodes[1] ? 2 : 0;
		if (front)
			assert(AFIELD_LOAD(&queue.tail, relaxed) != old);
	}
}

PROGRAM(tail_is_behind)
{
	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&nodes[i].next, NULL, relaxed);
	nodes[0].number = 1;
	AFIELD_STORE(&queue.stub.next, &nodes[0], relaxed);
	RUN(push_second, pop_so_often, pop_so_often);
	assert(taken[1] || taken[2]);
	assert(taken[1] != taken[2]);
	assert(AFIELD_LOAD(&queue.tail, relaxed) == &nodes[1]);
}

/* The head is new memory: a pop that finds a node as the head finds it as it was made. */
static struct afield__queue_node *fronts[3]; /* written by the thread with that number */

static void pop_once(int self)
{
	fronts[self] = pop();
}

PROGRAM(head_is_new)
{
	begin();
	RUN(push_two, pop_once, pop_once);
	assert(!fronts[1] || fronts[1] != fronts[2]);
	assert(fronts[1] == &nodes[0] || fronts[2] == &nodes[0] || (!fronts[1] && !fronts[2]));
}

/* Two push. Both nodes are there once, and in the end the tail is the last. */
static void count_and_pop(int self)
{
	assert(afield__queue_count(&queue) <= 2);
	fronts[self] = pop();
}

PROGRAM(two_pushes)
{
	struct afield__queue_node *all[3], *last;

	begin();
	RUN(push, push, count_and_pop);
	all[0] = fronts[2] ? fronts[2] : pop();
	all[1] = pop();
	assert((all[0] == &nodes[0] && all[1] == &nodes[1]) ||
	       (all[0] == &nodes[1] && all[1] == &nodes[0]));
	assert(!pop());
	last = AFIELD_LOAD(&queue.head, relaxed);
	assert(last == all[1] && last->number == 2);
	assert(AFIELD_LOAD(&queue.tail, relaxed) == last);
}

/* One thread pushes and pops, twice; another counts: there is never more than one. */
static void push_and_pop(int self)
{
	struct afield__queue_node *old;

	for (int i = 0; i < 2; i++) {
		afield__queue_append(&queue, &nodes[i]);
		assert(pop() == &nodes[i]);
		assert(afield__queue_take(&queue, &old) == NULL);
	}
}

static void count(int self)
{
	assert(afield__queue_count(&queue) <= 1);
}

PROGRAM(count_of_one)
{
	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&nodes[i].next, NULL, relaxed);
	RUN(push_and_pop, count);
	assert(afield__queue_count(&queue) == 0);
}

PROGRAMS(tail_never_goes_back, tail_is_behind, head_is_new, two_pushes, count_of_one)
