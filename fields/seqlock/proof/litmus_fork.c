/* SPDX-License-Identifier: MIT */
/*
 * litmus_fork: the child of a fork that left a writer behind, in the middle of its words. Two
 * writers come, and a reader; one slot and two.
 *
 * What must hold in every execution: the lock is taken over once; a good copy is whole: a writer's
 * value, or with two slots the previous one, with one slot zero; and after the end the field holds
 * the value of one of the two writers, at version 2.
 *
 * -DSLOTS=1 has one slot (litmus_fork_one_slot.c).
 */
#include "../seqlock_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef SLOTS
#define SLOTS 2
#endif
enum { WORDS = 2, OLD_MARK = 1, MARK = 2 };

static const struct afield__seqlock_layout layout = {SLOTS, WORDS};
static afield__seqlock_sequence sequence;
static afield_word slots[SLOTS * WORDS];
static int takeovers[2]; /* of each writer */
static int holders;      /* plain: written under the lock */

static void store(uintptr_t number)
{
	uintptr_t value[WORDS - 1] = {number}, last;
	enum afield__seqlock_taken taken;
	uint64_t held;

	do {
		taken = afield__seqlock_try_lock(&sequence, MARK, &held);
	} while (taken == AFIELD__SEQLOCK_BUSY);
	holders++;
	if (taken == AFIELD__SEQLOCK_ORPHANED) {
		takeovers[number - 1]++;
		afield__seqlock_repair(slots, layout);
	}
	/* What an exchange returns. */
	afield__seqlock_peek(slots, layout, held, value, &last);
	assert(last == 10 * value[0]);
	value[0] = number;
	afield__seqlock_fill(slots, layout, held, value, 10 * number);
	afield__seqlock_publish(&sequence, held);
}

static void *writer(void *argument)
{
	store((uintptr_t)argument);
	return NULL;
}

static void *reader(void *argument)
{
	uintptr_t value[WORDS - 1], last;

	if (afield__seqlock_try_read(&sequence, slots, layout, value, &last))
		assert(last == 10 * value[0]);
	return argument;
}

int main(void)
{
	pthread_t threads[3];
	uintptr_t value[WORDS - 1], last;

	/* The value 3 at version 0, and one word of 4, for version 1. */
	AFIELD_STORE(&slots[0], 3, relaxed);
	AFIELD_STORE(&slots[1], 30, relaxed);
	AFIELD_STORE(&slots[(SLOTS - 1) * WORDS], 4, relaxed);
	AFIELD_STORE(&sequence, OLD_MARK, relaxed);
	pthread_create(&threads[0], NULL, writer, (void *)1);
	pthread_create(&threads[1], NULL, writer, (void *)2);
	pthread_create(&threads[2], NULL, reader, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(takeovers[0] + takeovers[1] == 1 && holders == 2);
	assert(afield__seqlock_try_read(&sequence, slots, layout, value, &last));
	assert((value[0] == 1 || value[0] == 2) && last == 10 * value[0]);
	assert(AFIELD_LOAD(&sequence, relaxed) == 2 * AFIELD__SEQLOCK_VERSION);
	return 0;
}
