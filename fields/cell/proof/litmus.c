/* SPDX-License-Identifier: MIT */
/*
 * litmus: a thread that writes, one that reads and one that does both, each as often as it may.
 *
 * What must hold in every execution: nobody reads beside a writer, nor writes beside anybody; what
 * a writer wrote is seen by the next; the cell names its exclusive holder, whatever tries fail
 * meanwhile; and when all have ended the cell is free, although tries have failed. The value is
 * plain, so that a checker reports a race where the order does not hold. And a try that fails is in
 * nobody's way: an exclusive borrow that meets only such tries is had.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/cell/proof/litmus.c -lpthread
 *
 * -DPART=1 or 2 leaves one of the two programs.
 */
#include "../cell_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef PART
#define PART 0
#endif

static afield__cell_borrows borrows;
static int value[2];  /* plain; equal but during an exclusive borrow */
static int writes[3]; /* of each thread, whose number is one more */

static uint64_t holder_now(void)
{
	uint64_t seen = AFIELD_LOAD(&borrows, relaxed);

	return afield__cell_holder(seen);
}

static void try_write(int self)
{
	uint64_t number = (uint64_t)self + 1;

	if (!afield__cell_try_borrow_mut(&borrows, number, 0))
		return;
	assert(holder_now() == number);
	assert(value[0] == value[1]);
	value[0]++;
	value[1]++;
	writes[self]++;
	afield__cell_release_mut(&borrows, 0);
}

static void try_read(void)
{
	if (!afield__cell_try_borrow(&borrows, 0))
		return;
	if (AFIELD_MUTANT("read_after_the_release")) {
		afield__cell_release(&borrows);
		assert(value[0] == value[1]);
		return;
	}
	assert(value[0] == value[1]);
	afield__cell_release(&borrows);
}

static void *writer(void *unused)
{
	try_write(0);
	try_write(0);
	return unused;
}

static void *reader(void *unused)
{
	try_read();
	return unused;
}

static void *both(void *unused)
{
	try_read();
	try_write(2);
	return unused;
}

static bool is_first_had, is_second_had, is_try_had;

static void *borrow_twice(void *unused)
{
	is_first_had = afield__cell_try_borrow_mut(&borrows, 1, 0);
	if (is_first_had)
		afield__cell_release_mut(&borrows, 0);
	is_second_had = afield__cell_try_borrow_mut(&borrows, 1, 0);
	if (is_second_had)
		afield__cell_release_mut(&borrows, 0);
	return unused;
}

static void *try_once(void *unused)
{
	is_try_had = afield__cell_try_borrow(&borrows, 0);
	if (is_try_had)
		afield__cell_release(&borrows);
	return unused;
}

static void run(void *(*const bodies[])(void *), int count)
{
	pthread_t threads[3];

	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, bodies[i], NULL))
			assert(0);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	assert(afield__cell_load(&borrows) == 0);
}

int main(void)
{
	static void *(*const three[])(void *) = {writer, reader, both};
	static void *(*const two[])(void *) = {borrow_twice, try_once};

	if (PART != 2) {
		run(three, 3);
		assert(value[0] == writes[0] + writes[1] + writes[2]);
	}
	if (PART != 1) {
		run(two, 2);
		assert(is_try_had || (is_first_had && is_second_had));
	}
	return 0;
}
