/* SPDX-License-Identifier: MIT */
/*
 * Three threads that try for the lock, and change what it protects when they have it. What must
 * hold in every execution: critical sections do not overlap, and each sees what the previous one
 * wrote; the lock names who has it, from the first step of a critical section to the last; no
 * change is lost; and when all have ended the lock is free. And a try that comes alone is not
 * refused.
 */
#include "../../../tests/support/litmus_lock.h"
#include "../locked_core.h"

static afield__locked_owner owner;

static uint64_t owner_now(void)
{
	return AFIELD_LOAD(&owner, relaxed);
}

static void try_once(int self)
{
	if (!afield__locked_take(&owner, number_of(self)))
		return;
	assert(owner_now() == number_of(self));
	change_value(self);
	afield__locked_give_back(&owner);
	assert(owner_now() != number_of(self));
}

static void try_twice(int self)
{
	try_once(self);
	try_once(self);
}

PROGRAM(three_try)
{
	RUN(try_twice, try_twice, try_once);
	assert(afield__locked_load(&owner) == 0);
	assert(writes[0] + writes[1] + writes[2] > 0);
	check_all_changes();
}

PROGRAMS(three_try)
