/* SPDX-License-Identifier: MIT */
/*
 * Readers and writers. What must hold in every execution: nobody reads beside a writer, nor writes
 * beside anybody; what a writer wrote is seen by the next; the lock names its writer, from the
 * first step of a critical section to the last; and when all have ended the lock is free.
 */
#include "../../../tests/support/litmus_lock.h"
#include "../../../tests/support/litmus_tell.h"
#include "../rwlocked_core.h"

static afield__rwlocked_word state;

static uint64_t writer_now(void)
{
	uint64_t seen = AFIELD_LOAD(&state, relaxed);

	return afield__rwlocked_writer(seen);
}

static void try_write(int self)
{
	if (!afield__rwlocked_enter_write(&state, number_of(self), 0))
		return;
	assert(writer_now() == number_of(self));
	change_value(self);
	afield__rwlocked_leave_write(&state, 0);
}

static bool has_read(void)
{
	if (!afield__rwlocked_enter_read(&state, 0))
		return false;
	assert(writer_now() == 0);
	check_value();
	afield__rwlocked_leave_read(&state);
	return true;
}

static void try_read(int self)
{
	has_read();
}

static void read_and_write(int self)
{
	try_read(self);
	try_write(self);
}

static void end(void)
{
	assert(afield__rwlocked_load(&state) == 0);
	check_all_changes();
}

PROGRAM(readers_and_writers)
{
	RUN(try_write, try_read, read_and_write);
	end();
}

/*
 * Readers that come and go together are not in each other's way, and what they know of a writer
 * that has left is old.
 */
static void must_read(int self)
{
	bool is_in = has_read();

	assert(is_in);
}

PROGRAM(readers_are_not_refused)
{
	RUN(try_write, try_read);
	end();
	RUN(must_read, must_read);
	end();
}

/*
 * A reader that has been refused, and is told that the writer has left, is not refused again.
 */
static void write_and_tell(int self)
{
	try_write(self);
	tell();
}

static void read_until_over(int self)
{
	has_read();
	if (is_told())
		must_read(self);
}

PROGRAM(refusal_is_forgotten)
{
	RUN(write_and_tell, read_until_over);
	end();
}

PROGRAMS(readers_and_writers, readers_are_not_refused, refusal_is_forgotten)
