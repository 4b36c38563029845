/* SPDX-License-Identifier: MIT */
/*
 * litmus: two writers and a reader, one slot and two.
 *
 * What must hold in every execution: a good copy is one writer's value, whole; what its writer did
 * before the store is seen by the reader; versions of a reader do not go back; and after the end
 * the field holds the value of one of the two writers at version 2.
 */
#include "../seqlock_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef SLOTS
#define SLOTS 2
#endif
enum { WORDS = 2 };

static const struct afield__seqlock_layout layout = {SLOTS, WORDS};
static afield__seqlock_sequence sequence;
static afield_word slots[SLOTS * WORDS];
static uintptr_t before[3]; /* plain: before[n] is written before n is stored */

static void store(uintptr_t number)
{
	uintptr_t value[WORDS - 1] = {number};
	uint64_t held;

	while (!afield__seqlock_try_lock(&sequence, 1, &held))
		;
	afield__seqlock_fill(slots, layout, held, value, 10 * number);
	afield__seqlock_publish(&sequence, held);
}

static void *writer(void *argument)
{
	uintptr_t number = (uintptr_t)argument;

	before[number] = number;
	store(number);
	return NULL;
}

static void check_value(uintptr_t first, uintptr_t last)
{
	assert(last == 10 * first);
	assert(before[first] == first);
}

static void *reader(void *argument)
{
	uintptr_t value[WORDS - 1], last;
	uintptr_t seen = 0;

	(void)argument;
	for (int i = 0; i < 2; i++) {
		if (!afield__seqlock_try_read(&sequence, slots, layout, value, &last))
			continue;
		check_value(value[0], last);
		assert(value[0] != 0 || seen == 0); /* zero comes first and does not come back */
		seen = value[0];
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	uintptr_t value[WORDS - 1], last;

	pthread_create(&threads[0], NULL, writer, (void *)1);
	pthread_create(&threads[1], NULL, writer, (void *)2);
	pthread_create(&threads[2], NULL, reader, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(afield__seqlock_try_read(&sequence, slots, layout, value, &last));
	check_value(value[0], last);
	assert(AFIELD_LOAD(&sequence, relaxed) == 2 * AFIELD__SEQLOCK_VERSION);
	return 0;
}
