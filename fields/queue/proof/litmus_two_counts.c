/* SPDX-License-Identifier: MIT */
/*
 * queue, for model checkers: litmus_two_queues.c for count.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus_two_counts.c
 *-lpthread
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

static struct afield__queue_words pushed[2], popped[2];
static struct afield__queue_node nodes[4];
static uint64_t of_pushed[2], of_popped[2]; /* written by the thread with that number */

static void *change_and_count(void *number)
{
	int self = (int)(intptr_t)number;
	struct afield__queue_node *old, *front;

	/* Known to this thread before, and no answer to the second question. */
	assert(afield__queue_count(&pushed[1 - self]) <= 1);
	afield__queue_append(&pushed[self], &nodes[self]);
	of_pushed[self] = afield__queue_count(&pushed[1 - self]);
	assert(afield__queue_count(&pushed[self]) == 1);
	front = afield__queue_take(&popped[self], &old);
	assert(front == &nodes[2 + self]);
	of_popped[self] = afield__queue_count(&popped[1 - self]);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	/* No loop of four: an outside checker goes round three times and then gives up. */
	for (int i = 0; i < 2; i++) {
		AFIELD_STORE(&nodes[i].next, NULL, relaxed);
		AFIELD_STORE(&nodes[2 + i].next, NULL, relaxed);
	}
	afield__queue_append(&popped[0], &nodes[2]);
	afield__queue_append(&popped[1], &nodes[3]);
	if (pthread_create(&threads[0], NULL, change_and_count, (void *)0) ||
	    pthread_create(&threads[1], NULL, change_and_count, (void *)1))
		abort();
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(of_pushed[0] || of_pushed[1]);
	assert(!of_popped[0] || !of_popped[1]);
	return 0;
}
