/* SPDX-License-Identifier: MIT */
/*
 * litmus_count: one thread pushes, pops and pushes again, another counts.
 *
 * What must hold in every execution: there is never more than one element, and the count says so
 * although it looks at one end after the other.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/ring/proof/litmus_count.c -lpthread
 */
#define CAPACITY 2
#define SLOTS 2
#include "litmus_ring.inc"

static void *push_and_pop(void *unused)
{
	assert(push(1) == 0);
	assert(pop() == 1);
	assert(push(2) == 0);
	return unused;
}

static void *count(void *unused)
{
	assert(afield__ring_count(&ring) <= 1);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	begin(0);
	pthread_create(&threads[0], NULL, push_and_pop, NULL);
	pthread_create(&threads[1], NULL, count, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(afield__ring_count(&ring) == 1);
	return 0;
}
