/* SPDX-License-Identifier: MIT */
/*
 * queue, for model checkers: two threads push, one counts and pops. Nothing is freed.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus_push.c -lpthread
 *
 * What must hold in every execution: both values are there once, and in the end the tail is the
 * last node, which nothing moves back.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

struct node {
	struct afield__queue_node links;
	int value;
};

static struct afield__queue_words queue;
static struct node nodes[2];

static void *push(void *number)
{
	int self = (int)(intptr_t)number;

	/* As memory of malloc's: what it was before is not NULL. */
	AFIELD_STORE(&nodes[self].links.next, NULL, relaxed);
	nodes[self].value = self + 1;
	afield__queue_append(&queue, &nodes[self].links);
	return NULL;
}

static int take(void)
{
	struct afield__queue_node *old, *front = afield__queue_take(&queue, &old);

	return front ? ((struct node *)front)->value : 0;
}

static void *count_and_pop(void *taken)
{
	assert(afield__queue_count(&queue) <= 2);
	*(int *)taken = take();
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	struct afield__queue_node *last;
	int taken = 0;

	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&nodes[i].links.next, &nodes[i].links, relaxed);
	if (pthread_create(&threads[0], NULL, push, (void *)0) ||
	    pthread_create(&threads[1], NULL, push, (void *)1) ||
	    pthread_create(&threads[2], NULL, count_and_pop, &taken))
		abort();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	taken += take() + take();
	assert(taken == 3);
	assert(take() == 0);
	last = AFIELD_LOAD(&queue.head, relaxed);
	assert(last->number == 2);
	assert(AFIELD_LOAD(&queue.tail, relaxed) == last);
	return 0;
}
