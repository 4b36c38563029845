/* SPDX-License-Identifier: MIT */
/*
 * litmus_fresh: a ring that nobody has opened. One thread opens it, another pushes, which opens it
 * when it comes first, and a third waits for an element: it counts itself in, looks, and sleeps.
 *
 * What must hold in every execution: when the third goes to sleep, the one that pushes finds it
 * counted and wakes it; and of those who open the ring, one does.
 */
#define CAPACITY 1
#define SLOTS 2
#include "litmus_ring.inc"

static afield__ring_pointer field;
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;       /* written by the one who pushes */
static int sleeps;      /* written by the one who waits */
static int openings[2]; /* written by the thread with that number */

/* Main has made the ring. The maker that comes second would free its own. */
static void open_ring(int self)
{
	if (!afield__ring_opened(&field))
		openings[self] = afield__ring_publish(&field, &ring);
}

static void *open_alone(void *unused)
{
	open_ring(0);
	return unused;
}

static void *open_and_push(void *unused)
{
	open_ring(1);
	assert(afield__ring_opened(&field) == &ring && push(1) == 0);
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	return unused;
}

static void *await(void *unused)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (!afield__ring_opened(&field) || !pop())
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	begin(0);
	pthread_create(&threads[0], NULL, open_alone, NULL);
	pthread_create(&threads[1], NULL, open_and_push, NULL);
	pthread_create(&threads[2], NULL, await, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(!sleeps || wakes);
	assert(openings[0] + openings[1] == 1);
	return 0;
}
