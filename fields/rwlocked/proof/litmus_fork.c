/* SPDX-License-Identifier: MIT */
/*
 * litmus_fork: the child of a fork, at words that its parent's threads left: with two readers, or
 * with a writer, whose lock one thread gives back.
 *
 * What must hold in every execution: nobody reads beside a writer of this process, nor writes
 * beside anybody; what was written before the writer's lock was given back is seen by who has it
 * next; a thread that comes alone is not refused for readers that are not here; and when all have
 * ended the lock is free. What the lock protects is plain, so that a checker reports a race where
 * the order does not hold.
 *
 * -DPART=1 or 2 leaves one of the two programs.
 */
#include "../rwlocked_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef PART
#define PART 0
#endif
enum { GENERATION = 1, DEAD = 9 };

static afield__rwlocked_word state;
static int value[2]; /* plain; equal but during a writer's critical section */
static int writes[3];
static int has_entered; /* of the thread that comes alone */
static int gifts, late_gifts;

static bool try_write(int self)
{
	if (!afield__rwlocked_enter_write(&state, (uint64_t)self + 1, GENERATION))
		return false;
	assert(value[0] == value[1]);
	value[0]++;
	value[1]++;
	writes[self]++;
	afield__rwlocked_leave_write(&state, GENERATION);
	return true;
}

static bool try_read(void)
{
	if (!afield__rwlocked_enter_read(&state, GENERATION))
		return false;
	assert(value[0] == value[1]);
	afield__rwlocked_leave_read(&state);
	return true;
}

static void *write_once(void *unused)
{
	try_write(0);
	return unused;
}

static void *read_twice(void *unused)
{
	try_read();
	try_read();
	return unused;
}

static void *read_and_write(void *unused)
{
	try_read();
	try_write(2);
	return unused;
}

static void *write_alone(void *unused)
{
	has_entered += try_write(1);
	return unused;
}

/* The half of a change that the writer left, put right by who gives its lock back. */
static void *give_back(void *unused)
{
	value[1] = value[0];
	gifts += afield__rwlocked_disown(&state, DEAD, GENERATION);
	gifts += afield__rwlocked_disown(&state, DEAD, GENERATION);
	return unused;
}

/* A thread that knows of nothing to put right. */
static void *give_back_too(void *unused)
{
	gifts += afield__rwlocked_disown(&state, DEAD, GENERATION);
	return unused;
}
static void *give_back_and_write(void *unused)
{
	late_gifts += afield__rwlocked_disown(&state, DEAD, GENERATION);
	try_write(0);
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
	assert(afield__rwlocked_load(&state) == afield__rwlocked_free(GENERATION));
}

int main(void)
{
	static void *(*const alone[])(void *) = {write_alone};
	static void *(*const three[])(void *) = {write_once, read_twice, read_and_write};
	static void *(*const twice[])(void *) = {give_back_too, give_back_and_write,
						 read_and_write};
	static void *(*const orphaned[])(void *) = {give_back, write_once, read_twice};

	if (PART != 2) {
		AFIELD_STORE(&state, 2, relaxed);
		run(three, 3);
		AFIELD_STORE(&state, 2, relaxed);
		run(alone, 1);
		assert(has_entered == 1);
	}
	if (PART != 1) {
		value[0]++;
		AFIELD_STORE(&state, AFIELD__RWLOCKED_WRITER | DEAD, relaxed);
		run(orphaned, 3);
		assert(gifts == 1);
		AFIELD_STORE(&state, AFIELD__RWLOCKED_WRITER | DEAD, relaxed);
		run(twice, 3);
		assert(gifts + late_gifts == 2);
	}
	assert(value[0] == value[1]);
	return 0;
}
