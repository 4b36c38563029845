/* SPDX-License-Identifier: MIT */
/*
 * map of objects, with a host that does something between a reader's look at an element and its
 * reference: what other threads would do just then. A walk meets each key that is there all the
 * while once, whatever happens to its value, and no reference is lost or given up twice.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "things.h"

#include "failing.h"
#include "../map_table.h"

#include <pthread.h>

/* How often each key was met. */
struct met {
	int count[KEYS];
};

static int note(int64_t key, const thing *value, void *argument)
{
	((struct met *)argument)->count[key]++;
	TEST_CHECK(AFIELD_LOAD(&(*value)->count, seq_cst) > 0);
	release(*value);
	return 0;
}

static int note_name(afield_map_text key, const thing *value, void *argument)
{
	return note(*(const char *)key.data - 'a', value, argument);
}

static bool is_once(const struct met *met)
{
	for (int key = 0; key < KEYS; key++)
		if (met->count[key] != 1)
			return false;
	return true;
}

static void replace_all(thing object)
{
	(void)object;
	if (replacements-- > 0)
		for (int64_t key = 0; key < KEYS; key++)
			put(key);
}

static void walk_while(void (*act)(thing object), int times)
{
	for (comes_after = false;; comes_after = true) {
		struct met met = {{0}}, met_names = {{0}};

		between = act;
		replacements = times;
		TEST_CHECK(thing_map_walk(&things, note, &met) == 0);
		replacements = times;
		TEST_CHECK(name_map_walk(&names, note_name, &met_names) == 0);
		TEST_CHECK(is_once(&met) && is_once(&met_names));
		between = NULL;
		if (comes_after)
			break;
	}
}

static void a_walk_meets_keys_whose_values_are_replaced(void)
{
	begin();
	walk_while(replace_all, 1);
	walk_while(replace_all, 3);
	walk_while(replace_all, 3 * KEYS);
	finish();
}

/* The key alone that is looked at is replaced, again and again. */
static void replace_this(thing object)
{
	thing seen = NULL;

	if (replacements-- <= 0)
		return;
	for (int64_t key = 0; key < KEYS; key++) {
		void (*act)(thing object) = between;
		bool is_there;

		between = NULL;
		is_there = thing_map_load(&things, key, &seen);
		between = act;
		if (!is_there)
			continue;
		if (seen == object)
			put(key);
		release(seen);
	}
}

static void a_walk_follows_a_value_as_often_as_it_is_replaced(void)
{
	begin();
	for (int times = 0; times < 20; times++)
		walk_while(replace_this, times);
	finish();
}

static void remove_this(thing object)
{
	int64_t key = -1;

	if (replacements-- <= 0)
		return;
	for (int64_t i = 0; i < KEYS; i++) {
		thing expected = object;

		between = NULL;
		if (thing_map_compare_exchange(&things, i, &expected, object) == 1)
			key = i;
	}
	TEST_CHECK(key >= 0 && thing_map_remove(&things, key, NULL));
	between = remove_this;
}

static void a_walk_leaves_out_what_is_removed(void)
{
	struct met met = {{0}};
	int sum = 0;

	begin();
	between = remove_this;
	replacements = 3;
	TEST_CHECK(thing_map_walk(&things, note, &met) == 0);
	for (int key = 0; key < KEYS; key++) {
		TEST_CHECK(met.count[key] == (thing_map_contains(&things, key) ? 1 : 0));
		sum += met.count[key];
	}
	TEST_CHECK(sum == KEYS - 3);
	finish();
}

static void replace_and_fail(thing object)
{
	replace_all(object);
	failing = 1;
}

/* A reference that must be given up later, and no memory to remember it by. */
static void a_walk_without_memory_keeps_no_reference(void)
{
	struct met met = {{0}};

	begin();
	comes_after = true;
	between = replace_and_fail;
	replacements = 1;
	TEST_CHECK(thing_map_walk(&things, note, &met) == -ENOMEM);
	failing = 0;
	finish();
}

static int copy(const void *key, const void *value, void *argument)
{
	int64_t number;

	memcpy(&number, key, sizeof(number));
	memcpy(argument, value, sizeof(thing));
	if (replacements-- > 0)
		put(number);
	return 0;
}

static int refuse(const void *key, const void *value, void *argument)
{
	(void)key, (void)value, (void)argument;
	return -ENOMEM;
}

static void one_is_taken_out_though_it_is_replaced(void)
{
	const struct afield_type *type = thing_map_type();
	const struct afield_view *view = type->binding->view;
	thing taken = NULL;

	begin();
	TEST_CHECK(view->take_any(type, &things, refuse, &taken) == -ENOMEM);
	TEST_CHECK(thing_map_count(&things) == KEYS && !taken);
	for (size_t left = KEYS; left > 0; left--) {
		replacements = (int)left;
		TEST_CHECK(view->take_any(type, &things, copy, &taken) == 0);
		TEST_CHECK(AFIELD_LOAD(&taken->count, seq_cst) > 0);
		TEST_CHECK(thing_map_count(&things) == left - 1);
		release(taken);
	}
	TEST_CHECK(view->take_any(type, &things, copy, &taken) == -ENODATA);
	finish();
	TEST_CHECK(view->take_any(type, &things, copy, &taken) == -ENODATA);
}

static int note_key(const void *key, const void *value, void *argument)
{
	thing object;

	memcpy(&object, value, sizeof(object));
	release(object);
	memcpy(argument, key, sizeof(int64_t));
	return 0;
}

/* Another thread takes the element out, and then puts others where the walk has been. */
static int overtake(const void *key, const void *value, void *argument)
{
	int64_t number;

	memcpy(&number, key, sizeof(number));
	memcpy(argument, value, sizeof(thing));
	if (replacements-- <= 0)
		return 0;
	TEST_CHECK(thing_map_remove(&things, number, NULL));
	for (int64_t other = 0; other < KEYS; other++)
		if (other != number)
			put(other);
	return 0;
}

static void one_is_looked_for_again_when_others_have_come(void)
{
	const struct afield_type *type = thing_map_type();
	const struct afield_view *view = type->binding->view;
	int64_t last = -1;
	thing taken = NULL;

	begin();
	TEST_CHECK(view->walk(type, &things, note_key, &last) == 0 && last >= 0);
	for (int64_t key = 0; key < KEYS; key++)
		if (key != last)
			TEST_CHECK(thing_map_remove(&things, key, NULL));
	replacements = 1;
	TEST_CHECK(view->take_any(type, &things, overtake, &taken) == 0);
	TEST_CHECK(AFIELD_LOAD(&taken->count, seq_cst) > 0);
	TEST_CHECK(thing_map_count(&things) == KEYS - 2);
	release(taken);
	finish();
}

/* A thread that has taken an element out, and is not there yet to count it, holds nobody up. */
static void nobody_waits_for_the_count(void)
{
	const struct afield_type *type = thing_map_type();
	struct afield__map_table *table;
	thing taken = NULL;

	begin();
	thing_map_clear(&things);
	table = AFIELD_LOAD(&things.map.table, relaxed);
	AFIELD_STORE(&table->count, 1, relaxed);
	TEST_CHECK(type->binding->view->take_any(type, &things, copy, &taken) == -ENODATA);
	AFIELD_STORE(&table->count, -1, relaxed);
	TEST_CHECK(thing_map_count(&things) == 0);
	AFIELD_STORE(&table->count, 0, relaxed);
	finish();
}

/* Keys that are objects and nothing else: only the host can say whether two are equal. */
static const struct afield__map_layout by_thing = {{AFIELD_OBJECT, sizeof(thing), NULL},
						   {AFIELD_I64, 8, NULL}};
static struct afield__map by_things;
static thing known;

static struct afield__map_key key_of(thing object)
{
	static void *candidates[AFIELD__MAP_CANDIDATES];
	struct afield__map_key key;

	memset(&key, 0, sizeof(key));
	key.word = 7; /* all have the same hash */
	key.object = object;
	key.candidates = candidates;
	return key;
}

static void forget_the_known(thing object)
{
	struct afield__map_key key = key_of(object);

	if (object == known)
		TEST_CHECK(afield__map_remove(&by_things, &by_thing, &key, NULL) == 0);
	known = NULL;
}

/* The key that is yet to be compared leaves before it can be: the search begins again. */
static void a_key_that_leaves_is_not_compared(void)
{
	int64_t value = 3;
	thing other = make();
	struct afield__map_key key;

	begin();
	for (int after = 0; after < 2; after++) {
		thing own = known = make();

		key = key_of(known);
		TEST_CHECK(afield__map_set(&by_things, &by_thing, &key, &value, NULL) == 0);
		key = key_of(other);
		TEST_CHECK(afield__map_get(&by_things, &by_thing, &key, &value) == -EAGAIN);
		TEST_CHECK(key.candidate_count == 1 && key.candidates[0] == known);
		release(known);
		key = key_of(other);
		between = forget_the_known;
		comes_after = after == 1;
		TEST_CHECK(afield__map_get(&by_things, &by_thing, &key, &value) == -ENODATA);
		TEST_CHECK(key.candidate_count == 0 && !known);
		between = NULL;
		release(own);
	}
	release(other);
	afield__map_fini(&by_things, &by_thing);
	finish();
}

static AFIELD_ATOMIC(int) walks_are_over;
static AFIELD_ATOMIC(long) rounds; /* of replacements */

static void *replacing(void *unused)
{
	do {
		for (int64_t key = 0; key < KEYS; key++)
			put(key);
		AFIELD_FETCH_ADD(&rounds, 1, seq_cst);
	} while (!AFIELD_LOAD(&walks_are_over, seq_cst));
	return unused;
}

static void walks_run_concurrently_with_replacements(void)
{
	pthread_t writer;
	long walks = 0, wrong = 0;

	begin();
	AFIELD_STORE(&walks_are_over, 0, seq_cst);
	AFIELD_STORE(&rounds, 0, seq_cst);
	TEST_CHECK(pthread_create(&writer, NULL, replacing, NULL) == 0);
	do {
		struct met met = {{0}}, met_names = {{0}};

		TEST_CHECK(thing_map_walk(&things, note, &met) == 0);
		TEST_CHECK(name_map_walk(&names, note_name, &met_names) == 0);
		wrong += !is_once(&met) + !is_once(&met_names);
		walks += 2;
	} while (AFIELD_LOAD(&rounds, seq_cst) < test_scaled(2000));
	AFIELD_STORE(&walks_are_over, 1, seq_cst);
	pthread_join(writer, NULL);
	printf("  %ld of %ld walks met a key not once\n", wrong, walks);
	TEST_CHECK(wrong == 0 && walks > 0);
	finish();
}

int main(void)
{
	TEST_RUN(a_walk_meets_keys_whose_values_are_replaced);
	TEST_RUN(a_walk_follows_a_value_as_often_as_it_is_replaced);
	TEST_RUN(a_walk_leaves_out_what_is_removed);
	TEST_RUN(a_walk_without_memory_keeps_no_reference);
	TEST_RUN(one_is_taken_out_though_it_is_replaced);
	TEST_RUN(one_is_looked_for_again_when_others_have_come);
	TEST_RUN(a_key_that_leaves_is_not_compared);
	TEST_RUN(nobody_waits_for_the_count);
	TEST_RUN(walks_run_concurrently_with_replacements);
	return test_done();
}
