/* SPDX-License-Identifier: MIT */
/*
 * map: one thread, every operation, keys and values of every sort.
 */
#include <afield/atomic.h>
#include <afield/class.h>
#include <afield/map.h>
#include <afield/record.h>

#include <errno.h>

#include "table.h"
#include "test.h"

#define LIMITS(member) member(int8_t, low) member(int64_t, high)
AFIELD_RECORD(limits, LIMITS);

AFIELD_TYPE(number_map, map, int64_t, int64_t);
AFIELD_TYPE(small_map, map, int8_t, unsigned char);
AFIELD_TYPE(limits_map, map, uint32_t, struct limits);
AFIELD_TYPE(bytes_map, map, afield_map_bytes, double);
AFIELD_TYPE(text_map, map, afield_map_text, long);

static afield_map_bytes bytes_of(const char *text, size_t size)
{
	afield_map_bytes bytes = {text, size};

	return bytes;
}

static afield_map_text text_of(const char *text)
{
	return bytes_of(text, strlen(text));
}

static void a_fresh_map_is_empty(void)
{
	number_map map;
	int64_t value = 7;

	memset(&map, 0, sizeof(map));
	TEST_CHECK(number_map_count(&map) == 0);
	TEST_CHECK(!number_map_load(&map, 1, &value) && value == 7);
	TEST_CHECK(!number_map_contains(&map, 1));
	TEST_CHECK(!number_map_remove(&map, 1, &value) && value == 7);
	TEST_CHECK(number_map_compare_exchange(&map, 1, &value, 2) == -ENODATA && value == 7);
	TEST_CHECK(number_map_walk(&map, NULL, NULL) == 0);
	number_map_clear(&map);
	number_map_fini(&map);
	number_map_fini(&map);
	TEST_CHECK(number_map_count(&map) == 0);
}

static void each_operation_does_what_it_says(void)
{
	number_map map;
	int64_t value = 0;

	memset(&map, 0, sizeof(map));
	TEST_CHECK(number_map_set(&map, -1, 10) == 0);
	TEST_CHECK(number_map_set(&map, -1, 11) == 1);
	TEST_CHECK(number_map_count(&map) == 1);
	TEST_CHECK(number_map_load(&map, -1, &value) && value == 11);
	TEST_CHECK(number_map_contains(&map, -1) && !number_map_contains(&map, 1));
	TEST_CHECK(number_map_exchange(&map, -1, 12, &value) == 1 && value == 11);
	value = 99;
	TEST_CHECK(number_map_exchange(&map, 5, 50, &value) == 0 && value == 99);
	TEST_CHECK(number_map_get_or_insert(&map, 5, 51, &value) == 0 && value == 50);
	TEST_CHECK(number_map_get_or_insert(&map, 6, 60, &value) == 1 && value == 60);
	TEST_CHECK(number_map_get_or_insert(&map, 7, 70, NULL) == 1);
	TEST_CHECK(number_map_count(&map) == 4);
	value = 61;
	TEST_CHECK(number_map_compare_exchange(&map, 6, &value, 62) == 0 && value == 60);
	TEST_CHECK(number_map_compare_exchange(&map, 6, &value, 62) == 1 && value == 60);
	TEST_CHECK(number_map_load(&map, 6, &value) && value == 62);
	TEST_CHECK(number_map_compare_exchange(&map, 8, &value, 1) == -ENODATA && value == 62);
	TEST_CHECK(number_map_remove(&map, 6, &value) && value == 62);
	TEST_CHECK(!number_map_remove(&map, 6, &value) && !number_map_contains(&map, 6));
	TEST_CHECK(number_map_remove(&map, 7, NULL));
	TEST_CHECK(number_map_count(&map) == 2);
	number_map_clear(&map);
	TEST_CHECK(number_map_count(&map) == 0 && !number_map_contains(&map, 5));
	TEST_CHECK(number_map_set(&map, 5, 52) == 0);
	number_map_fini(&map);
	TEST_CHECK(!number_map_contains(&map, 5));
}

static int count_pair(int8_t key, const unsigned char *value, void *argument)
{
	int *seen = (int *)argument;

	TEST_CHECK(*value == (unsigned char)(key + 1));
	seen[key + 128]++;
	return 0;
}

static int stop_at_once(int8_t key, const unsigned char *value, void *argument)
{
	(void)key, (void)value;
	++*(int *)argument;
	return 77;
}

static void a_walk_meets_each_element_once(void)
{
	int seen[256] = {0}, stops = 0;
	small_map map;

	memset(&map, 0, sizeof(map));
	for (int key = -128; key < 128; key++)
		TEST_CHECK(small_map_set(&map, (int8_t)key, (unsigned char)(key + 1)) == 0);
	TEST_CHECK(small_map_count(&map) == 256);
	TEST_CHECK(small_map_walk(&map, count_pair, seen) == 0);
	for (int i = 0; i < 256; i++)
		TEST_CHECK(seen[i] == 1);
	TEST_CHECK(small_map_walk(&map, stop_at_once, &stops) == 77 && stops == 1);
	small_map_fini(&map);
}

/* The bytes between the members differ, which must not matter. */
static struct limits limits_with_padding(int low, int64_t high, int padding)
{
	struct limits limits;

	memset(&limits, padding, sizeof(limits));
	limits.low = (int8_t)low;
	limits.high = high;
	return limits;
}

static void records_are_copied_and_compared_by_member(void)
{
	struct limits seen;
	limits_map map;

	memset(&map, 0, sizeof(map));
	TEST_CHECK(limits_map_set(&map, UINT32_MAX, limits_with_padding(1, 2, 0x55)) == 0);
	TEST_CHECK(limits_map_load(&map, UINT32_MAX, &seen) && seen.low == 1 && seen.high == 2);
	seen = limits_with_padding(1, 2, 0xaa);
	TEST_CHECK(limits_map_compare_exchange(&map, UINT32_MAX, &seen,
					       limits_with_padding(3, 4, 0)) == 1);
	TEST_CHECK(limits_map_compare_exchange(&map, UINT32_MAX, &seen,
					       limits_with_padding(5, 6, 0)) == 0);
	TEST_CHECK(seen.low == 3 && seen.high == 4);
	limits_map_fini(&map);
}

static void bytes_are_compared_as_a_whole(void)
{
	char zeros[64] = {0}, big[4096];
	double value = 0;
	bytes_map map;

	memset(&map, 0, sizeof(map));
	for (size_t size = 0; size < sizeof(zeros); size++)
		TEST_CHECK(bytes_map_set(&map, bytes_of(zeros, size), (double)size) == 0);
	for (size_t size = 0; size < sizeof(zeros); size++)
		TEST_CHECK(bytes_map_load(&map, bytes_of(zeros, size), &value) &&
			   value == (double)size);
	memset(big, 'x', sizeof(big));
	TEST_CHECK(bytes_map_set(&map, bytes_of(big, sizeof(big)), 1) == 0);
	big[4000] = 'y'; /* the map has a copy */
	TEST_CHECK(!bytes_map_contains(&map, bytes_of(big, sizeof(big))));
	big[4000] = 'x';
	TEST_CHECK(bytes_map_remove(&map, bytes_of(big, sizeof(big)), &value) && value == 1);
	TEST_CHECK(bytes_map_set(&map, bytes_of(NULL, 0), 5) == 1);
	TEST_CHECK(bytes_map_count(&map) == sizeof(zeros));
	bytes_map_fini(&map);
}

static int check_text(afield_map_text key, const long *value, void *argument)
{
	char text[32];

	snprintf(text, sizeof(text), "key %ld", *value);
	TEST_CHECK(key.size == strlen(text) && memcmp(key.data, text, key.size) == 0);
	++*(int *)argument;
	return 0;
}

static void many_texts_are_found_again(void)
{
	enum { COUNT = 3000 };
	char text[32];
	int met = 0;
	long value;
	text_map map;

	memset(&map, 0, sizeof(map));
	for (long i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "key %ld", i);
		TEST_CHECK(text_map_set(&map, text_of(text), i) == 0);
	}
	for (long i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "key %ld", i);
		TEST_CHECK(text_map_load(&map, text_of(text), &value) && value == i);
	}
	TEST_CHECK(!text_map_contains(&map, text_of("key")));
	TEST_CHECK(text_map_walk(&map, check_text, &met) == 0 && met == COUNT);
	text_map_fini(&map);
}

/* The table follows the number of elements, both ways, and loses none of them. */
static void the_table_grows_and_shrinks(void)
{
	enum { COUNT = 20000 };
	number_map map;
	int64_t value;
	size_t most;

	memset(&map, 0, sizeof(map));
	for (int64_t i = 0; i < COUNT; i++)
		TEST_CHECK(number_map_set(&map, i, -i) == 0);
	for (int i = 0; i < 10; i++)
		afield_barrier();
	most = afield__map_buckets(&map.map);
	TEST_CHECK(most >= COUNT / 2 && most <= COUNT * 4);
	for (int64_t i = 0; i < COUNT; i++)
		TEST_CHECK(number_map_load(&map, i, &value) && value == -i);
	for (int64_t i = 100; i < COUNT; i++)
		TEST_CHECK(number_map_remove(&map, i, NULL));
	for (int i = 0; i < 10; i++)
		afield_barrier();
	TEST_CHECK(afield__map_buckets(&map.map) <= most / 8);
	for (int64_t i = 0; i < COUNT; i++)
		TEST_CHECK(number_map_contains(&map, i) == (i < 100));
	number_map_fini(&map);
	TEST_CHECK(afield_barrier() == 0 && afield_backlog() == 0);
}

#define SESSION(field)             \
	field(number_map, numbers) \
	field(limits_map, limits)  \
	field(afield_i64, hits)
AFIELD_CLASS(session, SESSION);

static void a_class_ends_its_maps(void)
{
	session it;

	memset(&it, 0, sizeof(it));
	TEST_CHECK(number_map_set(&it.numbers, 1, 2) == 0);
	session_fini(&it);
	TEST_CHECK(number_map_count(&it.numbers) == 0);
	session_fini(&it);
}

static int first_key(const void *key, const void *value, void *argument)
{
	*(int64_t *)argument = *(const int64_t *)key * 1000 + *(const int64_t *)value;
	return 5;
}

static int call(const struct afield_type *type, void *field, const char *name, void *result,
		const void *first, const void *second, const void *third)
{
	const void *arguments[3] = {first, second, third};

	return table_verb(type, name)->call(type, field, result, arguments);
}

static void the_view_does_the_same(void)
{
	const struct afield_type *type = number_map_type();
	const struct afield_view *view = type->binding->view;
	int64_t key = 3, value = 4, next = 5, seen = 0;
	bool is_true = true;
	number_map map;

	memset(&map, 0, sizeof(map));
	TEST_CHECK(view->key.type_code == AFIELD_I64 && type->value_type.type_code == AFIELD_I64);
	TEST_CHECK(call(type, &map, "__getitem__", &seen, &key, NULL, NULL) == -ENODATA);
	TEST_CHECK(call(type, &map, "__contains__", &is_true, &key, NULL, NULL) == 0 && !is_true);
	TEST_CHECK(call(type, &map, "__delitem__", NULL, &key, NULL, NULL) == -ENODATA);
	TEST_CHECK(call(type, &map, "__setitem__", NULL, &key, &value, NULL) == 0);
	TEST_CHECK(call(type, &map, "__setitem__", NULL, &key, &value, NULL) == 0);
	TEST_CHECK(call(type, &map, "__contains__", &is_true, &key, NULL, NULL) == 0 && is_true);
	TEST_CHECK(call(type, &map, "get", &seen, &key, NULL, NULL) == 0 && seen == 4);
	TEST_CHECK(call(type, &map, "setdefault", &seen, &key, &next, NULL) == 0 && seen == 4);
	TEST_CHECK(call(type, &map, "compare_exchange", &is_true, &key, &next, &next) == 0);
	TEST_CHECK(!is_true);
	TEST_CHECK(call(type, &map, "compare_exchange", &is_true, &key, &value, &next) == 0);
	TEST_CHECK(is_true && view->count(type, &map) == 1);
	TEST_CHECK(view->walk(type, &map, first_key, &seen) == 5 && seen == 3005);
	TEST_CHECK(call(type, &map, "pop", &seen, &key, NULL, NULL) == 0 && seen == 5);
	TEST_CHECK(call(type, &map, "pop", &seen, &key, NULL, NULL) == -ENODATA);
	TEST_CHECK(call(type, &map, "setdefault", &seen, &key, &next, NULL) == 0 && seen == 5);
	TEST_CHECK(call(type, &map, "clear", NULL, NULL, NULL, NULL) == 0);
	TEST_CHECK(view->count(type, &map) == 0);
	type->fini(type, &map);
}

int main(void)
{
	TEST_RUN(a_fresh_map_is_empty);
	TEST_RUN(each_operation_does_what_it_says);
	TEST_RUN(a_walk_meets_each_element_once);
	TEST_RUN(records_are_copied_and_compared_by_member);
	TEST_RUN(bytes_are_compared_as_a_whole);
	TEST_RUN(many_texts_are_found_again);
	TEST_RUN(the_table_grows_and_shrinks);
	TEST_RUN(a_class_ends_its_maps);
	TEST_RUN(the_view_does_the_same);
	return test_done();
}
