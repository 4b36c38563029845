/* SPDX-License-Identifier: MIT */
/*
 * litmus: a thread that writes, one that reads and one that does both, each as often as it may; and
 * readers that come and go together.
 *
 * What must hold in every execution: nobody reads beside a writer, nor writes beside anybody; what
 * a writer wrote is seen by the next; the lock names its writer, from the first step of a critical
 * section to the last; readers are not in each other's way; and when all have ended the lock is
 * free. The value is plain, so that a checker reports a race where the order does not hold.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/rwlocked/proof/litmus.c -lpthread
 *
 * -DPART=1 or 2 leaves one of the two programs.
 */
#include "../rwlocked_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef PART
#define PART 0
#endif

static afield__rwlocked_word state;
static int value[2];  /* plain; equal but during a writer's critical section */
static int writes[3]; /* of each thread, whose number is one more */

static uint64_t writer_now(void)
{
	uint64_t seen = AFIELD_LOAD(&state, relaxed);

	return afield__rwlocked_writer(seen);
}

static void try_write(int self)
{
	uint64_t number = (uint64_t)self + 1;

	if (!afield__rwlocked_enter_write(&state, number, 0))
		return;
	assert(writer_now() == number);
	assert(value[0] == value[1]);
	value[0]++;
	value[1]++;
	writes[self]++;
	afield__rwlocked_leave_write(&state, 0);
}

static bool try_read(void)
{
	if (!afield__rwlocked_enter_read(&state, 0))
		return false;
	assert(writer_now() == 0);
	assert(value[0] == value[1]);
	afield__rwlocked_leave_read(&state);
	return true;
}

static void *write_once(void *unused)
{
	try_write(0);
	return unused;
}

static void *read_once(void *unused)
{
	try_read();
	return unused;
}

static void *read_and_write(void *unused)
{
	try_read();
	try_write(2);
	return unused;
}

static void *must_read(void *unused)
{
	bool has_read = try_read();

	assert(has_read);
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
	assert(afield__rwlocked_load(&state) == 0);
}

int main(void)
{
	static void *(*const three[])(void *) = {write_once, read_once, read_and_write};
	static void *(*const two[])(void *) = {must_read, must_read};

	if (PART != 2) {
		run(three, 3);
		assert(value[0] == writes[0] + writes[2]);
	}
	if (PART != 1)
		run(two, 2);
	return 0;
}
