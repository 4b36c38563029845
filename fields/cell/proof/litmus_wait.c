/* SPDX-License-Identifier: MIT */
/*
 * One thread borrows and releases, another counts itself in, finds the borrow in its way, and
 * sleeps. What must hold in every execution: when the second goes to sleep, the first finds it
 * counted and wakes it, whether the borrow was shared or exclusive.
 */
#include "../../../tests/support/litmus_wait.h"
#include "../cell_core.h"

static afield__cell_borrows borrows;

static void borrow_and_release(int self)
{
	if (afield__cell_try_borrow(&borrows, 0) && afield__cell_release(&borrows))
		wake();
}

static void borrow_mut_and_release(int self)
{
	if (!afield__cell_try_borrow_mut(&borrows, 1, 0))
		return;
	afield__cell_release_mut(&borrows, 0);
	wake();
}

static bool is_borrowed(void)
{
	return afield__cell_load(&borrows) != 0;
}

static void await(int self)
{
	sleep_while(is_borrowed);
}

/* Two rounds: what a thread knows from the first is old in the second. */
PROGRAM(wait_for_a_borrow)
{
	RUN(borrow_mut_and_release, await);
	assert_no_lost_wake();
	begin_round();
	RUN(borrow_and_release, await);
	assert_no_lost_wake();
}

PROGRAMS(wait_for_a_borrow)
