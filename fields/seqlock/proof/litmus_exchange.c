/* SPDX-License-Identifier: MIT */
/*
 * litmus_exchange: two threads exchange, a third looks under the lock and leaves the version.
 *
 * What must hold in every execution: the exchanges form one chain from zero, each gets the value,
 * whole, that the previous one stored, and with it all that its thread did before; the third sees
 * a whole value too; what one does under the lock happens before what the next does; and at the end
 * the field holds the last link.
 */
#include "../seqlock_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef SLOTS
#define SLOTS 1
#endif
enum { WORDS = 2 };

static const struct afield__seqlock_layout layout = {SLOTS, WORDS};
static afield__seqlock_sequence sequence;
static afield_word slots[SLOTS * WORDS];
static uintptr_t before[3]; /* plain: before[n] is written before n is stored */
static uintptr_t got[3];    /* what thread n got; written by it */
static int turns;           /* plain: the lock protects it */

static uint64_t lock(void)
{
	uint64_t held;

	while (!afield__seqlock_try_lock(&sequence, 1, &held))
		;
	return held;
}

static uintptr_t peek(uint64_t held)
{
	uintptr_t value[WORDS - 1], last;

	afield__seqlock_peek(slots, layout, held, value, &last);
	assert(last == 10 * value[0]);
	assert(before[value[0]] == value[0]);
	turns++;
	return value[0];
}

static void *exchange(void *argument)
{
	uintptr_t number = (uintptr_t)argument;
	uintptr_t value[WORDS - 1] = {number};
	uint64_t held;

	before[number] = number;
	held = lock();
	got[number] = peek(held);
	afield__seqlock_fill(slots, layout, held, value, 10 * number);
	afield__seqlock_publish(&sequence, held);
	return NULL;
}

static void *look(void *argument)
{
	uint64_t held = lock();
	bool is_late = AFIELD_MUTANT("peek_after_the_unlock");

	(void)argument;
	if (!is_late)
		(void)peek(held);
	afield__seqlock_unlock(&sequence, held);
	if (is_late)
		(void)peek(held);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	uintptr_t at_end;

	pthread_create(&threads[0], NULL, exchange, (void *)1);
	pthread_create(&threads[1], NULL, exchange, (void *)2);
	pthread_create(&threads[2], NULL, look, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	at_end = peek(lock());
	assert(turns == 4);
	assert((got[1] == 0 && got[2] == 1 && at_end == 2) ||
	       (got[2] == 0 && got[1] == 2 && at_end == 1));
	return 0;
}
