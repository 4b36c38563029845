/* SPDX-License-Identifier: MIT */
/*
 * The child of a fork, at words that its parent's threads left. What must hold in every execution:
 * nobody reads beside a writer of this process, nor writes beside anybody; and when all have ended
 * the lock is free.
 */
#include "../../../tests/support/litmus_lock.h"
#include "../rwlocked_core.h"

enum { GENERATION = 1, DEAD = 9 };

static afield__rwlocked_word state;

static void begin(uint64_t orphaned)
{
	AFIELD_STORE(&state, orphaned, relaxed);
}

static void end(void)
{
	assert(afield__rwlocked_load(&state) == afield__rwlocked_free(GENERATION));
	check_value();
}

static bool has_written(int self)
{
	if (!afield__rwlocked_enter_write(&state, number_of(self), GENERATION))
		return false;
	change_value(self);
	afield__rwlocked_leave_write(&state, GENERATION);
	return true;
}

static void try_write(int self)
{
	has_written(self);
}

static void try_read(int self)
{
	if (!afield__rwlocked_enter_read(&state, GENERATION))
		return;
	check_value();
	afield__rwlocked_leave_read(&state);
}

static void read_twice(int self)
{
	try_read(self);
	try_read(self);
}

static void read_and_write(int self)
{
	try_read(self);
	try_write(self);
}

/* Two readers were orphaned. A thread that comes alone is not refused for them. */
PROGRAM(orphaned_readers)
{
	bool has_entered;

	begin(2);
	RUN(try_write, read_twice, read_and_write);
	end();
	begin(2);
	has_entered = has_written(0);
	assert(has_entered);
	end();
}

/*
 * A writer was orphaned, and the half of a change with it, which is put right by who gives its lock
 * back. Who has the lock next sees that.
 */
static int gifts[2]; /* written by the thread with that number */

static void put_right_and_give_back(int self)
{
	value[1] = value[0];
	gifts[self] += afield__rwlocked_disown(&state, DEAD, GENERATION);
	gifts[self] += afield__rwlocked_disown(&state, DEAD, GENERATION);
}

PROGRAM(orphaned_writer)
{
	value[0]++;
	begin(AFIELD__RWLOCKED_WRITER | DEAD);
	RUN(put_right_and_give_back, try_write, read_twice);
	assert(gifts[0] == 1);
	end();
}

/* Two threads that know of nothing to put right give the lock back: one of them does. */
static void give_back(int self)
{
	gifts[self] += afield__rwlocked_disown(&state, DEAD, GENERATION);
}

static void give_back_and_write(int self)
{
	give_back(self);
	try_write(self);
}

PROGRAM(two_give_back)
{
	begin(AFIELD__RWLOCKED_WRITER | DEAD);
	RUN(give_back, give_back_and_write, read_and_write);
	assert(gifts[0] + gifts[1] == 1);
	end();
}

PROGRAMS(two_give_back, orphaned_writer, orphaned_readers)
