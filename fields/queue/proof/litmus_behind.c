/* SPDX-License-Identifier: MIT */
/*
 * queue, for model checkers: the tail is behind. A push of the first value has stopped before it
 * moved the tail. One thread pushes another value, one pops, one pops twice. Nothing is freed.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus_behind.c -lpthread
 *
 * What must hold in every execution: a node that a pop gives up is not the tail any more. A section
 * that opened after that would find it there, and would not be waited for. In the end the tail is
 * the last node.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

static struct afield__queue_words queue;
static struct afield__queue_node nodes[2]; /* the one that is inside, and the one that is pushed */
static int taken[3]; /* the values' sum; written by the thread with that number */

static void *push(void *unused)
{
	afield__queue_append(&queue, &nodes[1]);
	return unused;
}

static void *pop(void *number)
{
	int self = (int)(intptr_t)number;

	for (int i = 0; i < self; i++) {
		struct afield__queue_node *old = NULL, *front = afield__queue_take(&queue, &old);

		taken[self] += front == &nodes[0] ? 1 : front == &nodes[1] ? 2 : 0;
		if (front)
			assert(AFIELD_LOAD(&queue.tail, relaxed) != old);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[3];

	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&nodes[i].next, NULL, relaxed);
	nodes[0].number = 1;
	AFIELD_STORE(&queue.stub.next, &nodes[0], relaxed);
	if (pthread_create(&threads[0], NULL, push, NULL) ||
	    pthread_create(&threads[1], NULL, pop, (void *)1) ||
	    pthread_create(&threads[2], NULL, pop, (void *)2))
		abort();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(taken[1] || taken[2]);
	assert(taken[1] != taken[2]);
	assert(AFIELD_LOAD(&queue.tail, relaxed) == &nodes[1]);
	return 0;
}
