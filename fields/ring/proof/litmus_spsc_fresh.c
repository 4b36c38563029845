/* SPDX-License-Identifier: MIT */
/*
 * litmus_spsc_fresh: as litmus_fresh.c for a ring with one thread at each end. Each thread that
 * opens the field has made a ring of its own.
 *
 * What must hold in every execution: when the one goes to sleep, the other finds it counted and
 * wakes it; one ring is the field's, and who finds it finds it made.
 */
#include "../ring_spsc_core.h"

#include <assert.h>
#include <pthread.h>

enum { START = 3 };
static struct afield__spsc rings[2];
static afield__spsc_pointer field;
static int place; /* plain: the one place of the ring that is the field's */
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;       /* written by the one who pushes */
static int sleeps;      /* written by the one who waits */
static int openings[2]; /* written by the thread with that number */

static void open_ring(int self)
{
	if (afield__spsc_opened(&field))
		return;
	rings[self].capacity = 1;
	afield__spsc_start_at(&rings[self], START);
	openings[self] = afield__spsc_publish(&field, &rings[self]);
}

static void *open_alone(void *unused)
{
	open_ring(0);
	return unused;
}

static void *open_and_push(void *unused)
{
	struct afield__spsc *ring;
	uint64_t number;

	open_ring(1);
	ring = afield__spsc_opened(&field);
	assert(afield__spsc_begin_push(ring, &number) && number == START);
	place = 5;
	afield__spsc_end_push(ring, number);
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
	return unused;
}

static bool has_popped(void)
{
	struct afield__spsc *ring = afield__spsc_opened(&field);
	uint64_t number;

	if (!ring || !afield__spsc_begin_pop(ring, &number))
		return false;
	assert(ring->capacity == 1 && number == START && place == 5);
	afield__spsc_end_pop(ring, number);
	return true;
}

static void *await(void *unused)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (!has_popped())
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	pthread_create(&threads[0], NULL, open_alone, NULL);
	pthread_create(&threads[1], NULL, open_and_push, NULL);
	pthread_create(&threads[2], NULL, await, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(!sleeps || wakes);
	assert(openings[0] + openings[1] == 1);
	return 0;
}
