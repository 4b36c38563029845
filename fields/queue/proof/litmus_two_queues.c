/* SPDX-License-Identifier: MIT */
/*
 * Two queues: each of two threads changes one and then looks into the other. Operations that are
 * linearizable by the clock cannot both find the other as it was. Two queues are pushed into, and
 * two others, which hold a value, are popped.
 */
#include "../../../tests/support/litmus.h"
#include "../queue_core.h"

static struct afield__queue_words pushed[2], popped[2];
static struct afield__queue_node nodes[4];

/* No loop of four: an outside checker goes round three times and then gives up. */
static void begin(void)
{
	for (int i = 0; i < 2; i++) {
		AFIELD_STORE(&nodes[i].next, NULL, relaxed);
		AFIELD_STORE(&nodes[2 + i].next, NULL, relaxed);
	}
	afield__queue_append(&popped[0], &nodes[2]);
	afield__queue_append(&popped[1], &nodes[3]);
}

static struct afield__queue_node *pop(struct afield__queue_words *queue)
{
	struct afield__queue_node *old;

	return afield__queue_take(queue, &old);
}

static bool was_empty[2], was_full[2]; /* written by the thread with that number */

static void change_and_look(int self)
{
	afield__queue_append(&pushed[self], &nodes[self]);
	if (self)
		was_empty[self] = afield__queue_is_empty(&pushed[1 - self]);
	else
		was_empty[self] = !pop(&pushed[1 - self]);
	assert(pop(&popped[self]) == &nodes[2 + self]);
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
	/* Known to this thread before, and no answer to the second question. */
	assert(afield__queue_count(&pushed[1 - self]) <= 1);
	afield__queue_append(&pushed[self], &nodes[self]);
	of_pushed[self] = afield__queue_count(&pushed[1 - self]);
	assert(afield__queue_count(&pushed[self]) == 1);
	assert(pop(&popped[self]) == &nodes[2 + self]);
	of_popped[self] = afield__queue_count(&popped[1 - self]);
}

PROGRAM(two_counts)
{
	begin();
	RUN(change_and_count, change_and_count);
	assert(of_pushed[0] || of_pushed[1]);
	assert(!of_popped[0] || !of_popped[1]);
}

PROGRAMS(two_queues, two_counts)
