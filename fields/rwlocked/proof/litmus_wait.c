/* SPDX-License-Identifier: MIT */
/*
 * One thread takes the lock and gives it back, another counts itself in, finds the lock taken, and
 * sleeps. What must hold in every execution: when the second goes to sleep, the first finds it
 * counted and wakes it, whether the critical section was a reader's or a writer's.
 */
#include "../../../tests/support/litmus_wait.h"
#include "../rwlocked_core.h"

static afield__rwlocked_word state;

static void read_and_leave(int self)
{
	if (afield__rwlocked_enter_read(&state, 0) && afield__rwlocked_leave_read(&state))
		wake();
}

static void write_and_leave(int self)
{
	if (!afield__rwlocked_enter_write(&state, 1, 0))
		return;
	afield__rwlocked_leave_write(&state, 0);
	wake();
}

static bool is_taken(void)
{
	return afield__rwlocked_load(&state) != 0;
}

static void await(int self)
{
	sleep_while(is_taken);
}

/* Two rounds: what a thread knows from the first is old in the second. */
PROGRAM(wait_for_the_lock)
{
	RUN(write_and_leave, await);
	assert_no_lost_wake();
	begin_round();
	RUN(read_and_leave, await);
	assert_no_lost_wake();
}

PROGRAMS(wait_for_the_lock)
