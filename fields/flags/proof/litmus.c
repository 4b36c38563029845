/* SPDX-License-Identifier: MIT */
/*
 * One word. What must hold in every execution: bits beside each other are not lost, and one of two
 * that set or clear a bit is told so.
 */
#include "../../../tests/support/litmus.h"
#include "../flags_core.h"

enum { OPEN = 1, LOCKED = 2, DIRTY = 4, LATE = 8 };
static afield__flags_word word;

/* Neighbours in one word. */
static void set_and_toggle(int self)
{
	afield__flags_set(&word, OPEN);
	afield__flags_toggle(&word, LOCKED);
}

static void clear_and_toggle(int self)
{
	afield__flags_clear(&word, DIRTY);
	afield__flags_toggle(&word, LATE);
}

PROGRAM(neighbours_are_not_lost)
{
	afield__flags_store(&word, DIRTY);
	RUN(set_and_toggle, clear_and_toggle);
	assert(afield__flags_load(&word) == (OPEN | LOCKED | LATE));
}

/* Whoever takes the lock has what the last owner wrote; plain data says so. */
static int owners;

static void lock_and_unlock(int self)
{
	if (!afield__flags_test_and_set(&word, LOCKED)) {
		owners++;
		assert(afield__flags_test_and_clear(&word, LOCKED) == LOCKED);
	}
}

PROGRAM(two_lock)
{
	afield__flags_store(&word, OPEN | LATE);
	RUN(lock_and_unlock, lock_and_unlock);
	assert(owners >= 1);
	assert(afield__flags_load(&word) == (OPEN | LATE));
}

/* One thing to take, and two who want it. */
static uint64_t taken[2]; /* written by the thread with that number */

static void take(int self)
{
	taken[self] = afield__flags_test_and_clear(&word, OPEN | LATE);
}

PROGRAM(two_take)
{
	afield__flags_store(&word, OPEN | LATE);
	RUN(take, take);
	assert(taken[0] + taken[1] == (OPEN | LATE) && (!taken[0] || !taken[1]));
	assert(afield__flags_load(&word) == 0);
}

PROGRAMS(two_lock, neighbours_are_not_lost, two_take)
