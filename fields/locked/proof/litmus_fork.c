/* SPDX-License-Identifier: MIT */
/*
 * The child of a fork that orphaned the lock, which its threads give back, and try for. What must
 * hold in every execution: the lock is given back once, and never while a thread of this process
 * has it; critical sections do not overlap; and who is inside sees the note that was written before
 * the lock was given back.
 */
#include "../../../tests/support/litmus_lock.h"
#include "../locked_core.h"

enum { DEAD = 9 };

static afield__locked_owner owner;
static int note;     /* plain; written before the lock is given back */
static int gifts[3]; /* written by the thread with that number */

static void begin(void)
{
	AFIELD_STORE(&owner, DEAD, relaxed);
}

static void end(void)
{
	assert(gifts[0] + gifts[1] + gifts[2] == 1);
	assert(afield__locked_load(&owner) == 0);
	check_all_changes();
}

static void try_once(int self)
{
	if (!afield__locked_take(&owner, number_of(self)))
		return;
	assert(note == 1);
	change_value(self);
	afield__locked_give_back(&owner);
}

static void try_twice(int self)
{
	try_once(self);
	try_once(self);
}

static void give_back(int self)
{
	gifts[self] = afield__locked_disown(&owner, DEAD);
}

static void give_back_and_try(int self)
{
	give_back(self);
	try_once(self);
}

/* One thread makes the note and gives the lock back. */
static void note_and_give_back(int self)
{
	note = 1;
	give_back_and_try(self);
}

PROGRAM(one_gives_back)
{
	begin();
	RUN(note_and_give_back, try_twice);
	end();
}

/* Two threads want to give it back. */
PROGRAM(two_give_back)
{
	begin();
	note = 1;
	RUN(give_back_and_try, give_back, try_twice);
	end();
}

PROGRAMS(two_give_back, one_gives_back)
