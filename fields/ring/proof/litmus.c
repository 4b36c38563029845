/* SPDX-License-Identifier: MIT */
/*
 * litmus: two threads push and one pops, in a ring of one slot, whose next push is the last one
 * before its numbers wrap.
 *
 * What must hold in every execution: each element that was pushed is popped once, by then or at the
 * end; what stood in memory before a push is seen after its pop; of two pushes into an empty ring
 * one succeeds.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/ring/proof/litmus.c -lpthread
 */
#define CAPACITY 1
#define SLOTS 1
#include "litmus_ring.inc"

static int letters[3]; /* plain: what a word says is there */
static int pushed[3];
static uintptr_t popped[4];

static void *push_one(void *argument)
{
	uintptr_t number = (uintptr_t)argument;

	letters[number] = (int)number;
	pushed[number] = push(number) == 0;
	return NULL;
}

static uintptr_t pop_letter(void)
{
	uintptr_t number = pop();

	assert(number <= 2);
	assert(number == 0 || letters[number] == (int)number);
	return number;
}

static void *pop_twice(void *unused)
{
	popped[0] = pop_letter();
	popped[1] = pop_letter();
	return unused;
}

int main(void)
{
	pthread_t threads[3];
	uintptr_t sum = 0;

	begin(UINT64_MAX);
	pthread_create(&threads[0], NULL, push_one, (void *)1);
	pthread_create(&threads[1], NULL, push_one, (void *)2);
	pthread_create(&threads[2], NULL, pop_twice, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	popped[2] = pop_letter();
	popped[3] = pop_letter();
	/* No loop of four: an outside checker goes round three times and then gives up. */
	for (int i = 0; i < 2; i++)
		sum += popped[i] * popped[i] + popped[2 + i] * popped[2 + i];
	assert(sum == (uintptr_t)(pushed[1] + 4 * pushed[2]));
	assert(pushed[1] || pushed[2]);
	assert(afield__ring_count(&ring) == 0);
	return 0;
}
