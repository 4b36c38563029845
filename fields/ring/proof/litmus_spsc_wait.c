/* SPDX-License-Identifier: MIT */
/*
 * litmus_spsc_wait: as litmus_wait.c for a ring with one thread at each end: the one that waits
 * looks, counts itself in, looks again, and sleeps.
 *
 * What must hold in every execution: when it goes to sleep, the other finds it counted and wakes
 * it.
 */
#include "../ring_spsc_core.h"

#include <assert.h>
#include <pthread.h>

static struct afield__spsc ring;
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the one who changes the ring */
static int sleeps; /* written by the one who waits */

static bool push(void)
{
	uint64_t number;

	if (!afield__spsc_begin_push(&ring, &number))
		return false;
	afield__spsc_end_push(&ring, number);
	return true;
}

static bool pop(void)
{
	uint64_t number;

	if (!afield__spsc_begin_pop(&ring, &number))
		return false;
	afield__spsc_end_pop(&ring, number);
	return true;
}

static void *change(void *is_push)
{
	assert(is_push ? push() : pop());
	if (AFIELD_MUTANT("miss_the_wake"))
		return NULL;
	if (AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	return NULL;
}

static void *await(void *is_push)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (is_push ? push() : pop())
		return NULL;
	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (!(is_push ? push() : pop()))
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	return NULL;
}

static void run(void *first, void *second)
{
	pthread_t threads[2];

	wakes = 0;
	sleeps = 0;
	ring.capacity = 1;
	afield__spsc_start_at(&ring, 0);
	assert(!second || push());
	AFIELD_STORE(&count, 0, relaxed);
	pthread_create(&threads[0], NULL, change, first);
	pthread_create(&threads[1], NULL, await, second);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(!sleeps || wakes);
}

int main(void)
{
	run(&ring, NULL);
	run(NULL, &ring);
	return 0;
}
