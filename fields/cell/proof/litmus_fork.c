/* SPDX-License-Identifier: MIT */
/*
 * The child of a fork, at words that its parent's threads left, which one thread takes back. What
 * must hold in every execution: nobody reads beside a writer, nor writes beside anybody; nobody
 * writes before the old borrows are taken back, and what was written before that is seen by who
 * borrows next; a borrow of this process is counted once and is not taken back with the old ones;
 * and when all have ended the cell is free.
 */
#include "../../../tests/support/litmus_lock.h"
#include "../cell_core.h"

enum { GENERATION = 1, DEAD = 9 };

static afield__cell_borrows borrows;
static int note; /* plain; written before the old borrows are taken back */
static int gifts;

static void begin(uint64_t orphaned)
{
	note = gifts = 0;
	AFIELD_STORE(&borrows, orphaned, relaxed);
}

static void end(void)
{
	assert(gifts == 1);
	assert(afield__cell_count(afield__cell_load(&borrows)) == 0);
	assert(afield__cell_holder(afield__cell_load(&borrows)) == 0);
	check_value();
}

static void try_write(int self)
{
	if (!afield__cell_try_borrow_mut(&borrows, number_of(self), GENERATION))
		return;
	assert(note == 1);
	change_value(self);
	afield__cell_release_mut(&borrows, GENERATION);
}

static void try_read(int self)
{
	if (!afield__cell_try_borrow(&borrows, GENERATION))
		return;
	check_value();
	afield__cell_release(&borrows);
}

static void read_and_write(int self)
{
	try_read(self);
	try_write(self);
}

static void write_and_read(int self)
{
	try_write(self);
	try_read(self);
}

/* Two shared borrows were orphaned. */
static void take_back_shared(int self)
{
	note = 1;
	gifts += afield__cell_disown(&borrows, 0, GENERATION);
}

PROGRAM(orphaned_shared)
{
	begin(2);
	RUN(take_back_shared, read_and_write, write_and_read);
	end();
	check_all_changes();
}

/*
 * An exclusive borrow was orphaned, and the half of a change with it. What the threads know of
 * orphans before that is old.
 */
static void take_back_exclusive(int self)
{
	note = 1;
	value[1] = value[0];
	gifts += afield__cell_disown(&borrows, DEAD, GENERATION);
}

PROGRAM(orphaned_exclusive)
{
	begin(2);
	RUN(take_back_shared, try_read);
	end();
	value[0]++;
	begin(afield__cell_exclusive(DEAD));
	RUN(take_back_exclusive, read_and_write, write_and_read);
	end();
	assert(value[0] == 1 + writes[1] + writes[2]);
}

PROGRAMS(orphaned_shared, orphaned_exclusive)
