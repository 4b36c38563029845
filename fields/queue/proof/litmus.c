/* SPDX-License-Identifier: MIT */
/*
 * A queue whose nodes are freed: the core with a reference RCU in place of reclaim.h. What must
 * hold in every execution: each value is taken once, as it was written; the old one before the new
 * one by the same thread; and no node is used after it is freed.
 */
#include "../../../tests/support/litmus_rcu.h"
#include "../queue_core.h"

struct node {
	struct afield__queue_node links;
	int value;
};

static struct afield__queue_words queue;
static int taken[3]; /* written by the thread that popped, read when it is joined */

static struct node *make(int value)
{
	struct node *node = (struct node *)malloc(sizeof(*node));

	AFIELD_STORE(&node->links.next, NULL, relaxed);
	node->value = value;
	return node;
}

static void push(int self)
{
	struct node *node = make(2);

	litmus_self = self;
	enter();
	afield__queue_append(&queue, &node->links);
	leave();
}

static int take(void)
{
	struct afield__queue_node *old, *front;
	int value = 0;

	enter();
	front = afield__queue_take(&queue, &old);
	if (AFIELD_MUTANT("read_after_the_section"))
		leave();
	if (front)
		value = ((struct node *)front)->value;
	leave();
	if (front && old) {
		if (!AFIELD_MUTANT("skip_the_grace_period"))
			synchronize();
		free(old);
	}
	return value;
}

static void pop(int self)
{
	litmus_self = self;
	taken[self] = take();
}

PROGRAM(one_push_two_pops)
{
	struct afield__queue_node *last;
	int rest;

	begin_sections();
	afield__queue_append(&queue, &make(1)->links);
	RUN(push, pop, pop);
	rest = take();
	/* One of the poppers had the 1: it was there all the time. */
	assert(taken[1] == 1 || taken[2] == 1);
	assert(taken[1] + taken[2] + rest == 3);
	assert(afield__queue_is_empty(&queue));
	last = AFIELD_LOAD(&queue.head, relaxed);
	assert(AFIELD_LOAD(&queue.tail, relaxed) == last);
	assert(last->number == 2);
	free(last);
}

PROGRAMS(one_push_two_pops)
