/* SPDX-License-Identifier: MIT */
/*
 * queue, for model checkers: the tail is never moved back. One thread pushes twice, one once, two
 * pop. Nothing is freed.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus_back.c -lpthread
 *
 * What must hold in every execution: a node that was given up is not the tail, now or later.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

static struct afield__queue_words queue;
static struct afield__queue_node nodes[3];

static void push(int i)
{
	/* As memory of malloc's: what it was before is not NULL. */
	AFIELD_STORE(&nodes[i].next, NULL, relaxed);
	afield__queue_append(&queue, &nodes[i]);
}

static void *push_twice(void *unused)
{
	push(0);
	push(1);
	return unused;
}

static void *push_once(void *unused)
{
	push(2);
	return unused;
}

static void *pop_twice(void *unused)
{
	struct afield__queue_node *old[2];

	if (!afield__queue_take(&queue, &old[0]) || !afield__queue_take(&queue, &old[1]))
		return unused;
	assert(old[0] == NULL);
	assert(AFIELD_LOAD(&queue.tail, relaxed) != NULL);
	assert(AFIELD_LOAD(&queue.tail, relaxed) != old[1]);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		AFIELD_STORE(&nodes[i].next, &nodes[i], relaxed);
	if (pthread_create(&threads[0], NULL, push_twice, NULL) ||
	    pthread_create(&threads[1], NULL, push_once, NULL) ||
	    pthread_create(&threads[2], NULL, pop_twice, NULL))
		abort();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
