/* SPDX-License-Identifier: MIT */
/*
 * The child of a fork that left a writer behind, in the middle of its words. Two writers come, and
 * a reader. What must hold in every execution: the lock is taken over once; a good copy is whole: a
 * writer's value, or with two slots the previous one, with one slot zero; and after the end the
 * field holds the value of one of the two writers, at version 2.
 */
#include "../../../tests/support/litmus.h"
#include "../seqlock_core.h"

enum { SLOTS = 2, WORDS = 2, OLD_MARK = 1, MARK = 2 };

static struct afield__seqlock_layout layout; /* constant once it is set */
static afield__seqlock_sequence sequence;
static afield_word slots[SLOTS * WORDS];
static int takeovers[2]; /* written by the thread with that number */
static int holders;      /* plain: written under the lock */

static void store(int self)
{
	uintptr_t number = (uintptr_t)self + 1;
	uintptr_t value[WORDS - 1], last;
	enum afield__seqlock_taken taken;
	uint64_t held;

	do {
		taken = afield__seqlock_try_lock(&sequence, MARK, &held);
	} while (taken == AFIELD__SEQLOCK_BUSY);
	holders++;
	if (taken == AFIELD__SEQLOCK_ORPHANED) {
		takeovers[self]++;
		afield__seqlock_repair(slots, layout);
	}
	/* What an exchange returns. */
	afield__seqlock_peek(slots, layout, held, value, &last);
	assert(last == 10 * value[0]);
	value[0] = number;
	afield__seqlock_fill(slots, layout, held, value, 10 * number);
	afield__seqlock_publish(&sequence, held);
}

static void read_once(int self)
{
	uintptr_t value[WORDS - 1], last;

	if (afield__seqlock_try_read(&sequence, slots, layout, value, &last))
		assert(last == 10 * value[0]);
}

static void come_after_a_fork(size_t slot_count)
{
	uintptr_t value[WORDS - 1], last;

	layout.slot_count = slot_count;
	layout.word_count = WORDS;
	/* The value 3 at version 0, and one word of 4, for version 1. */
	AFIELD_STORE(&slots[0], 3, relaxed);
	AFIELD_STORE(&slots[1], 30, relaxed);
	AFIELD_STORE(&slots[(slot_count - 1) * WORDS], 4, relaxed);
	AFIELD_STORE(&sequence, OLD_MARK, relaxed);
	RUN(store, store, read_once);
	assert(takeovers[0] + takeovers[1] == 1 && holders == 2);
	assert(afield__seqlock_try_read(&sequence, slots, layout, value, &last));
	assert((value[0] == 1 || value[0] == 2) && last == 10 * value[0]);
	assert(AFIELD_LOAD(&sequence, relaxed) == 2 * AFIELD__SEQLOCK_VERSION);
}

PROGRAM(orphan_of_two_slots)
{
	come_after_a_fork(2);
}

/* Half of a write is all there is. */
PROGRAM(orphan_of_one_slot)
{
	come_after_a_fork(1);
}

PROGRAMS(orphan_of_two_slots, orphan_of_one_slot)
