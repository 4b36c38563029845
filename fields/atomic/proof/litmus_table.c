/* SPDX-License-Identifier: MIT */
/*
 * The verbs of a table stand in one total order with one another, at each size that a value has, and
 * so does update. Each of two threads writes a word of its own and then reads the other's, by a store
 * and a load, and by the compare-exchange of every fetching verb. What must hold in every execution:
 * at least one reads what the other wrote; and of what both change nothing is lost.
 *
 * Not for GenMC: its values have 64 bits, and arithmetic that is checked for its range has 128.
 * Not for relacy: the functions of tables are C, and no C++.
 */
#include "../../../tests/support/litmus.h"
#include "../atomic.c"

/* Nobody waits here. */
int afield_wait(struct afield_waiters *waiters, bool (*is_over)(void *argument), void *argument,
		const struct timespec *deadline)
{
	return 0;
}
const struct timespec *afield_deadline(double seconds, struct timespec *deadline)
{
	return deadline;
}
struct afield_waiters *afield_waiters_of(const void *address)
{
	return NULL;
}
void afield__wake_slow(struct afield_waiters *waiters)
{
}

static const struct afield_type *type; /* the one of a program */
static uint64_t stored[2], added[2], counted, passed;
static uint64_t saw_stored[2], saw_added[2],
	was_passed[2]; /* written by the thread with that number */

static uint64_t value_of(uint64_t bits)
{
	uint64_t value = 0;

	put_bits(type->value_type.size, &value, bits);
	return value;
}

static void add_one(uint64_t *field, uint64_t *before)
{
	uint64_t one = value_of(1);
	const void *arguments[] = {&one};

	assert(verb_fetch_add(type, field, before, arguments) == 0);
}

static void pass(int self)
{
	uint64_t number = value_of((uint64_t)self + 1);
	const void *arguments[] = {&number};

	assert(verb_exchange(type, &passed, &was_passed[self], arguments) == 0);
}

static void write_and_read(int self)
{
	uint64_t one = value_of(1), before;

	afield__atomic_store(type, &stored[self], &one);
	afield__atomic_load(type, &stored[1 - self], &saw_stored[self]);
	add_one(&added[self], &before);
	afield__atomic_load(type, &added[1 - self], &saw_added[self]);
	add_one(&counted, &before);
	pass(self);
}

static void have_one_order(const struct afield_type *of_size)
{
	uint64_t sum = 0;

	type = of_size;
	RUN(write_and_read, write_and_read);
	assert(saw_stored[0] != 0 || saw_stored[1] != 0);
	assert(saw_added[0] != 0 || saw_added[1] != 0);
	afield__atomic_load(type, &counted, &sum);
	assert(sum == value_of(2));
	/* One came first, and the other was handed what it left. */
	assert((was_passed[0] == 0) != (was_passed[1] == 0));
	assert(was_passed[0] == 0 || was_passed[0] == value_of(2));
	assert(was_passed[1] == 0 || was_passed[1] == value_of(1));
}

#define OF_SIZE(bits)                                                                     \
	PROGRAM(table_verbs_of_##bits)                                                    \
	{                                                                                 \
		static const struct afield_type integer = {                               \
			.value_type = {.size = (bits) / 8, .type_code = AFIELD_U##bits}}; \
                                                                                          \
		have_one_order(&integer);                                                 \
	}
OF_SIZE(8)
OF_SIZE(16)
OF_SIZE(32)
OF_SIZE(64)

static afield_i64 updated[2], raised;

static int64_t one_more(int64_t old, void *argument)
{
	return old + 1;
}

static void update_and_read(int self)
{
	afield_i64_update(&updated[self], one_more, NULL);
	saw_stored[self] = (uint64_t)afield_i64_load(&updated[1 - self]);
	afield_i64_update(&raised, one_more, NULL);
}

PROGRAM(updates_have_one_order)
{
	RUN(update_and_read, update_and_read);
	assert(saw_stored[0] == 1 || saw_stored[1] == 1);
	assert(afield_i64_load(&raised) == 2);
}

PROGRAMS(updates_have_one_order, table_verbs_of_8, table_verbs_of_16, table_verbs_of_32,
	 table_verbs_of_64)
