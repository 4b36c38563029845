/* SPDX-License-Identifier: MIT */
/*
 * litmus_order: one thread pushes; another pushes and is the only one to pop.
 *
 * What must hold in every execution: who has pushed finds an element, and what it pushed comes
 * out once. The slot before its own is seen full as soon as its own is.
 */
#define CAPACITY 2
#define SLOTS 2
#include "litmus_ring.inc"

static void *push_one(void *unused)
{
	assert(push(1) == 0);
	return unused;
}

static void *push_and_pop(void *unused)
{
	uintptr_t seen;

	assert(push(2) == 0);
	seen = pop();
	assert(seen != 0);
	if (seen == 1)
		assert(pop() == 2);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	begin(0);
	pthread_create(&threads[0], NULL, push_one, NULL);
	pthread_create(&threads[1], NULL, push_and_pop, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return 0;
}
