/* SPDX-License-Identifier: MIT */
/*
 * litmus_empty: one thread takes the only element; another finds the ring empty, and then pushes.
 *
 * What must hold in every execution: who has found the ring empty does not find it full, nor
 * anything in it. Only the hint tells the second that the first has popped.
 */
#define CAPACITY 1
#define SLOTS 2
#include "litmus_ring.inc"

static void *pop_one(void *unused)
{
	pop();
	return unused;
}

static void *pop_and_push(void *unused)
{
	if (pop() == 0) {
		assert(afield__ring_count(&ring) == 0);
		assert(push(2) == 0);
	}
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	begin(0);
	assert(push(1) == 0);
	pthread_create(&threads[0], NULL, pop_one, NULL);
	pthread_create(&threads[1], NULL, pop_and_push, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return 0;
}
