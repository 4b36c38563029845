/* SPDX-License-Identifier: MIT */
/*
 * Fields of one slot or two. What must hold in every execution: a good copy is one writer's value,
 * whole, and what its writer did before the store is seen by who has the copy.
 */
#include "../../../tests/support/litmus.h"
#include "../seqlock_core.h"

enum { SLOTS = 2, WORDS = 2 };

struct field {
	afield__seqlock_sequence sequence;
	afield_word slots[SLOTS * WORDS];
};

static struct afield__seqlock_layout layout; /* constant once it is set */
static struct field fields[2];
static uintptr_t before[3]; /* plain: before[n] is written before n is stored */

static void begin(size_t slot_count)
{
	layout.slot_count = slot_count;
	layout.word_count = WORDS;
}

static uint64_t lock(struct field *field)
{
	uint64_t held;

	while (!afield__seqlock_try_lock(&field->sequence, 1, &held))
		;
	return held;
}

static void publish(struct field *field, uint64_t held, uintptr_t number)
{
	uintptr_t value[WORDS - 1] = {number};

	afield__seqlock_fill(field->slots, layout, held, value, 10 * number);
	afield__seqlock_publish(&field->sequence, held);
}

static void store(struct field *field, uintptr_t number)
{
	before[number] = number;
	publish(field, lock(field), number);
}

static bool has_read(struct field *field, uintptr_t *number)
{
	uintptr_t last;

	if (!afield__seqlock_try_read(&field->sequence, field->slots, layout, number, &last))
		return false;
	assert(last == 10 * *number);
	assert(before[*number] == *number);
	return true;
}

/*
 * Two writers and a reader. What a reader sees does not go back; and after the end the field holds
 * the value of one of the two writers at version 2.
 */
static void store_own(int self)
{
	store(&fields[0], (uintptr_t)self + 1);
}

static void read_twice(int self)
{
	uintptr_t number, seen = 0;

	for (int i = 0; i < 2; i++) {
		if (!has_read(&fields[0], &number))
			continue;
		assert(number != 0 || seen == 0); /* zero comes first and does not come back */
		seen = number;
	}
}

static void two_stores_and_a_reader(size_t slot_count)
{
	uintptr_t number;

	begin(slot_count);
	RUN(store_own, store_own, read_twice);
	assert(has_read(&fields[0], &number));
	assert(AFIELD_LOAD(&fields[0].sequence, relaxed) == 2 * AFIELD__SEQLOCK_VERSION);
}

PROGRAM(two_slots)
{
	two_stores_and_a_reader(2);
}

/* The classic seqlock. */
PROGRAM(one_slot)
{
	two_stores_and_a_reader(1);
}

/*
 * Two threads exchange, a third looks under the lock and leaves the version. The exchanges form one
 * chain from zero, each gets the value that the previous one stored; the third sees a whole value
 * too; what one does under the lock happens before what the next does; and at the end the field
 * holds the last link.
 */
static uintptr_t got[2]; /* written by the thread with that number */
static int turns;        /* plain: the lock protects it */

static uintptr_t peek(uint64_t held)
{
	uintptr_t value[WORDS - 1], last;

	afield__seqlock_peek(fields[0].slots, layout, held, value, &last);
	assert(last == 10 * value[0]);
	assert(before[value[0]] == value[0]);
	turns++;
	return value[0];
}

static void exchange(int self)
{
	uintptr_t number = (uintptr_t)self + 1;
	uint64_t held;

	before[number] = number;
	held = lock(&fields[0]);
	got[self] = peek(held);
	publish(&fields[0], held, number);
}

static void look(int self)
{
	uint64_t held = lock(&fields[0]);
	bool is_late = AFIELD_MUTANT("peek_after_the_unlock");

	if (!is_late)
		(void)peek(held);
	afield__seqlock_unlock(&fields[0].sequence, held);
	if (is_late)
		(void)peek(held);
}

PROGRAM(two_exchanges)
{
	uintptr_t at_end;

	begin(1);
	RUN(exchange, exchange, look);
	at_end = peek(lock(&fields[0]));
	assert(turns == 4);
	assert((got[0] == 0 && got[1] == 1 && at_end == 2) ||
	       (got[1] == 0 && got[0] == 2 && at_end == 1));
}

/*
 * One thread stores; one locks, looks, and leaves the version; a third reads. Who finds what the
 * second wrote when it gave the lock back sees the first one's value whole by that.
 */
static void read_once(int self)
{
	uintptr_t number;

	(void)has_read(&fields[0], &number);
}

PROGRAM(reader_finds_an_unlock)
{
	begin(1);
	RUN(store_own, look, read_once);
}

/*
 * Two threads, each stores to one field and then loads the other. At least one of them sees the
 * other's store. This is what seq_cst means beyond release and acquire; a relaxed second reading
 * does not harm it.
 */
static bool misses[2]; /* written by the thread with that number */

static void store_then_load(int self)
{
	uintptr_t number;

	store(&fields[self], (uintptr_t)self + 1);
	if (has_read(&fields[1 - self], &number))
		misses[self] = number == 0;
}

PROGRAM(two_fields)
{
	begin(2);
	RUN(store_then_load, store_then_load);
	assert(!misses[0] || !misses[1]);
}

PROGRAMS(two_slots, one_slot, two_exchanges, reader_finds_an_unlock, two_fields)
