/* SPDX-License-Identifier: MIT */
/*
 * queue, for model checkers: how many there are. One thread pushes a value, takes it, pushes and
 * takes another; a second one counts. There is never more than one.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus_count.c -lpthread
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

static struct afield__queue_words queue;
static struct afield__queue_node nodes[2]; /* static: nothing is freed here */

static void *push_and_pop(void *unused)
{
	for (int i = 0; i < 2; i++) {
		struct afield__queue_node *old, *front;

		afield__queue_append(&queue, &nodes[i]);
		front = afield__queue_take(&queue, &old);
		assert(front == &nodes[i]);
		assert(afield__queue_take(&queue, &old) == NULL);
	}
	return unused;
}

static void *count(void *unused)
{
	assert(afield__queue_count(&queue) <= 1);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&nodes[i].next, NULL, relaxed);
	if (pthread_create(&threads[0], NULL, push_and_pop, NULL) ||
	    pthread_create(&threads[1], NULL, count, NULL))
		abort();
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(afield__queue_count(&queue) == 0);
	return 0;
}
