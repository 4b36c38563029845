/* SPDX-License-Identifier: MIT */
/*
 * A Treiber stack: two threads push a node each and pop one each; every node comes out once.
 * Nodes are freed after the threads have ended, so that no node comes back while it is looked at.
 */
#include <afield/ordering.h>

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct node {
	AFIELD_ATOMIC(struct node *) next;
	int value;
};

static AFIELD_ATOMIC(struct node *) head;

static void push(struct node *node)
{
	struct node *top = AFIELD_LOAD(&head, relaxed);

	do {
		AFIELD_STORE(&node->next, top, relaxed);
	} while (!AFIELD_COMPARE_EXCHANGE_WEAK(&head, &top, node, release));
}

static struct node *pop(void)
{
	struct node *top = AFIELD_LOAD(&head, acquire);

	while (top) {
		struct node *next = AFIELD_LOAD(&top->next, relaxed);

		if (AFIELD_COMPARE_EXCHANGE(&head, &top, next, acquire))
			break;
	}
	return top;
}

static void *work(void *value)
{
	struct node *node = (struct node *)malloc(sizeof(*node));

	node->value = *(int *)value;
	push(node);
	node = pop();
	assert(node != NULL);
	*(int *)value = node->value;
	return node;
}

int main(void)
{
	pthread_t threads[2];
	int values[2] = {1, 2};
	void *nodes[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, &values[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], &nodes[i]);
	assert(values[0] + values[1] == 3);
	assert(nodes[0] != nodes[1]);
	for (int i = 0; i < 2; i++)
		free(nodes[i]);
	return 0;
}
