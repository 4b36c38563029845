/* SPDX-License-Identifier: MIT */
/*
 * litmus_reuse: a node goes from one thread's push over a second thread into a third thread's push.
 *
 * What must hold in every execution: what is popped is what was pushed last into the node, and each
 * element that was accepted is popped once. There is one free node, so that a push may find none.
 */
#define CAPACITY 1
#define SLOTS 1
#define AFIELD__RING_FREE_NODES 1
#include "litmus_ring.inc"

static int accepted[3]; /* each written by its thread */
static uintptr_t popped;

static void *push_one(void *unused)
{
	accepted[0] = push(1) == 0;
	return unused;
}

static void *push_last(void *unused)
{
	accepted[2] = push(3) == 0;
	return unused;
}

/* Threads that push one after the other. Then nothing is left of a lag, and nothing is refused. */
static void one_after_the_other(void)
{
	pthread_t thread;

	for (uint64_t i = 1; i <= 3; i++) {
		pthread_create(&thread, NULL, i == 2 ? push_last : push_one, NULL);
		pthread_join(thread, NULL);
		assert(pop() == (i == 2 ? 3 : 1));
		assert(AFIELD_LOAD(&ring.tail, relaxed) == i);
		assert(AFIELD_LOAD(&ring.head, relaxed) == i);
	}
}

static void *pass_on(void *unused)
{
	popped = pop();
	popped += push(2) == 0 ? 16 * pop() : 0;
	return unused;
}

int main(void)
{
	pthread_t threads[3];
	uintptr_t first, second, last;

	begin(0);
	one_after_the_other();
	pthread_create(&threads[0], NULL, push_one, NULL);
	pthread_create(&threads[1], NULL, pass_on, NULL);
	pthread_create(&threads[2], NULL, push_last, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	last = pop();
	first = popped % 16;
	second = popped / 16;
	/* The elements 1 and 3 come out once if they went in; 2 is the second that is popped. */
	assert((first == 1) + (second == 1) + (last == 1) == accepted[0]);
	assert((first == 3) + (second == 3) + (last == 3) == accepted[2]);
	assert(first != 2 && last != 2);
	assert(second == 0 || second == 2);
	assert(pop() == 0);
	return 0;
}
