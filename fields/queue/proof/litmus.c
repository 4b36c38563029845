/* SPDX-License-Identifier: MIT */
/*
 * queue, for model checkers: the core with a reference RCU in place of reclaim.h, and a free that
 * really frees. One value is inside. One thread pushes another, two threads pop.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/queue fields/queue/proof/litmus.c -lpthread
 *
 * What must hold in every execution: each value is taken once, as it was written; the old one
 * before the new one by the same thread; and no node is used after it is freed.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

/*
 * The reference: each thread counts its own sections, and a grace period waits until it has seen
 * each thread outside once. seq_cst throughout; tests/reclaim/litmus_section.c has the real one.
 */
#define THREADS 3
static AFIELD_ATOMIC(int) inside[THREADS]; /* written by the thread with that number */
static _Thread_local int self;

static void enter(void)
{
	AFIELD_STORE(&inside[self], 1, seq_cst);
	AFIELD_FENCE(seq_cst, &inside[self]);
}

static void leave(void)
{
	AFIELD_STORE(&inside[self], 0, seq_cst);
}

static void synchronize(void)
{
	AFIELD_FENCE(seq_cst, &inside[0]);
	for (int i = 0; i < THREADS; i++)
		while (AFIELD_LOAD(&inside[i], seq_cst))
			AFIELD_SPIN();
}

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

static void *push(void *number)
{
	struct node *node = make(2);

	self = (int)(intptr_t)number;
	enter();
	afield__queue_append(&queue, &node->links);
	leave();
	return NULL;
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

static void *pop(void *number)
{
	self = (int)(intptr_t)number;
	taken[self] = take();
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	struct afield__queue_node *last;
	int rest;

	for (int i = 0; i < THREADS; i++)
		AFIELD_STORE(&inside[i], 0, relaxed);
	afield__queue_append(&queue, &make(1)->links);
	if (pthread_create(&threads[0], NULL, push, (void *)0) ||
	    pthread_create(&threads[1], NULL, pop, (void *)1) ||
	    pthread_create(&threads[2], NULL, pop, (void *)2))
		abort();
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	rest = take();
	/* One of the poppers had the 1: it was there all the time. */
	assert(taken[1] == 1 || taken[2] == 1);
	assert(taken[1] + taken[2] + rest == 3);
	assert(afield__queue_is_empty(&queue));
	last = AFIELD_LOAD(&queue.head, relaxed);
	assert(AFIELD_LOAD(&queue.tail, relaxed) == last);
	assert(last->number == 2);
	free(last);
	return 0;
}
