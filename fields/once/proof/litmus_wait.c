/* SPDX-License-Identifier: MIT */
/*
 * One thread makes the value, another counts itself in, finds the field busy, and sleeps. What must
 * hold in every execution: when the second goes to sleep, the first finds it counted and wakes it,
 * whether the making succeeds or fails.
 */
#include "../../../tests/support/litmus_wait.h"
#include "../once_core.h"

static afield__once_state state;
static bool succeeds;

static void make(int self)
{
	if (!afield__once_claim(&state, AFIELD__ONCE_EMPTY, 1))
		return;
	if (succeeds)
		afield__once_publish(&state);
	else
		afield__once_abandon(&state);
	wake();
}

static bool is_busy(void)
{
	return afield__once_load(&state) == afield__once_busy(1);
}

static void await(int self)
{
	sleep_while(is_busy);
}

static void make_and_await(bool is_made)
{
	succeeds = is_made;
	begin_round();
	AFIELD_STORE(&state, AFIELD__ONCE_EMPTY, relaxed);
	RUN(make, await);
	assert_no_lost_wake();
}

/* What a thread knows from the first round is old in the second. */
PROGRAM(wait_for_a_making)
{
	make_and_await(true);
	make_and_await(false);
}

PROGRAMS(wait_for_a_making)
