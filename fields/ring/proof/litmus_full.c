/* SPDX-License-Identifier: MIT */
/*
 * litmus_full: one thread pushes into a ring of one; another pushes too, and then pops.
 *
 * What must hold in every execution: who pushed, or was told that the ring is full, finds an
 * element, for nobody else takes any. And who is the only one to pop gets what it pushed, or what
 * was there before. A ring that claims a number first says "full", and then "empty".
 */
#define CAPACITY 1
#define SLOTS 2
#include "litmus_ring.inc"

static int refused[3];
static uintptr_t popped[2];

static void *push_one(void *unused)
{
	refused[1] = push(1) != 0;
	return unused;
}

static void *push_and_pop(void *unused)
{
	refused[2] = push(2) != 0;
	popped[0] = pop();
	assert(popped[0] != 0);
	assert(refused[2] ? popped[0] == 1 : popped[0] == 2);
	popped[1] = pop();
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
	if (popped[1] == 0)
		popped[1] = pop();
	assert(refused[1] ? popped[0] == 2 && popped[1] == 0 : popped[0] == 1 || popped[1] == 1);
	assert(!refused[1] || !refused[2]);
	assert(pop() == 0);
	return 0;
}
