/* SPDX-License-Identifier: MIT */
/*
 * One thread takes the lock and gives it back, another counts itself in, finds the lock taken, and
 * sleeps. What must hold in every execution: when the second goes to sleep, the first finds it
 * counted and wakes it.
 */
#include "../../../tests/support/litmus_wait.h"
#include "../locked_core.h"

static afield__locked_owner owner;

static void take_and_give_back(int self)
{
	if (!afield__locked_take(&owner, 1))
		return;
	afield__locked_give_back(&owner);
	wake();
}

static bool is_taken(void)
{
	return afield__locked_load(&owner) != 0;
}

static void await(int self)
{
	sleep_while(is_taken);
}

PROGRAM(wait_for_the_lock)
{
	RUN(take_and_give_back, await);
	assert_no_lost_wake();
}

PROGRAMS(wait_for_the_lock)
