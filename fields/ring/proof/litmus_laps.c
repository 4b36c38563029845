/* SPDX-License-Identifier: MIT */
/*
 * litmus_laps: one thread pushes until three elements are in a ring of two; two others pop.
 *
 * What must hold in every execution: each pops what was pushed, in the order in which it was, and
 * what stood in memory before the push is seen after the pop. A node comes back within these three,
 * so that a pop may find it filled anew while it reads.
 */
#define CAPACITY 2
#define SLOTS 2
#define AFIELD__RING_FREE_NODES 1
#include "litmus_ring.inc"

static int letters[4]; /* plain */
static uintptr_t seen[2][2];
static int accepted;

static void *push_three(void *unused)
{
	for (uintptr_t i = 1; i <= 3; i++) {
		letters[i] = (int)i;
		if (push(i) != 0)
			break;
		accepted++;
	}
	return unused;
}

static void *pop_some(void *argument)
{
	int self = (int)(uintptr_t)argument;

	for (int i = 0; i < 2 - self; i++) {
		seen[self][i] = pop();
		assert(seen[self][i] <= 3);
		assert(seen[self][i] == 0 || letters[seen[self][i]] == (int)seen[self][i]);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	uintptr_t rest[2], sum = 0;

	begin(UINT64_MAX - 1);
	pthread_create(&threads[0], NULL, push_three, NULL);
	pthread_create(&threads[1], NULL, pop_some, (void *)0);
	pthread_create(&threads[2], NULL, pop_some, (void *)1);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(accepted >= 2);
	assert(seen[0][1] == 0 || seen[0][0] < seen[0][1]);
	rest[0] = pop();
	rest[1] = pop();
	/* The squares of the elements tell which there were. */
	for (int i = 0; i < 2; i++)
		sum += seen[0][i] * seen[0][i] + seen[1][i] * seen[1][i] + rest[i] * rest[i];
	assert(sum == (accepted == 3 ? 14 : 5));
	return 0;
}
