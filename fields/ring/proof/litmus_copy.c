/* SPDX-License-Identifier: MIT */
/*
 * litmus_copy: a ring of one slot is full. One thread pops; another pushes as soon as there is
 * room, pops that and pushes once more, by which time the node of the first element has come round.
 *
 * What must hold in every execution: the first element is popped as it was pushed.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/ring/proof/litmus_copy.c -lpthread
 */
#define CAPACITY 1
#define SLOTS 1
#define AFIELD__RING_FREE_NODES 1
#include "litmus_ring.inc"

static void *pop_first(void *unused)
{
	assert(pop() == 1);
	return unused;
}

static void *come_round(void *unused)
{
	if (push(2) != 0)
		return unused;
	assert(pop() == 2);
	assert(push(3) == 0);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	begin(0);
	assert(push(1) == 0);
	pthread_create(&threads[0], NULL, pop_first, NULL);
	pthread_create(&threads[1], NULL, come_round, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
