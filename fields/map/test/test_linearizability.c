/* SPDX-License-Identifier: MIT */
/*
 * map: histories of its operations are those of a map, by the clock, key by key.
 *
 * Threads meet on four keys, so that most operations run beside another on the same key. Every
 * value is stored once. The ready model knows get, set (which tells the value before it) and
 * remove (which tells the value that it took out); the other operations say which of these they
 * were: an insert is a set that found nothing, a compare_exchange that did it a set that found what
 * it expected, and one that did not a get. In some rounds the keys stand among a thousand others
 * that come and go, so that the table is resized under the histories.
 *
 * Twins that must be caught: a get_or_insert made of a get and a set; and a set that removes the
 * element and adds it again, which for a moment is not there.
 */
#include <afield/check.h>
#include <afield/map.h>

#include <errno.h>

#include "bind.h"
#include "history.h"
#include "test.h"

enum { OPERATIONS = 16, KEYS = 4, CROWD = 1000 };
enum twin { RIGHT, TWO_STEPS, GAP };

AFIELD_TYPE(number_map, map, int64_t, int64_t);
/* A wide value, which a set replaces together with its node. */
struct twice {
	int64_t value, copy;
};
AFIELD_TYPE(text_map, map, afield_map_text, struct twice);

const struct afield_model *afield_map_model(void);

static const struct afield_model *model;
static unsigned get_verb, set_verb, remove_verb;

struct subject {
	number_map numbers;
	text_map texts;
	enum twin twin;
	bool has_crowd;
};

/* What was done is known afterwards only, so the call is written again with it. */
static void know(struct afield_log *log, unsigned verb, int64_t key, afield_value value)
{
	struct afield_log_record *record = log->records + log->count - 1;

	record->verb = verb;
	record->argument_count = verb == set_verb ? 2 : 1;
	record->arguments[0] = key;
	record->arguments[1] = value;
}

static void record_get(struct subject *it, struct afield_log *log, int64_t key)
{
	int64_t value = AFIELD_NIL;

	afield_record_call1(log, get_verb, key);
	if (!number_map_load(&it->numbers, key, &value))
		value = AFIELD_NIL;
	afield_record_return1(log, value);
}

static void record_set(struct subject *it, struct afield_log *log, int64_t key, int64_t value)
{
	int64_t old = AFIELD_NIL;
	int done;

	afield_record_call2(log, set_verb, key, value);
	if (it->twin == GAP) {
		done = number_map_remove(&it->numbers, key, &old);
		(void)!number_map_set(&it->numbers, key, value);
	} else {
		done = number_map_exchange(&it->numbers, key, value, &old);
	}
	afield_record_return1(log, done ? old : AFIELD_NIL);
	if (done < 0)
		abort();
}

static void record_remove(struct subject *it, struct afield_log *log, int64_t key)
{
	int64_t old = AFIELD_NIL;
	bool is_done;

	afield_record_call1(log, remove_verb, key);
	is_done = number_map_remove(&it->numbers, key, &old);
	afield_record_return1(log, is_done ? old : AFIELD_NIL);
}

/* A get, and if need be a set: what comes in between is overwritten. */
static int get_then_set(number_map *map, int64_t key, int64_t value, int64_t *found)
{
	if (number_map_load(map, key, found))
		return 0;
	*found = value;
	return number_map_set(map, key, value) < 0 ? -ENOMEM : 1;
}

static void record_get_or_insert(struct subject *it, struct afield_log *log, int64_t key,
				 int64_t value)
{
	int64_t found = AFIELD_NIL;
	int done;

	afield_record_call2(log, set_verb, key, value);
	done = it->twin == TWO_STEPS ? get_then_set(&it->numbers, key, value, &found)
				     : number_map_get_or_insert(&it->numbers, key, value, &found);
	afield_record_return1(log, done ? AFIELD_NIL : found);
	if (done == 0)
		know(log, get_verb, key, 0);
}

static void record_compare_exchange(struct subject *it, struct afield_log *log, int64_t key,
				    int64_t value)
{
	int64_t seen = 0, expected;
	int done;

	if (!number_map_load(&it->numbers, key, &seen))
		seen = -1;
	expected = seen;
	afield_record_call2(log, set_verb, key, value);
	done = number_map_compare_exchange(&it->numbers, key, &seen, value);
	afield_record_return1(log, done == 1 ? expected : done == 0 ? seen : AFIELD_NIL);
	if (done != 1)
		know(log, get_verb, key, 0);
}

static void work_once(struct subject *it, struct afield_log *log, unsigned which, int64_t key,
		      int64_t value)
{
	switch (it->twin == RIGHT ? which % 6 : it->twin == TWO_STEPS ? 2 + which % 2 : which % 2) {
	case 0:
	case 5:
		record_get(it, log, key);
		break;
	case 1:
		record_set(it, log, key, value);
		break;
	case 2:
		record_remove(it, log, key);
		break;
	case 3:
		record_get_or_insert(it, log, key, value);
		break;
	default:
		record_compare_exchange(it, log, key, value);
	}
}

/* Elements of no history. They come in even rounds and go in odd ones. */
static void crowd(struct subject *it, unsigned thread, unsigned round)
{
	for (int64_t i = 0; i < CROWD / 8; i++) {
		int64_t key = KEYS + thread * CROWD + i;

		if (round % 2 == 0)
			(void)!number_map_set(&it->numbers, key, key);
		else
			number_map_remove(&it->numbers, key, NULL);
	}
}

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	struct subject *it = (struct subject *)subject;
	unsigned state = 1 + thread + round * 8;

	if (it->has_crowd)
		crowd(it, thread, round);
	for (unsigned i = 0; i < OPERATIONS; i++) {
		int64_t value = (int64_t)(round * OPERATIONS + i) * 8 + thread + 1;
		unsigned draw = (state = state * 1103515245 + 12345) >> 16;

		work_once(it, log, draw, draw / 8 % KEYS, value);
	}
}

/* The same for text; get, set and remove are enough to see keys mixed up. */
static void work_on_texts(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	static const char *const names[KEYS] = {"", "key", "kez", "a key of more than eight bytes"};
	text_map *map = &((struct subject *)subject)->texts;
	unsigned state = 1 + thread + round * 8;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		int64_t number = (int64_t)(round * OPERATIONS + i) * 8 + thread + 1;
		struct twice value = {number, -number}, old = {0, 0};
		unsigned draw = (state = state * 1103515245 + 12345) >> 16;
		int64_t key = draw / 4 % KEYS;
		afield_map_text text = {names[key], strlen(names[key])};
		bool is_there;

		if (draw % 4 == 0) {
			afield_record_call2(log, set_verb, key, number);
			is_there = text_map_exchange(map, text, value, &old) == 1;
		} else if (draw % 4 == 1) {
			afield_record_call1(log, remove_verb, key);
			is_there = text_map_remove(map, text, &old);
		} else {
			afield_record_call1(log, get_verb, key);
			is_there = text_map_load(map, text, &old);
		}
		afield_record_return1(log, is_there ? old.value : AFIELD_NIL);
		if (old.copy != -old.value)
			abort(); /* torn */
	}
}

static enum afield_verdict check(struct subject *it, unsigned threads, unsigned round_count,
				 enum afield_clock clock,
				 void (*body)(void *, struct afield_log *, unsigned, unsigned))
{
	struct afield_rounds rounds;
	enum afield_verdict verdict;

	rounds = history_rounds(threads, round_count, OPERATIONS, clock, body, it);
	verdict = history_verdict(&rounds, model, NULL, it->twin == RIGHT ? "map" : NULL);
	number_map_fini(&it->numbers);
	text_map_fini(&it->texts);
	return verdict;
}

static void every_operation_is_linearizable(void)
{
	static const enum afield_clock clocks[] = {AFIELD_CLOCK_AUTO, AFIELD_CLOCK_TICKET};

	for (unsigned i = 0; i < 12; i++) {
		struct subject it;
		unsigned threads = 2u << i / 4;
		bool is_text = i % 4 == 3;

		memset(&it, 0, sizeof(it));
		it.has_crowd = i % 4 == 2;
		TEST_CHECK(check(&it, threads, (unsigned)test_scaled(it.has_crowd ? 60 : 180),
				 clocks[i % 2], is_text ? work_on_texts : work) == AFIELD_LIN);
	}
	printf("  %zu operations checked\n", history_checked);
}

static void a_twin_is_caught(enum twin twin)
{
	int caught = 0;

	for (struct test_tries tries = {0}; !caught && test_try(&tries);) {
		struct subject it;

		memset(&it, 0, sizeof(it));
		it.twin = twin;
		caught = check(&it, 4, 300, AFIELD_CLOCK_AUTO, work) == AFIELD_NONLIN;
	}
	TEST_CHECK(caught);
}

static void an_insert_in_two_steps_is_caught(void)
{
	a_twin_is_caught(TWO_STEPS);
}

static void a_gap_in_a_set_is_caught(void)
{
	a_twin_is_caught(GAP);
}

int main(void)
{
	model = afield_map_model();
	get_verb = (unsigned)afield_model_verb(model, "get");
	set_verb = (unsigned)afield_model_verb(model, "set");
	remove_verb = (unsigned)afield_model_verb(model, "remove");
	TEST_RUN(every_operation_is_linearizable);
	TEST_RUN(an_insert_in_two_steps_is_caught);
	TEST_RUN(a_gap_in_a_set_is_caught);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
