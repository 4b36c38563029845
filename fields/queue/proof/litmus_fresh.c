/* SPDX-License-Identifier: MIT */
/*
 * queue, for model checkers: a head that is new memory. One thread pushes twice, two pop once.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus_fresh.c -lpthread
 *
 * What must hold in every execution: a pop that finds a node as the head finds it as it was made.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

static struct afield__queue_words queue;
static struct afield__queue_node nodes[2];
static struct afield__queue_node *fronts[2]; /* written by the thread with that number */

static void *push_twice(void *unused)
{
	for (int i = 0; i < 2; i++) {
		/* As memory of malloc's: what it was before is not NULL. */
		AFIELD_STORE(&nodes[i].next, NULL, relaxed);
		afield__queue_append(&queue, &nodes[i]);
	}
	return unused;
}

static void *pop(void *number)
{
	int self = (int)(intptr_t)number;
	struct afield__queue_node *old;

	fronts[self] = afield__queue_take(&queue, &old);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];

	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&nodes[i].next, &nodes[i], relaxed);
	if (pthread_create(&threads[0], NULL, push_twice, NULL) ||
	    pthread_create(&threads[1], NULL, pop, (void *)0) ||
	    pthread_create(&threads[2], NULL, pop, (void *)1))
		abort();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(!fronts[0] || fronts[0] != fronts[1]);
	assert(fronts[0] == &nodes[0] || fronts[1] == &nodes[0] || (!fronts[0] && !fronts[1]));
	return 0;
}
