/* SPDX-License-Identifier: MIT */
/*
 * litmus_fork: the child of a fork that left a holder behind. One thread makes a note and gives the
 * lock back, or two threads want to give it back, and all try for it.
 *
 * What must hold in every execution: the lock is given back once, and never while one of this
 * process has it; critical sections do not overlap; and who is inside sees the note. Note and value
 * are plain, so that a checker reports a race where the order does not hold.
 *
 * -DPART=1 or 2 leaves one of the two programs.
 */
#include "../locked_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef PART
#define PART 0
#endif
enum { DEAD = 9 };

static afield__locked_owner owner;
static int note;               /* plain; written before the lock is given back */
static int value;              /* plain; written in a critical section */
static int gifts[3], turns[3]; /* of each thread */

static void try_turn(int self)
{
	if (!afield__locked_take(&owner, (uint64_t)self + 1))
		return;
	assert(note == 1);
	value++;
	turns[self]++;
	afield__locked_give_back(&owner);
}

static void *note_and_give_back(void *unused)
{
	note = 1;
	gifts[0] = afield__locked_disown(&owner, DEAD);
	try_turn(0);
	return unused;
}

static void *give_back(void *unused)
{
	gifts[1] = afield__locked_disown(&owner, DEAD);
	try_turn(1);
	return unused;
}

static void *give_back_too(void *unused)
{
	gifts[2] = afield__locked_disown(&owner, DEAD);
	return unused;
}

static void *try_twice(void *unused)
{
	try_turn(2);
	try_turn(2);
	return unused;
}

static void run(void *(*const bodies[])(void *), int count)
{
	pthread_t threads[3];

	AFIELD_STORE(&owner, DEAD, relaxed);
	for (int i = 0; i < 3; i++)
		gifts[i] = 0;
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, bodies[i], NULL))
			assert(0);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	assert(gifts[0] + gifts[1] + gifts[2] == 1);
	assert(afield__locked_load(&owner) == 0);
	assert(value == turns[0] + turns[1] + turns[2]);
}

int main(void)
{
	static void *(*const noted[])(void *) = {note_and_give_back, try_twice};
	static void *(*const twice[])(void *) = {give_back, give_back_too, try_twice};

	if (PART != 2)
		run(noted, 2);
	note = 1;
	if (PART != 1)
		run(twice, 3);
	return 0;
}
