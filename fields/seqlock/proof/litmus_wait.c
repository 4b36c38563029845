/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: one thread takes the lock and gives it back, another counts itself in, finds it
 * held, and sleeps.
 *
 * What must hold in every execution: when the second goes to sleep, the first finds it counted and
 * wakes it. The count and the order of the steps are those of afield_wait and afield_wake; the
 * sleep and the wake are two notes that are compared at the end.
 */
#include "../seqlock_core.h"

#include <assert.h>
#include <pthread.h>

enum { SLOTS = 1, WORDS = 1 };

static const struct afield__seqlock_layout layout = {SLOTS, WORDS};
static afield__seqlock_sequence sequence;
static afield_word slots[SLOTS * WORDS];
static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the holder */
static int sleeps; /* written by the waiter */

static void wake(void)
{
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
}

static void *hold(void *publishes)
{
	uint64_t held;

	if (!afield__seqlock_try_lock(&sequence, 1, &held))
		return NULL; /* the other one has it, and does not sleep */
	if (publishes) {
		afield__seqlock_fill(slots, layout, held, NULL, 1);
		afield__seqlock_publish(&sequence, held);
	} else {
		afield__seqlock_unlock(&sequence, held);
	}
	wake();
	return NULL;
}

static void *wait_for_lock(void *argument)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");
	uint64_t held;

	(void)argument;
	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (!afield__seqlock_try_lock(&sequence, 1, &held)) {
		if (is_late)
			AFIELD_FETCH_ADD(&count, 1, seq_cst);
		sleeps = 1;
		return NULL;
	}
	AFIELD_FETCH_SUB(&count, 1, relaxed);
	afield__seqlock_unlock(&sequence, held);
	return NULL;
}

static void run(void *publishes)
{
	pthread_t threads[2];

	wakes = 0;
	sleeps = 0;
	AFIELD_STORE(&count, 0, relaxed);
	pthread_create(&threads[0], NULL, hold, publishes);
	pthread_create(&threads[1], NULL, wait_for_lock, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(!sleeps || wakes);
}

int main(void)
{
	run(slots);
	run(NULL);
	return 0;
}
