/* SPDX-License-Identifier: MIT */
/*
 * seqlock under stress: eight threads, values of 16 bytes to 4 KiB, one slot, two and four.
 *
 * What may be seen, and why:
 *   a value that is whole          a copy that met a writer is thrown away
 *   versions that only grow        a load linearizes at its first reading of the sequence
 *   plain data of a version        what a writer did before its store happens before the load
 *   each update counted            writers take turns
 *   each exchanged value once      exchange takes and gives under one lock
 * Everything else is a failure. A twin that reads without the re-check of the sequence is put
 * through the same check and has to be caught, so the check can fail.
 */
#include <afield/seqlock.h>

#include "test.h"

#include <time.h>

enum { THREADS = 8, WRITERS = 3, NOTES = 1 << 18, RUN_MILLISECONDS = 60, CATCH_SECONDS = 30 };

/* One run on one field; the functions know its type. */
struct run {
	void *field;
	uint64_t (*load)(void *field, bool *is_whole);
	uint64_t (*load_broken)(void *field, bool *is_whole);
	bool (*increment)(void *field, struct run *run);
	uint64_t (*exchange)(void *field, uint64_t number, bool *is_whole);
	AFIELD_ATOMIC(int) is_over;
	unsigned long reads, writes;
	unsigned long wrong; /* values that may not be seen */
	uint64_t given, taken;
	uint64_t *notes; /* plain: notes[n] is written under the lock before version n is stored */
};

/* Not a check each: the checks' common counter would keep the threads in step. */
static void expect(struct run *run, bool is_right)
{
	if (!is_right)
		__atomic_fetch_add(&run->wrong, 1, __ATOMIC_RELAXED);
}

/* Every word of a value follows from the first; no two values agree in any other word. */
static uint64_t word_of(uint64_t number, size_t index)
{
	return index == 0   ? number
	       : index == 1 ? number + 1000
	       : index == 2 ? 2 * number + 1000
			    : number * (2 * index + 1);
}
static void fill_words(uint64_t *words, size_t count, uint64_t number)
{
	for (size_t i = 0; i < count; i++)
		words[i] = word_of(number, i);
}
static bool are_whole(const uint64_t *words, size_t count)
{
	bool is_fresh = words[0] == 0 && words[1] == 0;

	for (size_t i = 0; i < count; i++)
		if (words[i] != (is_fresh ? 0 : word_of(words[0], i)))
			return false;
	return true;
}

#define FIELD(count, slots)                                                                        \
	struct value_##count##_##slots {                                                           \
		uint64_t words[count];                                                             \
	};                                                                                         \
	AFIELD_TYPE(field_##count##_##slots, seqlock, struct value_##count##_##slots, slots);      \
	static uint64_t load_##count##_##slots(void *field, bool *is_whole)                        \
	{                                                                                          \
		struct value_##count##_##slots value;                                              \
		if (!field_##count##_##slots##_try_load((field_##count##_##slots *)field, &value)) \
			value = field_##count##_##slots##_load((field_##count##_##slots *)field);  \
		*is_whole = are_whole(value.words, count);                                         \
		return value.words[0];                                                             \
	}                                                                                          \
	static uint64_t load_broken_##count##_##slots(void *field, bool *is_whole)                 \
	{                                                                                          \
		field_##count##_##slots *self = (field_##count##_##slots *)field;                  \
		struct afield__seqlock_layout layout = {slots, count};                             \
		struct value_##count##_##slots value;                                              \
		uintptr_t last;                                                                    \
		uint64_t first = AFIELD_LOAD(&self->lock.sequence, seq_cst);                       \
		afield__seqlock_copy(self->words + afield__seqlock_slot(first, layout), count,     \
				     (afield_raw_word *)(void *)&value, &last);                    \
		value.words[(count)-1] = last;                                                     \
		*is_whole = are_whole(value.words, count);                                         \
		return value.words[0];                                                             \
	}                                                                                          \
	static bool change_##count##_##slots(struct value_##count##_##slots *value,                \
					     void *argument)                                       \
	{                                                                                          \
		struct run *run = (struct run *)argument;                                          \
		uint64_t next = value->words[0] + 1;                                               \
		expect(run, are_whole(value->words, count));                                       \
		if (next == NOTES)                                                                 \
			return false;                                                              \
		run->notes[next] = next;                                                           \
		fill_words(value->words, count, next);                                             \
		return true;                                                                       \
	}                                                                                          \
	static bool increment_##count##_##slots(void *field, struct run *run)                      \
	{                                                                                          \
		return field_##count##_##slots##_update((field_##count##_##slots *)field,          \
							change_##count##_##slots, run);            \
	}                                                                                          \
	static uint64_t exchange_##count##_##slots(void *field, uint64_t number, bool *is_whole)   \
	{                                                                                          \
		struct value_##count##_##slots value;                                              \
		fill_words(value.words, count, number);                                            \
		value = field_##count##_##slots##_exchange((field_##count##_##slots *)field,       \
							   value);                                 \
		*is_whole = are_whole(value.words, count);                                         \
		return value.words[0];                                                             \
	}                                                                                          \
	static field_##count##_##slots the_##count##_##slots;                                      \
	static const struct run run_##count##_##slots = {&the_##count##_##slots,                   \
							 load_##count##_##slots,                   \
							 load_broken_##count##_##slots,            \
							 increment_##count##_##slots,              \
							 exchange_##count##_##slots,               \
							 {0},                                      \
							 0,                                        \
							 0,                                        \
							 0,                                        \
							 0,                                        \
							 0,                                        \
							 NULL}

#define EVERY_SIZE(X, slots) X(2, slots), X(8, slots), X(32, slots), X(128, slots), X(512, slots)
#define FIELDS(slots)      \
	FIELD(2, slots);   \
	FIELD(8, slots);   \
	FIELD(32, slots);  \
	FIELD(128, slots); \
	FIELD(512, slots)
FIELDS(1);
FIELDS(2);
FIELDS(4);

static void wait_milliseconds(long milliseconds)
{
	struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};

	nanosleep(&time, NULL);
}

/* Thread 0 is the clock, then come the writers, then the readers. */
static bool is_clock(struct run *run, int index)
{
	if (index != 0)
		return false;
	wait_milliseconds(test_scaled(RUN_MILLISECONDS));
	AFIELD_STORE(&run->is_over, 1, seq_cst);
	return true;
}

static void read_all_along(struct run *run)
{
	uint64_t before = 0;
	unsigned long reads = 0;

	do { /* at least once, however busy the machine is */
		bool is_whole = true;
		uint64_t number = run->load(run->field, &is_whole);

		expect(run, is_whole && number >= before && number < NOTES &&
				    run->notes[number] == number);
		before = number;
		reads++;
	} while (!AFIELD_LOAD(&run->is_over, relaxed));
	__atomic_fetch_add(&run->reads, reads, __ATOMIC_RELAXED);
}

static void update_and_read(void *argument, int index)
{
	struct run *run = (struct run *)argument;
	unsigned long writes = 0;

	if (is_clock(run, index))
		return;
	if (index > WRITERS) {
		read_all_along(run);
		return;
	}
	do
		writes += run->increment(run->field, run);
	while (!AFIELD_LOAD(&run->is_over, relaxed));
	__atomic_fetch_add(&run->writes, writes, __ATOMIC_RELAXED);
}

static void exchange_and_read(void *argument, int index)
{
	struct run *run = (struct run *)argument;
	uint64_t number = (uint64_t)index << 32, given = 0, taken = 0;

	if (is_clock(run, index))
		return;
	while (!AFIELD_LOAD(&run->is_over, relaxed)) {
		bool is_whole = true;

		if (index > WRITERS) {
			run->load(run->field, &is_whole);
		} else {
			given += ++number;
			taken += run->exchange(run->field, number, &is_whole);
		}
		expect(run, is_whole);
	}
	__atomic_fetch_add(&run->given, given, __ATOMIC_RELAXED);
	__atomic_fetch_add(&run->taken, taken, __ATOMIC_RELAXED);
}

static void stress(const struct run *plan, const char *name)
{
	struct run run = *plan;
	bool is_whole;

	run.notes = (uint64_t *)calloc(NOTES, sizeof(*run.notes));
	test_threads(THREADS, update_and_read, &run);
	TEST_CHECK(run.load(run.field, &is_whole) == run.writes);
	TEST_CHECK(run.wrong == 0 && is_whole);
	TEST_CHECK(run.reads > 0 && run.writes > 0);
	AFIELD_STORE(&run.is_over, 0, relaxed);
	run.taken = (uint64_t)0 - run.writes; /* what the updates left is taken first */
	test_threads(THREADS, exchange_and_read, &run);
	TEST_CHECK(run.taken + run.load(run.field, &is_whole) == run.given);
	TEST_CHECK(run.wrong == 0);
	printf("  %-8s %9lu reads %8lu updates %lu wrong\n", name, run.reads, run.writes,
	       run.wrong);
	free(run.notes);
}

#define STRESS(count, slots) stress(&run_##count##_##slots, #count "x" #slots)

static void one_slot_keeps_values_whole(void)
{
	EVERY_SIZE(STRESS, 1);
}
static void two_slots_keep_values_whole(void)
{
	EVERY_SIZE(STRESS, 2);
}
static void four_slots_keep_values_whole(void)
{
	EVERY_SIZE(STRESS, 4);
}

/* The control: writers write until a reader without the re-check has seen a torn value. */
static void write_and_read_broken(void *argument, int index)
{
	struct run *run = (struct run *)argument;
	uint64_t number = (uint64_t)index << 32;
	time_t end = time(NULL) + CATCH_SECONDS;

	while (!AFIELD_LOAD(&run->is_over, relaxed) && time(NULL) < end) {
		bool is_whole = true;

		if (index < WRITERS) {
			run->exchange(run->field, ++number, &is_whole);
			continue;
		}
		run->load_broken(run->field, &is_whole);
		expect(run, is_whole);
		if (!is_whole)
			AFIELD_STORE(&run->is_over, 1, relaxed);
	}
}

static void catch_broken(const struct run *plan)
{
	struct run run = *plan;

	test_threads(THREADS, write_and_read_broken, &run);
	TEST_CHECK(run.wrong > 0);
}

static void a_missing_recheck_is_caught(void)
{
	catch_broken(&run_8_1);
	catch_broken(&run_512_1);
	catch_broken(&run_512_2);
}

int main(void)
{
	TEST_RUN(one_slot_keeps_values_whole);
	TEST_RUN(two_slots_keep_values_whole);
	TEST_RUN(four_slots_keep_values_whole);
	TEST_RUN(a_missing_recheck_is_caught);
	return test_done();
}
