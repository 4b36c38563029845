/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: one thread pushes, or pops; another finds the ring empty, or full, counts itself in,
 * looks again, and sleeps.
 *
 * What must hold in every execution: when the second goes to sleep, the first finds it counted and
 * wakes it. The count and the order of the steps are those of afield_wait and afield_wake; the
 * sleep and the wake are two notes that are compared at the end. -DPART=1, 2 or 3 leaves one part:
 * a ring that is empty, one that is full, one that is full and has more slots than it may use.
 */
#ifndef PART
#define PART 0
#endif
#define CAPACITY 1
#define SLOTS 2
#include "litmus_ring.inc"

static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the one who changes the ring */
static int sleeps; /* written by the one who waits */

static void *change(void *is_push)
{
	if (is_push ? push(1) != 0 : pop() == 0)
		return NULL;
	if (AFIELD_MUTANT("miss_the_wake"))
		return NULL;
	if (AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	return NULL;
}

static bool is_done(const void *is_push)
{
	return is_push ? push(2) == 0 : pop() != 0;
}

static void *await(void *is_push)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (is_done(is_push))
		return NULL;
	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (!is_done(is_push))
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	return NULL;
}

static void run(void *first, void *second, uint64_t capacity)
{
	pthread_t threads[2];

	wakes = 0;
	sleeps = 0;
	begin(0);
	ring.capacity = capacity;
	for (uint64_t i = 0; i < capacity && second; i++)
		assert(push(3) == 0);
	AFIELD_STORE(&count, 0, relaxed);
	pthread_create(&threads[0], NULL, change, first);
	pthread_create(&threads[1], NULL, await, second);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(!sleeps || wakes);
}

int main(void)
{
	if (PART == 0 || PART == 1)
		run(&ring, NULL, 1);
	if (PART == 0 || PART == 2)
		run(NULL, &ring, 2);
	if (PART == 0 || PART == 3)
		run(NULL, &ring, 1);
	return 0;
}
