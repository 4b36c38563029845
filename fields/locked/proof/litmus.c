/* SPDX-License-Identifier: MIT */
/*
 * litmus: three threads that try for the lock, and change what it protects when they have it.
 *
 * What must hold in every execution: critical sections do not overlap, and each sees what the one
 * before wrote; the lock names who has it, from the first step of a critical section to the last;
 * no change is lost; and when all have ended the lock is free. The value is plain, so that a
 * checker reports a race where the order does not hold. And a try that comes alone is not refused.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/locked/proof/litmus.c -lpthread
 */
#include "../locked_core.h"

#include <assert.h>
#include <pthread.h>

static afield__locked_owner owner;
static int value[2]; /* plain; equal but during a critical section */
static int turns[4]; /* of each thread */

static uint64_t owner_now(void)
{
	return AFIELD_LOAD(&owner, relaxed);
}

static void try_turn(int self)
{
	if (!afield__locked_take(&owner, (uint64_t)self))
		return;
	assert(owner_now() == (uint64_t)self);
	assert(value[0] == value[1]);
	value[0]++;
	value[1]++;
	turns[self]++;
	afield__locked_give_back(&owner);
	assert(owner_now() != (uint64_t)self);
}

static void *try_twice(void *self)
{
	try_turn(*(int *)self);
	try_turn(*(int *)self);
	return NULL;
}

static void *try_once(void *self)
{
	try_turn(*(int *)self);
	return NULL;
}

int main(void)
{
	static int numbers[] = {1, 2, 3};
	pthread_t threads[3];

	if (pthread_create(&threads[0], NULL, try_twice, &numbers[0]) ||
	    pthread_create(&threads[1], NULL, try_twice, &numbers[1]) ||
	    pthread_create(&threads[2], NULL, try_once, &numbers[2]))
		assert(0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(afield__locked_load(&owner) == 0);
	assert(turns[1] + turns[2] + turns[3] > 0);
	assert(value[0] == turns[1] + turns[2] + turns[3]);
	return 0;
}
