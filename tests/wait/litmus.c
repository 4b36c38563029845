/* SPDX-License-Identifier: MIT */
/*
 * Threads that wait for items and threads that put them. What must hold in every execution: nobody
 * sleeps on, everybody gets what was put for it, and in the end no item is left and nobody counted.
 *
 * Not for GenMC: it knows no condition variables.
 */
#include "parking.h"

/* Two threads wait for an item each, and a third puts two, one after the other, waking one each
 * time. */
static void put_two(int self)
{
	put();
	put();
}

PROGRAM(two_wait)
{
	run_beside(put_two, wait_for_item, wait_for_item, NULL);
	assert_nothing_is_left();
}

/* The same when the number of the event count goes round in the middle of it. */
PROGRAM(number_goes_round)
{
	begin_at(INT32_MAX);
	run_beside(put_two, wait_for_item, wait_for_item, NULL);
	assert_nothing_is_left();
}

/*
 * One thread waits for two items, one after the other; two threads put one each. The bit that says
 * that somebody sleeps is set from the beginning, as a sleeper leaves it behind whose deadline has
 * passed, so that a waker finds nobody to wake.
 */
static void wait_for_two(int self)
{
	wait_for_item(self);
	wait_for_item(self);
}

PROGRAM(two_wake)
{
	begin_at(AFIELD__PARK_ASLEEP);
	run_beside(wait_for_two, put_one, put_one, NULL);
	assert_nothing_is_left();
}

/*
 * Three threads take a lock each, waiting for it, and wake one when they give it back. A thread
 * that comes just then may take it before the one that was woken. All of them have had it, one at a
 * time.
 */
static int turns; /* plain: the lock protects it */

static void take_turn(int self)
{
	afield_wait_uninterrupted(&hall, has_taken, NULL);
	turns++;
	put();
}

PROGRAM(lock_goes_round)
{
	AFIELD_STORE(&items, 1, relaxed);
	run_beside(take_turn, take_turn, take_turn, NULL);
	assert(turns == 3 && AFIELD_LOAD(&hall.count, relaxed) == 0);
}

/*
 * Two threads wait for an item or for the end. One item is put, which wakes one, and the end comes
 * from another thread, which wakes all. Both come back.
 */
static AFIELD_ATOMIC(int) is_over;

static bool has_item_or_end(void *unused)
{
	return AFIELD_LOAD(&is_over, seq_cst) || has_taken(unused);
}

static void wait_for_either(int self)
{
	assert(afield_wait(&hall, has_item_or_end, NULL, NULL) == 0);
}

static void end(int self)
{
	AFIELD_STORE(&is_over, 1, seq_cst);
	if (!AFIELD_MUTANT("drop_the_wake"))
		afield_wake(&hall);
}

PROGRAM(item_or_end)
{
	run_beside(put_one, wait_for_either, wait_for_either, end);
	assert(AFIELD_LOAD(&hall.count, relaxed) == 0);
}

/*
 * A thread waits for a word that another changes by a relaxed store. Between that store and the
 * look for who waits is the fence of the wake, and nothing else.
 */
static AFIELD_ATOMIC(int) word;

static bool has_changed(void *unused)
{
	return AFIELD_LOAD(&word, seq_cst) != 0;
}

static void await_change(int self)
{
	afield_wait_uninterrupted(&hall, has_changed, NULL);
}

static void change(int self)
{
	AFIELD_STORE(&word, 1, relaxed);
	if (!AFIELD_MUTANT("drop_the_wake"))
		afield_wake_after_store(&hall);
}

PROGRAM(change_is_stored)
{
	RUN(change, await_change);
	assert(AFIELD_LOAD(&hall.count, relaxed) == 0);
}

PROGRAMS(two_wait, number_goes_round, two_wake, lock_goes_round, item_or_end, change_is_stored)
