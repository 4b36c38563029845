/* SPDX-License-Identifier: MIT */
/*
 * What a watched map writes down: for each verb one call before the map is touched and one return
 * after it, with its arguments, and with the results that the map gave. Macros and functions that
 * take notes are in place of those that write into a window and of those that do the work.
 */
#define AFIELD_WATCH
#include <afield/map.h>

#include "test.h"

/* What was noted of the last operation. */
struct note {
	const void *field;
	int verb, is_kept, argument_count, result_count;
	uint64_t first, second, result, other;
};
static struct note call, ret;
static char order[8]; /* c, w and r: call, work and return, as they came */

static void note_step(char step)
{
	size_t length = strlen(order);

	if (length < sizeof(order) - 1)
		order[length] = step;
}

#undef AFIELD__WATCH_BEGIN
#undef AFIELD__WATCH_END
#define AFIELD__WATCH_BEGIN(token, field, verb, argument_count, first, second) \
	note_call(&(token), field, verb, argument_count, first, second)
#define AFIELD__WATCH_END(token, field, verb, is_kept, argument_count, first, second,            \
			  result_count, result, other)                                           \
	note_return(&(token), field, verb, is_kept, argument_count, first, second, result_count, \
		    result, other)

static void note_call(struct afield__watch_token *token, const void *field, int verb,
		      int argument_count, uint64_t first, uint64_t second)
{
	struct note note = { field, verb, 1, argument_count, 0, first, second, 0, 0 };

	(void)token;
	call = note;
	note_step('c');
}

static void note_return(struct afield__watch_token *token, const void *field, int verb, int is_kept,
			int argument_count, uint64_t first, uint64_t second, int result_count,
			uint64_t result, uint64_t other)
{
	struct note note = {
		field,
		verb,
		is_kept,
		argument_count,
		result_count,
		first,
		second,
		result,
		other
	};

	(void)token;
	ret = note;
	note_step('r');
}

/* A map that fails when it is told to. */
static int failure;
AFIELD_TYPE(numbers__plain, map, int32_t, uint64_t);
static bool load(const numbers__plain *field, int32_t key, uint64_t *value)
{
	note_step('w');
	return numbers__plain_load(field, key, value);
}
static bool contains(const numbers__plain *field, int32_t key)
{
	note_step('w');
	return numbers__plain_contains(field, key);
}
static int exchange(numbers__plain *field, int32_t key, uint64_t value, uint64_t *old)
{
	note_step('w');
	return failure ? failure : numbers__plain_exchange(field, key, value, old);
}
static bool remove_one(numbers__plain *field, int32_t key, uint64_t *old)
{
	note_step('w');
	return numbers__plain_remove(field, key, old);
}
static void clear(numbers__plain *field)
{
	note_step('w');
	numbers__plain_clear(field);
}
static int get_or_insert(numbers__plain *field, int32_t key, uint64_t value, uint64_t *found)
{
	note_step('w');
	return failure ? failure : numbers__plain_get_or_insert(field, key, value, found);
}
static int compare_exchange(numbers__plain *field, int32_t key, uint64_t *expected,
			    uint64_t desired)
{
	note_step('w');
	return failure ? failure : numbers__plain_compare_exchange(field, key, expected, desired);
}
#define numbers__plain_load load
#define numbers__plain_contains contains
#define numbers__plain_exchange exchange
#define numbers__plain_remove remove_one
#define numbers__plain_clear clear
#define numbers__plain_get_or_insert get_or_insert
#define numbers__plain_compare_exchange compare_exchange
AFIELD__WATCH_MAP(numbers);

static numbers map;

/* Whether the operation that is over was written down so, and forgets it. */
static bool was(int verb, int argument_count, uint64_t first, uint64_t second, int is_kept,
		int result_count, uint64_t result, uint64_t other)
{
	struct note called = {&map, verb, 1, argument_count, 0, first, second, 0, 0};
	struct note returned = {&map,  verb,   is_kept, argument_count, result_count,
				first, second, result,  other};
	bool is_so = strcmp(order, "cwr") == 0;

	is_so = is_so && memcmp(&call, &called, sizeof(call)) == 0;
	/* What is not kept tells no result. */
	if (!is_kept)
		ret.result_count = ret.result = ret.other = 0;
	is_so = is_so && memcmp(&ret, &returned, sizeof(ret)) == 0;
	memset(order, 0, sizeof(order));
	return is_so;
}

enum { KEY = 7 };

static void readers_write_down_what_they_found(void)
{
	uint64_t value = 5;

	TEST_CHECK(!numbers_load(&map, KEY, &value) && value == 5);
	TEST_CHECK(was(AFIELD__WATCH_MAP_LOAD, 1, KEY, 0, 1, 0, 0, 0));
	TEST_CHECK(!numbers_contains(&map, KEY));
	TEST_CHECK(was(AFIELD__WATCH_MAP_LOAD, 1, KEY, 0, 1, 0, 0, 0));
	TEST_CHECK(numbers_set(&map, KEY, 11) == 0);
	memset(order, 0, sizeof(order));
	TEST_CHECK(numbers_load(&map, KEY, &value) && value == 11);
	TEST_CHECK(was(AFIELD__WATCH_MAP_LOAD, 1, KEY, 0, 1, 1, 11, 0));
	TEST_CHECK(numbers_contains(&map, KEY)); /* which value, it does not know */
	TEST_CHECK(was(AFIELD__WATCH_MAP_LOAD, 1, KEY, 0, 0, 0, 0, 0));
}

static void writers_write_down_what_was_there(void)
{
	uint64_t old = 5;

	numbers_clear(&map);
	TEST_CHECK(was(AFIELD__WATCH_MAP_CLEAR, 0, 0, 0, 1, 0, 0, 0));
	TEST_CHECK(numbers_exchange(&map, KEY, 11, &old) == 0 && old == 5);
	TEST_CHECK(was(AFIELD__WATCH_MAP_EXCHANGE, 2, KEY, 11, 1, 0, 0, 0));
	TEST_CHECK(numbers_exchange(&map, KEY, 12, &old) == 1 && old == 11);
	TEST_CHECK(was(AFIELD__WATCH_MAP_EXCHANGE, 2, KEY, 12, 1, 1, 11, 0));
	TEST_CHECK(numbers_set(&map, KEY, 13) == 1);
	TEST_CHECK(was(AFIELD__WATCH_MAP_EXCHANGE, 2, KEY, 13, 1, 1, 12, 0));
	old = 5;
	TEST_CHECK(numbers_remove(&map, KEY, &old) && old == 13);
	TEST_CHECK(was(AFIELD__WATCH_MAP_REMOVE, 1, KEY, 0, 1, 1, 13, 0));
	TEST_CHECK(!numbers_remove(&map, KEY, &old) && old == 13);
	TEST_CHECK(was(AFIELD__WATCH_MAP_REMOVE, 1, KEY, 0, 1, 0, 0, 0));
	TEST_CHECK(!numbers_remove(&map, KEY, NULL));
	TEST_CHECK(was(AFIELD__WATCH_MAP_REMOVE, 1, KEY, 0, 1, 0, 0, 0));
	TEST_CHECK(numbers_set(&map, KEY, 14) == 0 && numbers_count(&map) == 1);
	memset(order, 0, sizeof(order));
	TEST_CHECK(numbers_remove(&map, KEY, NULL));
	TEST_CHECK(was(AFIELD__WATCH_MAP_REMOVE, 1, KEY, 0, 1, 1, 14, 0));
}

static void changers_write_down_both_values(void)
{
	uint64_t value = 11;

	TEST_CHECK(numbers_compare_exchange(&map, KEY, &value, 12) == -ENODATA);
	TEST_CHECK(was(AFIELD__WATCH_MAP_COMPARE, 2, KEY, 12, 1, 0, 0, 0));
	TEST_CHECK(numbers_get_or_insert(&map, KEY, 11, &value) == 1 && value == 11);
	TEST_CHECK(was(AFIELD__WATCH_MAP_INSERT, 2, KEY, 11, 1, 0, 0, 0));
	TEST_CHECK(numbers_get_or_insert(&map, KEY, 12, &value) == 0 && value == 11);
	TEST_CHECK(was(AFIELD__WATCH_MAP_INSERT, 2, KEY, 12, 1, 1, 11, 0));
	value = 10;
	TEST_CHECK(numbers_compare_exchange(&map, KEY, &value, 12) == 0 && value == 11);
	TEST_CHECK(was(AFIELD__WATCH_MAP_COMPARE, 2, KEY, 12, 1, 2, 11, 0));
	TEST_CHECK(numbers_compare_exchange(&map, KEY, &value, 12) == 1 && value == 11);
	TEST_CHECK(was(AFIELD__WATCH_MAP_COMPARE, 2, KEY, 12, 1, 2, 11, 1));
}

/* Out of memory, a write has changed nothing, and is not kept. */
static void what_fails_is_not_kept(void)
{
	uint64_t value = 12;

	failure = -ENOMEM;
	TEST_CHECK(numbers_set(&map, KEY, 13) == -ENOMEM);
	TEST_CHECK(was(AFIELD__WATCH_MAP_EXCHANGE, 2, KEY, 13, 0, 0, 0, 0));
	TEST_CHECK(numbers_get_or_insert(&map, KEY, 13, &value) == -ENOMEM);
	TEST_CHECK(was(AFIELD__WATCH_MAP_INSERT, 2, KEY, 13, 0, 0, 0, 0));
	TEST_CHECK(numbers_compare_exchange(&map, KEY, &value, 13) == -ENOMEM);
	TEST_CHECK(was(AFIELD__WATCH_MAP_COMPARE, 2, KEY, 13, 0, 0, 0, 0));
	failure = 0;
}

static int add(int32_t key, const uint64_t *value, void *sum)
{
	*(uint64_t *)sum += (uint64_t)key * *value;
	return 0;
}

static void the_rest_is_passed_on(void)
{
	uint64_t sum = 0;

	TEST_CHECK(numbers_type() == numbers__plain_type());
	TEST_CHECK(numbers_set(&map, 2, 10) == 0);
	memset(order, 0, sizeof(order));
	TEST_CHECK(numbers_reserve(&map, 1000) == 0 && numbers_count(&map) == 2);
	TEST_CHECK(afield__map_buckets(&map.map) >= 1000);
	TEST_CHECK(numbers_walk(&map, add, &sum) == 0 && sum == KEY * 12 + 2 * 10);
	TEST_CHECK(!order[0]);
	(void)numbers_watch;
}

/* Keys of the same bytes are the same key, wherever the bytes are. */
static void a_key_of_bytes_is_its_bytes(void)
{
	char texts[3][4] = {"key", "key", "kez"};
	struct afield_bytes keys[3];

	for (int i = 0; i < 3; i++) {
		keys[i].data = texts[i];
		keys[i].size = 3;
	}
	TEST_CHECK(afield__watch_key(&keys[0], sizeof(keys[0])) ==
		   afield__watch_key(&keys[1], sizeof(keys[1])));
	TEST_CHECK(afield__watch_key(&keys[0], sizeof(keys[0])) !=
		   afield__watch_key(&keys[2], sizeof(keys[2])));
	TEST_CHECK(afield__watch_key(texts[0], 4) != afield__watch_key(texts[2], 4));
}

int main(void)
{
	TEST_RUN(readers_write_down_what_they_found);
	TEST_RUN(writers_write_down_what_was_there);
	TEST_RUN(changers_write_down_both_values);
	TEST_RUN(what_fails_is_not_kept);
	TEST_RUN(the_rest_is_passed_on);
	TEST_RUN(a_key_of_bytes_is_its_bytes);
	numbers_fini(&map);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
