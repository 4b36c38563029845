/* SPDX-License-Identifier: MIT */
/*
 * map of objects, with a host that does something between a reader's look at an element and its
 * reference: what other threads would do just then. A walk meets each key that is there all the
 * while once, whatever happens to its value, and no reference is lost or given up twice.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/map.h>

#include <afield/host.h>

#include "failing.h"
#include "test.h"

#include <pthread.h>

/* An object of the host. It is never freed, so that a dead one can be looked at. */
struct _object {
	AFIELD_ATOMIC(int) count;
};
typedef struct _object *thing;
AFIELD_TYPE(thing_map, map, int64_t, thing);
AFIELD_TYPE(name_map, map, afield_map_text, thing);

enum { KEYS = 8, MOST = 200000 };
static struct _object all[MOST];
static AFIELD_ATOMIC(int) all_count;
static AFIELD_ATOMIC(int) alive; /* objects with a reference */
static void (*between)(thing object);

static thing make(void)
{
	int number = AFIELD_FETCH_ADD(&all_count, 1, seq_cst);

	TEST_CHECK(number < MOST);
	AFIELD_STORE(&all[number].count, 1, seq_cst);
	AFIELD_FETCH_ADD(&alive, 1, seq_cst);
	return &all[number];
}

static void hold(void *object)
{
	TEST_CHECK(AFIELD_FETCH_ADD(&((thing)object)->count, 1, seq_cst) > 0);
}

static void release(void *object)
{
	int before = AFIELD_FETCH_SUB(&((thing)object)->count, 1, seq_cst);

	TEST_CHECK(before > 0);
	if (before == 1)
		AFIELD_FETCH_SUB(&alive, 1, seq_cst);
}

static bool count_up(thing object)
{
	int seen = AFIELD_LOAD(&object->count, seq_cst);

	while (seen > 0)
		if (AFIELD_COMPARE_EXCHANGE_WEAK(&object->count, &seen, seen + 1, seq_cst))
			return true;
	return false;
}

static bool comes_after; /* `between` comes after the reference, and before the re-check */

static bool try_hold(void *object)
{
	bool is_held;

	if (between && !comes_after)
		between((thing)object);
	is_held = count_up((thing)object);
	if (between && comes_after)
		between((thing)object);
	return is_held;
}

static void *detach(void)
{
	return NULL; /* it has no lock */
}

static void attach(void *token)
{
	(void)token;
}

static const struct afield_host host = {detach, attach, NULL, hold, try_hold, release, NULL};

static thing_map things;
static name_map names;
static int replacements; /* that are still to come at each element */

static void put(int64_t key)
{
	thing object = make();
	struct afield_bytes name = {&"abcdefgh"[key], 1};

	TEST_CHECK(thing_map_set(&things, key, object) >= 0);
	TEST_CHECK(name_map_set(&names, name, object) >= 0);
	release(object);
}

static void begin(void)
{
	static bool is_set;

	if (!is_set)
		TEST_CHECK(afield_set_host(&host));
	is_set = true;
	memset(&things, 0, sizeof(things));
	memset(&names, 0, sizeof(names));
	for (int64_t key = 0; key < KEYS; key++)
		put(key);
}

static void finish(void)
{
	between = NULL;
	thing_map_fini(&things);
	name_map_fini(&names);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(AFIELD_LOAD(&alive, seq_cst) == 0);
}

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

static AFIELD_ATOMIC(int) is_over;

static void *replacing(void *unused)
{
	for (int round = 0; round < test_scaled(2000); round++)
		for (int64_t key = 0; key < KEYS; key++)
			put(key);
	AFIELD_STORE(&is_over, 1, seq_cst);
	return unused;
}

static void walks_run_concurrently_with_replacements(void)
{
	pthread_t writer;
	long walks = 0, wrong = 0;

	begin();
	AFIELD_STORE(&is_over, 0, seq_cst);
	TEST_CHECK(pthread_create(&writer, NULL, replacing, NULL) == 0);
	while (!AFIELD_LOAD(&is_over, seq_cst)) {
		struct met met = {{0}}, met_names = {{0}};

		TEST_CHECK(thing_map_walk(&things, note, &met) == 0);
		TEST_CHECK(name_map_walk(&names, note_name, &met_names) == 0);
		wrong += !is_once(&met) + !is_once(&met_names);
		walks += 2;
	}
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
	TEST_RUN(walks_run_concurrently_with_replacements);
	return test_done();
}
