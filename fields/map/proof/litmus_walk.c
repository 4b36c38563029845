/* SPDX-License-Identifier: MIT */
/*
 * All elements of a map of objects, beside a thread that gives a key another object. What must hold in
 * every execution: a key that is there all the while is met once, with an object that was its value
 * and is alive; a clear leaves none of those behind; whoever takes any element gets one; and the
 * count is that of the elements when all have ended. Who gives up an element ends its object once.
 * And of two keys that nobody has compared yet, one is set.
 *
 * Not for GenMC: a table is allocated by size, cleared and filled through casts.
 * Not for relacy: what stands around the map has atomics of C11 itself.
 */
#include "../../../tests/support/litmus.h"
#include "chain.h"

#include <afield/field.h>

static bool is_over;
static struct object pool[4];
static const struct afield_type type = {.detail = &objects};

static void chain_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *))
{
	assert(is_over);
	reclaim(retired);
}

/* Gives the key the object of that number. */
static void set(long key_number, int number)
{
	struct afield__map_key key = key_of(key_number);
	struct object *object = &pool[number];

	object->value = number;
	atomic_store(&object->count, 1);
	assert(afield__map_set(&map, &objects, &key, &object, NULL) >= 0);
	afield__release_object(object);
}

static void prepare(void)
{
	chain_self = MAIN;
	set(1, 1);
	set(2, 2);
}

static void end_map(size_t least, size_t most)
{
	size_t count = afield__map_len(&map), met = 0;

	for (long number = 1; number <= 2; number++) {
		struct afield__map_key key = key_of(number);

		met += afield__map_get(&map, &objects, &key, NULL) == 0;
	}
	assert(count == met && least <= count && count <= most);
	is_over = true;
	chain_self = MAIN;
	afield__map_fini(&map, &objects);
	assert_given_once();
	for (int i = 1; i < 4; i++)
		assert(atomic_load(&pool[i].count) == 0);
}

static void replace_one(int self)
{
	chain_self = self;
	set(1, 3);
}

/* Notes which keys were met. An object that was met is the visitor's. */
static int note(const void *key, const void *value, void *argument)
{
	int64_t number;
	struct object *object;

	memcpy(&number, key, sizeof(number));
	memcpy(&object, value, sizeof(object));
	assert(object->value == number || (number == 1 && object->value == 3));
	++((int *)argument)[number];
	afield__release_object(object);
	return 0;
}

static void walk(int self)
{
	int met[3] = {0, 0, 0};

	chain_self = self;
	assert(afield__map_table_walk(&type, &map, note, met) == 0);
	assert(met[1] == 1 && met[2] == 1);
}

PROGRAM(walk_beside_a_set)
{
	prepare();
	RUN(replace_one, walk);
	end_map(2, 2);
}

static void clear(int self)
{
	chain_self = self;
	afield__map_clear(&map, &objects);
}

PROGRAM(clear_beside_a_set)
{
	prepare();
	RUN(replace_one, clear);
	end_map(0, 1);
}

PROGRAM(clear_beside_a_clear)
{
	prepare();
	RUN(clear, clear);
	end_map(0, 0);
}

static int retain(const void *key, const void *value, void *argument)
{
	memcpy(argument, value, sizeof(void *));
	return 0;
}

static void take_any(int self)
{
	struct object *object = NULL;

	chain_self = self;
	assert(afield__map_table_take_any(&type, &map, retain, &object) == 0);
	assert(object->value > 0);
	afield__release_object(object);
}

PROGRAM(take_beside_a_set)
{
	prepare();
	RUN(replace_one, take_any);
	end_map(1, 2);
}

PROGRAM(take_beside_a_take)
{
	prepare();
	RUN(take_any, take_any);
	end_map(0, 0);
}

/* The same with wide values, which are numbers twice. */
static const struct afield_type wide_type = {.detail = &wide};

static void set_wide(long key_number, int64_t value)
{
	struct afield__map_key key = key_of(key_number);
	struct twice twice = twice_of(value);

	assert(afield__map_set(&map, &wide, &key, &twice, NULL) >= 0);
}

static void replace_wide(int self)
{
	chain_self = self;
	set_wide(1, 3);
}

static void clear_wide(int self)
{
	chain_self = self;
	afield__map_clear(&map, &wide);
}

static int note_wide(const void *key, const void *value, void *argument)
{
	int64_t number, seen;

	memcpy(&number, key, sizeof(number));
	seen = one_of((const struct twice *)value);
	assert(seen == number || (number == 1 && seen == 3));
	++((int *)argument)[number];
	return 0;
}

static void walk_wide(int self)
{
	int met[3] = {0, 0, 0};

	chain_self = self;
	assert(afield__map_table_walk(&wide_type, &map, note_wide, met) == 0);
	assert(met[1] == 1 && met[2] == 1);
}

static void take_wide(int self)
{
	int met[3] = {0, 0, 0};

	chain_self = self;
	assert(afield__map_table_take_any(&wide_type, &map, note_wide, met) == 0);
}

static void run_wide(void (*other)(int self), size_t least, size_t most)
{
	size_t count;

	chain_self = MAIN;
	set_wide(1, 1);
	set_wide(2, 2);
	RUN(replace_wide, other);
	count = afield__map_len(&map);
	assert(least <= count && count <= most);
	is_over = true;
	chain_self = MAIN;
	afield__map_fini(&map, &wide);
	assert_given_once();
}

PROGRAM(clear_beside_a_wide_set)
{
	run_wide(clear_wide, 0, 1);
}

PROGRAM(walk_beside_a_wide_set)
{
	run_wide(walk_wide, 2, 2);
}

PROGRAM(take_beside_a_wide_set)
{
	run_wide(take_wide, 1, 2);
}

/* Keys that are objects and nothing else: only the host can say whether two are equal, so whoever
 * comes to another's key does nothing. */
static const struct afield__map_layout by_object = {{AFIELD_OBJECT, 8, NULL},
						    {AFIELD_I32, 4, NULL}};
static int done[2];

static void set_by_object(int self)
{
	void *candidates[AFIELD__MAP_CANDIDATES];
	struct afield__map_key key = key_of(7);
	int32_t value = self;

	chain_self = self;
	atomic_store(&pool[self + 1].count, 1);
	key.object = &pool[self + 1];
	key.candidates = candidates;
	done[self] = afield__map_set(&map, &by_object, &key, &value, NULL);
	for (size_t i = 0; i < key.candidate_count; i++)
		afield__release_object(candidates[i]);
	afield__release_object(&pool[self + 1]);
}

PROGRAM(set_beside_an_unknown_key)
{
	RUN(set_by_object, set_by_object);
	assert((done[0] == 0 && done[1] == -EAGAIN) || (done[1] == 0 && done[0] == -EAGAIN));
	assert(afield__map_len(&map) == 1);
	is_over = true;
	chain_self = MAIN;
	afield__map_fini(&map, &by_object);
	assert_given_once();
	assert(pool[1].value == -1 && pool[2].value == -1);
}

PROGRAMS(walk_beside_a_set, clear_beside_a_set, clear_beside_a_clear, take_beside_a_set,
	 take_beside_a_take, clear_beside_a_wide_set, walk_beside_a_wide_set,
	 take_beside_a_wide_set, set_beside_an_unknown_key)
