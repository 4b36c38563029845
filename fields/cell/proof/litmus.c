/* SPDX-License-Identifier: MIT */
/*
 * Borrows and tries. What must hold in every execution: nobody reads beside a writer, nor writes
 * beside anybody; what a writer wrote is seen by the next; the cell names its exclusive holder,
 * whatever tries fail meanwhile; and when all have ended the cell is free, although tries have
 * failed.
 */
#include "../../../tests/support/litmus_lock.h"
#include "../cell_core.h"

static afield__cell_borrows borrows;

static uint64_t holder_now(void)
{
	uint64_t seen = AFIELD_LOAD(&borrows, relaxed);

	return afield__cell_holder(seen);
}

static void try_write(int self)
{
	if (!afield__cell_try_borrow_mut(&borrows, number_of(self), 0))
		return;
	assert(holder_now() == number_of(self));
	change_value(self);
	afield__cell_release_mut(&borrows, 0);
}

static void try_read(int self)
{
	if (!afield__cell_try_borrow(&borrows, 0))
		return;
	if (AFIELD_MUTANT("read_after_the_release")) {
		afield__cell_release(&borrows);
		check_value();
		return;
	}
	check_value();
	afield__cell_release(&borrows);
}

static void write_twice(int self)
{
	try_write(self);
	try_write(self);
}

static void read_and_write(int self)
{
	try_read(self);
	try_write(self);
}

PROGRAM(readers_and_writers)
{
	RUN(write_twice, try_read, read_and_write);
	assert(afield__cell_load(&borrows) == 0);
	check_all_changes();
}

/* A try that fails is in nobody's way: an exclusive borrow that meets only such tries is had. */
static bool is_first_had, is_second_had, is_try_had;

static void borrow_twice(int self)
{
	is_first_had = afield__cell_try_borrow_mut(&borrows, 1, 0);
	if (is_first_had)
		afield__cell_release_mut(&borrows, 0);
	is_second_had = afield__cell_try_borrow_mut(&borrows, 1, 0);
	if (is_second_had)
		afield__cell_release_mut(&borrows, 0);
}

static void try_once(int self)
{
	is_try_had = afield__cell_try_borrow(&borrows, 0);
	if (is_try_had)
		afield__cell_release(&borrows);
}

PROGRAM(failed_try_is_in_nobodys_way)
{
	RUN(borrow_twice, try_once);
	assert(afield__cell_load(&borrows) == 0);
	assert(is_try_had || (is_first_had && is_second_had));
}

PROGRAMS(readers_and_writers, failed_try_is_in_nobodys_way)
