/* SPDX-License-Identifier: MIT */
/*
 * One thread changes a field and notifies, another waits for the change. The count and the order of
 * the waiter's steps are those of afield_wait; the notifier's are afield_wake_after_store itself,
 * whose wake is a note here. What must hold in every execution: when the waiter goes to sleep, the
 * notifier finds it counted and wakes it, although the store is relaxed. The change publishes what
 * was written before it only if the store says so: that is the second round.
 */
#include "../../../tests/support/litmus.h"
#include "../atomic.h"

static struct afield_waiters waiters;
static afield_u32 state;
static int message;      /* plain */
static int wakes;        /* written by the notifier */
static int sleeps;       /* written by the waiter */
static int is_published; /* whether the store is a release */

void afield__wake_slow(struct afield_waiters *unused)
{
	wakes = 1;
}

static void change(int self)
{
	message = 42;
	if (is_published)
		afield_u32_store_release(&state, 1);
	else
		afield_u32_store_relaxed(&state, 1);
	if (!AFIELD_MUTANT("miss_the_wake"))
		afield_wake_after_store(&waiters);
}

static void await_change(int self)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (!is_late)
		AFIELD_FETCH_ADD(&waiters.count, 1, seq_cst);
	if (afield_u32_load(&state) == 0)
		sleeps = 1;
	else if (is_published)
		assert(message == 42);
	if (is_late)
		AFIELD_FETCH_ADD(&waiters.count, 1, seq_cst);
}

static void change_and_await(void)
{
	RUN(change, await_change);
	assert(!sleeps || wakes);
	assert(afield_u32_load(&state) == 1);
}

PROGRAM(wait_for_a_change)
{
	change_and_await();
	wakes = 0;
	sleeps = 0;
	AFIELD_STORE(&waiters.count, 0, relaxed);
	afield_u32_store_relaxed(&state, 0);
	is_published = 1;
	change_and_await();
}

PROGRAMS(wait_for_a_change)
