/* SPDX-License-Identifier: MIT */
/*
 * litmus_fork: the child of a fork, at words that its parent's threads left: with two shared
 * borrows, or with an exclusive one, which one thread takes back.
 *
 * What must hold in every execution: nobody reads beside a writer, nor writes beside anybody;
 * nobody writes before the old borrows are taken back, and what was written before that is seen by
 * who borrows next; a borrow of this process is counted once and is not taken back with the old
 * ones; and when all have ended the cell is free. The value is plain, so that a checker reports a
 * race where the order does not hold.
 *
 * -DPART=1 or 2 leaves one of the two programs.
 */
#include "../cell_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef PART
#define PART 0
#endif
enum { GENERATION = 1, DEAD = 9 };

static afield__cell_borrows borrows;
static int value[2]; /* plain; equal but during an exclusive borrow */
static int writes[3];
static int note; /* plain; written before the old borrows are taken back */
static int gifts;

static void try_write(int self)
{
	if (!afield__cell_try_borrow_mut(&borrows, (uint64_t)self + 1, GENERATION))
		return;
	assert(note == 1);
	assert(value[0] == value[1]);
	value[0]++;
	value[1]++;
	writes[self]++;
	afield__cell_release_mut(&borrows, GENERATION);
}

static void try_read(void)
{
	if (!afield__cell_try_borrow(&borrows, GENERATION))
		return;
	assert(value[0] == value[1]);
	afield__cell_release(&borrows);
}

static void *take_back_shared(void *unused)
{
	note = 1;
	gifts += afield__cell_disown(&borrows, 0, GENERATION);
	return unused;
}

static void *take_back_exclusive(void *unused)
{
	note = 1;
	value[1] = value[0]; /* the half of a change that was left */
	gifts += afield__cell_disown(&borrows, DEAD, GENERATION);
	return unused;
}

static void *read_and_write(void *unused)
{
	try_read();
	try_write(1);
	return unused;
}

static void *write_and_read(void *unused)
{
	try_write(2);
	try_read();
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
	assert(gifts == 1);
	assert(afield__cell_count(afield__cell_load(&borrows)) == 0);
	assert(afield__cell_holder(afield__cell_load(&borrows)) == 0);
	assert(value[0] == value[1]);
}

int main(void)
{
	static void *(*const shared[])(void *) = {take_back_shared, read_and_write, write_and_read};
	static void *(*const exclusive[])(void *) = {take_back_exclusive, read_and_write,
						     write_and_read};

	if (PART != 2) {
		AFIELD_STORE(&borrows, 2, relaxed);
		run(shared, 3);
		assert(value[0] == writes[1] + writes[2]);
	}
	if (PART != 1) {
		note = gifts = 0;
		value[0]++;
		AFIELD_STORE(&borrows, afield__cell_exclusive(DEAD), relaxed);
		run(exclusive, 3);
	}
	return 0;
}
