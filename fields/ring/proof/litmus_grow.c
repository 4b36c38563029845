/* SPDX-License-Identifier: MIT */
/*
 * litmus_grow: two threads find the only free node taken; each makes a further set of them, and
 * pushes.
 *
 * What must hold in every execution: one set is added, nobody sees it before it is made, and what
 * is pushed from it is popped.
 */
#define CAPACITY 2
#define SLOTS 2
#define AFIELD__RING_FREE_NODES 1
#include "litmus_ring.inc"

static struct afield__ring_free_node more_words[2][2];
static afield_word more_nodes[2][2];
static struct afield__ring_free_nodes more[2];
static int added[2], accepted[2]; /* each written by its thread */

static void *grow_and_push(void *argument)
{
	uintptr_t self = (uintptr_t)argument;

	more[self].count = 2;
	more[self].words = more_words[self];
	more[self].nodes = more_nodes[self];
	afield__ring_fill(&ring, 1, &more[self]);
	added[self] = afield__ring_add(&ring, 1, &more[self]);
	accepted[self] = push(self + 1) == 0;
	return NULL;
}

int main(void)
{
	pthread_t threads[2];
	uint64_t node;
	uintptr_t sum;

	begin(0);
	assert(afield__ring_take(&ring, 0, &node)); /* a thread that died in a push */
	pthread_create(&threads[0], NULL, grow_and_push, (void *)0);
	pthread_create(&threads[1], NULL, grow_and_push, (void *)1);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(added[0] + added[1] == 1);
	assert(accepted[0] || accepted[1]);
	sum = pop();
	sum += pop();
	assert(sum == (uintptr_t)(accepted[0] + 2 * accepted[1]));
	return 0;
}
