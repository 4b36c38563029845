/* SPDX-License-Identifier: MIT */
/*
 * queue, for model checkers: two queues. Each of two threads changes one and then looks into the
 * other. Operations that are linearizable by the clock cannot both find the other as it was.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus_two_queues.c
 *-lpthread
 *
 * The first two queues are pushed into, the others, which hold a value, are popped.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

static struct afield__queue_words pushed[2], popped[2];
static struct afield__queue_node nodes[4];
static bool was_empty[2], was_full[2]; /* written by the thread with that number */

static void *change_and_look(void *number)
{
	int self = (int)(intptr_t)number;
	struct afield__queue_node *old, *front;

	afield__queue_append(&pushed[self], &nodes[self]);
	if (self)
		was_empty[self] = afield__queue_is_empty(&pushed[1 - self]);
	else
		was_empty[self] = afield__queue_take(&pushed[1 - self], &old) == NULL;
	front = afield__queue_take(&popped[self], &old);
	assert(front == &nodes[2 + self]);
	was_full[self] = !afield__queue_is_empty(&popped[1 - self]);
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
	if (pthread_create(&threads[0], NULL, change_and_look, (void *)0) ||
	    pthread_create(&threads[1], NULL, change_and_look, (void *)1))
		abort();
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(!was_empty[0] || !was_empty[1]);
	assert(!was_full[0] || !was_full[1]);
	return 0;
}
