/* SPDX-License-Identifier: MIT */
/*
 * One thread takes the lock and gives it back, another counts itself in, finds it held, and sleeps.
 * What must hold in every execution: when the second goes to sleep, the first finds it counted and
 * wakes it.
 */
#include "../../../tests/support/litmus_wait.h"
#include "../seqlock_core.h"

enum { SLOTS = 1, WORDS = 1 };

static const struct afield__seqlock_layout layout = {SLOTS, WORDS};
static afield__seqlock_sequence sequence;
static afield_word slots[SLOTS * WORDS];

/* When the other one has the lock, it does not sleep. */
static void store(int self)
{
	uint64_t held;

	if (!afield__seqlock_try_lock(&sequence, 1, &held))
		return;
	afield__seqlock_fill(slots, layout, held, NULL, 1);
	afield__seqlock_publish(&sequence, held);
	wake();
}

static void lock_and_unlock(int self)
{
	uint64_t held;

	if (!afield__seqlock_try_lock(&sequence, 1, &held))
		return;
	afield__seqlock_unlock(&sequence, held);
	wake();
}

static uint64_t held_by_waiter;

static bool cannot_lock(void)
{
	return !afield__seqlock_try_lock(&sequence, 1, &held_by_waiter);
}

static void wait_for_lock(int self)
{
	sleep_while(cannot_lock);
	if (sleeps)
		return;
	AFIELD_FETCH_SUB(&count, 1, relaxed);
	afield__seqlock_unlock(&sequence, held_by_waiter);
}

PROGRAM(wait_for_a_store)
{
	RUN(store, wait_for_lock);
	assert_no_lost_wake();
}

PROGRAM(wait_for_an_unlock)
{
	RUN(lock_and_unlock, wait_for_lock);
	assert_no_lost_wake();
}

PROGRAMS(wait_for_a_store, wait_for_an_unlock)
