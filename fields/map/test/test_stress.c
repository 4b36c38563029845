/* SPDX-License-Identifier: MIT */
/*
 * map under load: eight threads on one map, on however many processors there are.
 *
 * A value is two halves that are always equal, and a number that no other value has. What is said
 * of each run:
 *
 *   torn       forbidden    the halves differ: a value was seen before it was written, or after
 *   foreign    forbidden    a value of another key
 *   missing    forbidden    a key that is never removed was not found, or not met by a walk
 *   twice      forbidden    a walk met such a key twice
 *   unbalanced forbidden    inserted and not removed elements are not those that are left
 *   met        acceptable   a key that comes and goes was met by a walk, or not
 */
#include <afield/map.h>

#include "test.h"

enum { THREADS = 8, STEADY = 64, LOOSE = 1024, BIG = 20000 };

struct value {
	int64_t low, key, filler[4], high;
};

AFIELD_TYPE(value_map, map, int64_t, struct value);

static value_map map;
static long torn, foreign, missing, twice, met, walks; /* __atomic */
static int64_t inserted, removed;                      /* __atomic */
static AFIELD_ATOMIC(int) stop;

static void add(long *counter, long amount)
{
	__atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

static struct value value_of(int64_t key, int64_t number)
{
	struct value value = {number, key, {number, number, number, number}, number};

	return value;
}

static void look_at(int64_t key, const struct value *value)
{
	if (value->low != value->high || value->filler[0] != value->low)
		add(&torn, 1);
	if (value->key != key)
		add(&foreign, 1);
}

static int meet(int64_t key, const struct value *value, void *argument)
{
	int *seen = (int *)argument;

	look_at(key, value);
	if (key < STEADY)
		seen[key]++;
	else
		add(&met, 1);
	return 0;
}

static void walk_once(void)
{
	int seen[STEADY] = {0};

	add(&walks, 1);
	value_map_walk(&map, meet, seen);
	for (int i = 0; i < STEADY; i++) {
		if (seen[i] == 0)
			add(&missing, 1);
		if (seen[i] > 1)
			add(&twice, 1);
	}
}

/* A loose key: whoever inserts and whoever removes counts, and the sums must fit the rest. */
static void change_once(unsigned draw, int64_t number)
{
	int64_t key = STEADY + draw % LOOSE;
	struct value value = value_of(key, number), other;

	switch (draw / LOOSE % 4) {
	case 0:
		if (value_map_get_or_insert(&map, key, value, &other) == 1)
			__atomic_fetch_add(&inserted, 1, __ATOMIC_RELAXED);
		look_at(key, &other);
		return;
	case 1:
		if (value_map_exchange(&map, key, value, &other) == 0)
			__atomic_fetch_add(&inserted, 1, __ATOMIC_RELAXED);
		else
			look_at(key, &other);
		return;
	default:
		if (!value_map_remove(&map, key, &other))
			return;
		__atomic_fetch_add(&removed, 1, __ATOMIC_RELAXED);
		look_at(key, &other);
	}
}

/* A steady key: replaced all the time and never gone. */
static void replace_once(unsigned draw, int64_t number)
{
	int64_t key = draw % STEADY;
	struct value seen;

	if (!value_map_load(&map, key, &seen)) {
		add(&missing, 1);
		return;
	}
	look_at(key, &seen);
	if (draw / STEADY % 2)
		(void)!value_map_set(&map, key, value_of(key, number));
	else
		value_map_compare_exchange(&map, key, &seen, value_of(key, number));
}

static void work(void *unused, int index)
{
	unsigned state = 7u * (unsigned)index + 1;
	long rounds = test_scaled(20000);

	(void)unused;
	for (long i = 0; i < rounds; i++) {
		unsigned draw = (state = state * 1103515245 + 12345) >> 8;
		int64_t number = i * THREADS + index;

		if (draw % 512 == 0)
			walk_once();
		else if (draw % 2)
			change_once(draw / 2, number);
		else
			replace_once(draw / 2, number);
	}
}

static int count_one(int64_t key, const struct value *value, void *argument)
{
	look_at(key, value);
	++*(int64_t *)argument;
	return 0;
}

static void nothing_is_torn_lost_or_twice(void)
{
	int64_t left = 0;

	for (int64_t key = 0; key < STEADY; key++)
		(void)!value_map_set(&map, key, value_of(key, -1));
	test_threads(THREADS, work, NULL);
	value_map_walk(&map, count_one, &left);
	printf("  torn %ld, foreign %ld, missing %ld, twice %ld, met %ld in %ld walks\n", torn,
	       foreign, missing, twice, met, walks);
	printf("  %lld inserted, %lld removed, %lld left\n", (long long)inserted,
	       (long long)removed, (long long)left - STEADY);
	TEST_CHECK(torn == 0 && foreign == 0 && missing == 0 && twice == 0 && met > 0);
	TEST_CHECK(inserted > 0 && removed > 0);
	TEST_CHECK(left - STEADY == inserted - removed);
	TEST_CHECK((int64_t)value_map_count(&map) == left);
	value_map_fini(&map);
}

/* One thread makes the table grow and shrink; the others never miss a steady key, nor wait. */
static void swell(void *unused, int index)
{
	unsigned state = 7u * (unsigned)index + 1;

	(void)unused;
	for (long round = 0; index == 0 && round < test_scaled(2); round++) {
		for (int64_t key = STEADY; key < BIG; key++)
			(void)!value_map_set(&map, key, value_of(key, round));
		afield_barrier();
		for (int64_t key = STEADY; key < BIG; key++)
			value_map_remove(&map, key, NULL);
		afield_barrier();
	}
	if (index == 0)
		AFIELD_STORE(&stop, 1, relaxed);
	while (index > 0 && !AFIELD_LOAD(&stop, relaxed)) {
		state = state * 1103515245 + 12345;
		replace_once(state >> 8, index);
	}
}

static void a_resize_hides_nothing(void)
{
	for (int64_t key = 0; key < STEADY; key++)
		(void)!value_map_set(&map, key, value_of(key, -1));
	test_threads(3, swell, NULL);
	for (int i = 0; i < 10; i++) /* a shrink takes three, and one may follow another */
		afield_barrier();
	TEST_CHECK(torn == 0 && foreign == 0 && missing == 0);
	TEST_CHECK(value_map_count(&map) == STEADY);
	TEST_CHECK(afield__map_buckets(&map.map) < BIG / 8);
	value_map_fini(&map);
}

/* The first write makes the table; of many first writes, one does. */
static value_map fresh;
static void write_first(void *unused, int index)
{
	(void)unused;
	(void)!value_map_set(&fresh, index, value_of(index, index));
}

static void the_first_writers_meet(void)
{
	for (long round = 0; round < test_scaled(100); round++) {
		test_threads(4, write_first, NULL);
		TEST_CHECK(value_map_count(&fresh) == 4);
		value_map_fini(&fresh);
	}
}

int main(void)
{
	TEST_RUN(nothing_is_torn_lost_or_twice);
	TEST_RUN(a_resize_hides_nothing);
	TEST_RUN(the_first_writers_meet);
	TEST_CHECK(afield_barrier() == 0 && afield_backlog() == 0);
	return test_done();
}
