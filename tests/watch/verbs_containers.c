/* SPDX-License-Identifier: MIT */
/*
 * What every verb of a watched container writes down: as verbs.c, for queue, ring, stack and map.
 */
/* Of the verbs that are written here few are called. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunused-function"
#endif

#include <afield/map.h>
#include <afield/queue.h>
#include <afield/ring.h>
#include <afield/stack.h>

#include <errno.h>

#include "window.h"

/* The types: as in verbs.c -------------------------------------------------------------------- */

static int destroyed;
static uint32_t last_destroyed;
static void destroy(uint32_t *value)
{
	destroyed++;
	last_destroyed = *value;
}

AFIELD_TYPE(numbers__plain, queue, uint32_t, destroy);
#define numbers__plain_push(...) \
	(between(), is_refused ? -ENOMEM : numbers__plain_push(__VA_ARGS__))
#define numbers__plain_pop(...) (between(), numbers__plain_pop(__VA_ARGS__))
#define numbers__plain_pop_wait(...) (between(), numbers__plain_pop_wait(__VA_ARGS__))
#define numbers__plain_is_empty(...) (between(), numbers__plain_is_empty(__VA_ARGS__))
AFIELD__WATCH_QUEUE(numbers);

AFIELD_TYPE(line__plain, ring, uint32_t, 2, destroy);
#define line__plain_push(...) (between(), line__plain_push(__VA_ARGS__))
#define line__plain_push_wait(...) (between(), line__plain_push_wait(__VA_ARGS__))
#define line__plain_is_empty(...) (between(), line__plain_is_empty(__VA_ARGS__))
#define line__plain_pop(...) (between(), line__plain_pop(__VA_ARGS__))
AFIELD__WATCH_RING(line);

AFIELD_TYPE(pool__plain, stack, uint32_t, destroy);
#define pool__plain_push(...) (between(), is_refused ? -ENOMEM : pool__plain_push(__VA_ARGS__))
#define pool__plain_pop(...) (between(), pool__plain_pop(__VA_ARGS__))
#define pool__plain_is_empty(...) (between(), pool__plain_is_empty(__VA_ARGS__))
#define pool__plain_pop_all(...) (between(), pool__plain_pop_all(__VA_ARGS__))
AFIELD__WATCH_STACK(pool);

AFIELD_TYPE(table__plain, map, int32_t, uint64_t);
#define table__plain_load(...) (between(), table__plain_load(__VA_ARGS__))
#define table__plain_contains(...) (between(), table__plain_contains(__VA_ARGS__))
#define table__plain_exchange(...) \
	(between(), is_refused ? -ENOMEM : table__plain_exchange(__VA_ARGS__))
#define table__plain_remove(...) (between(), table__plain_remove(__VA_ARGS__))
#define table__plain_clear(...) (between(), table__plain_clear(__VA_ARGS__))
#define table__plain_get_or_insert(...) \
	(between(), is_refused ? -ENOMEM : table__plain_get_or_insert(__VA_ARGS__))
#define table__plain_compare_exchange(...) \
	(between(), is_refused ? -ENOMEM : table__plain_compare_exchange(__VA_ARGS__))
AFIELD__WATCH_MAP(table);

AFIELD_TYPE(names__plain, map, afield_map_text, uint64_t);
#define names__plain_load(...) (between(), names__plain_load(__VA_ARGS__))
AFIELD__WATCH_MAP(names);

static void types_know_their_models(void)
{
	TEST_CHECK(is_judged_by(&numbers__watch_type, "numbers", "queue", AFIELD__WATCH_ROW, 0));
	TEST_CHECK(is_judged_by(&line__watch_type, "line", "queue", AFIELD__WATCH_ROW, 0));
	TEST_CHECK(is_judged_by(&pool__watch_type, "pool", "stack", AFIELD__WATCH_ROW, 0));
	TEST_CHECK(is_judged_by(&table__watch_type, "table", "register", AFIELD__WATCH_KEYED, 0));
}

/* Kinds --------------------------------------------------------------------------------------- */

static const struct timespec long_ago = {0, 0};

/* What queue, stack and ring have in common. */
#define ROW(name, it)                                                                            \
	CASE(it, (void)0, TEST_CHECK(name##_is_empty(it)), true, AFIELD__WATCH_PEEK, 0, 0, {0},  \
	     {0});                                                                               \
	CASE(it, (void)0, TEST_CHECK(!name##_pop(it, &value)), true, AFIELD__WATCH_REMOVE, 0, 0, \
	     {0}, {0});                                                                          \
	CASE(it, name##_clear(it), TEST_CHECK(name##_push(it, 7) == 0), true, AFIELD__WATCH_ADD, \
	     1, 0, {7}, {0});                                                                    \
	TEST_CHECK(name##_count(it) == 1);                                                       \
	CASE(it, (void)0, TEST_CHECK(!name##_is_empty(it)), false, .verb = 0);                   \
	CASE(it, TEST_CHECK(name##_push(it, 8) == 0); name##_clear(it);                          \
	     TEST_CHECK(name##_push(it, 8) == 0),                                                \
	     TEST_CHECK(name##_pop(it, &value) && value == 8), true, AFIELD__WATCH_REMOVE, 0, 1, \
	     {0}, {8})

static void queues(void)
{
	static numbers a_queue;
	const struct line lines[] = {{1, 2, {AFIELD__WATCH_REMOVE, 0, 1, {0}, {1}}},
				     {3, 4, {AFIELD__WATCH_REMOVE, 0, 1, {0}, {2}}},
				     {5, 6, {AFIELD__WATCH_REMOVE, 0, 0, {0}, {0}}}};
	numbers *it = &a_queue;
	uint32_t value = 0;

	ROW(numbers, it);
	REFUSED(it, TEST_CHECK(numbers_push(it, 1) == -ENOMEM));
	CASE(it, TEST_CHECK(numbers_push(it, 9) == 0),
	     TEST_CHECK(numbers_pop_wait(it, &value, &long_ago) == 0 && value == 9), true,
	     AFIELD__WATCH_REMOVE, 0, 1, {0}, {9});
	CASE(it, (void)0, TEST_CHECK(numbers_pop_wait(it, &value, &long_ago) == -ETIMEDOUT), false,
	     .verb = 0);
	TEST_CHECK(numbers_push(it, 1) == 0 && numbers_push(it, 2) == 0);
	mode = WHOLE;
	destroyed = 0;
	open_window(it);
	numbers_clear(it);
	close_window(lines, 3, 6);
	TEST_CHECK(destroyed == 2 && last_destroyed == 2);
	numbers_fini(it);
}

static void rings(void)
{
	static line a_ring;
	line *it = &a_ring;
	uint32_t value = 0;

	TEST_CHECK(line_open(it, 4) == 0 && line_capacity(it) == 4);
	ROW(line, it);
	CASE(it, line_clear(it), TEST_CHECK(line_push_wait(it, 7, &long_ago) == 0), true,
	     AFIELD__WATCH_ADD, 1, 0, {7}, {0});
	while (line__plain_push(it, 8) == 0)
		;
	CASE(it, (void)0, TEST_CHECK(line_push_wait(it, 7, &long_ago) == -ETIMEDOUT), false,
	     .verb = 0);
	CASE(it, (void)0, TEST_CHECK(line_push(it, 7) != 0), false, .verb = 0);
	destroyed = 0;
	line_clear(it);
	TEST_CHECK(line_count(it) == 0 && destroyed == 4 && last_destroyed == 8);
	line_fini(it);
}

static uint32_t visited[MOST];
static unsigned visits;
static void visit(uint32_t *value, void *argument)
{
	TEST_CHECK(argument == (void *)visited && visits < MOST);
	visited[visits++ % MOST] = *value;
}

static void stacks(void)
{
	static pool a_stack;
	const struct line lines[] = {{1, 2, {AFIELD__WATCH_REMOVE, 0, 1, {0}, {3}}},
				     {0, 3, {AFIELD__WATCH_REMOVE, 0, 1, {0}, {2}}},
				     {0, 4, {AFIELD__WATCH_REMOVE, 0, 1, {0}, {1}}}};
	pool *it = &a_stack;
	uint32_t value = 0;

	ROW(pool, it);
	REFUSED(it, TEST_CHECK(pool_push(it, 1) == -ENOMEM));
	CASE(it, (void)0, TEST_CHECK(pool_pop_all(it, visit, visited) == 0), true,
	     AFIELD__WATCH_REMOVE, 0, 0, {0}, {0});
	CASE(it, TEST_CHECK(pool_push(it, 6) == 0);
	     visits = 0,
	     TEST_CHECK(pool_pop_all(it, visit, visited) == 1 && visits == 1 && visited[0] == 6),
	     true, AFIELD__WATCH_REMOVE, 0, 1, {0}, {6});
	/* The first of many has the entry of the begin. */
	mode = WHOLE;
	visits = 0;
	for (uint32_t i = 1; i <= 3; i++)
		TEST_CHECK(pool_push(it, i) == 0);
	open_window(it);
	TEST_CHECK(pool_pop_all(it, visit, visited) == 3);
	close_window(lines, 3, 4);
	TEST_CHECK(visits == 3 && visited[0] == 3 && visited[1] == 2 && visited[2] == 1);
	/* Where the window is full, none of them has one. */
	for (uint32_t i = 1; i <= 3; i++)
		TEST_CHECK(pool_push(it, i) == 0);
	open_window(it);
	(void)afield__watch_close(&window);
	destroyed = 0;
	pool_clear(it);
	close_window(NULL, 0, 0);
	TEST_CHECK(destroyed == 3 && last_destroyed == 1);
	pool_fini(it);
}

#define KEY 3
#define HAS_5 value = 1, TEST_CHECK(table_set(it, KEY, 5) >= 0)
#define HAS_NONE (void)table_remove(it, KEY, NULL)

static void maps(void)
{
	static table a_map;
	table *it = &a_map;
	uint64_t value = 0;

	CASE(it, HAS_NONE, TEST_CHECK(!table_load(it, KEY, &value)), true, AFIELD__WATCH_MAP_LOAD,
	     1, 0, {KEY}, {0});
	CASE(it, HAS_5, TEST_CHECK(table_load(it, KEY, &value) && value == 5), true,
	     AFIELD__WATCH_MAP_LOAD, 1, 1, {KEY}, {5});
	CASE(it, HAS_NONE, TEST_CHECK(!table_contains(it, KEY)), true, AFIELD__WATCH_MAP_LOAD, 1, 0,
	     {KEY}, {0});
	CASE(it, HAS_5, TEST_CHECK(table_contains(it, KEY)), false, .verb = 0);
	CASE(it, HAS_NONE, TEST_CHECK(table_set(it, KEY, 6) == 0), true, AFIELD__WATCH_MAP_EXCHANGE,
	     2, 0, {KEY, 6}, {0});
	CASE(it, HAS_5, TEST_CHECK(table_exchange(it, KEY, 6, &value) == 1 && value == 5), true,
	     AFIELD__WATCH_MAP_EXCHANGE, 2, 1, {KEY, 6}, {5});
	value = 1;
	CASE(it, HAS_NONE, TEST_CHECK(table_exchange(it, KEY, 6, &value) == 0 && value == 1), true,
	     AFIELD__WATCH_MAP_EXCHANGE, 2, 0, {KEY, 6}, {0});
	TEST_CHECK(table_load(it, KEY, &value) && value == 6);
	REFUSED(it, TEST_CHECK(table_set(it, KEY, 7) == -ENOMEM));
	value = 1;
	CASE(it, HAS_NONE, TEST_CHECK(!table_remove(it, KEY, &value) && value == 1), true,
	     AFIELD__WATCH_MAP_REMOVE, 1, 0, {KEY}, {0});
	CASE(it, HAS_5, TEST_CHECK(table_remove(it, KEY, &value) && value == 5), true,
	     AFIELD__WATCH_MAP_REMOVE, 1, 1, {KEY}, {5});
	CASE(it, HAS_5, table_clear(it), true, AFIELD__WATCH_MAP_CLEAR, 0, 0, {0}, {0});
	TEST_CHECK(table_count(it) == 0);
	table_fini(it);
}

static void maps_that_change(void)
{
	static table a_map;
	table *it = &a_map;
	uint64_t value = 0;

	CASE(it, HAS_NONE, TEST_CHECK(table_get_or_insert(it, KEY, 6, &value) == 1 && value == 6),
	     true, AFIELD__WATCH_MAP_INSERT, 2, 0, {KEY, 6}, {0});
	CASE(it, HAS_5, TEST_CHECK(table_get_or_insert(it, KEY, 6, &value) == 0 && value == 5),
	     true, AFIELD__WATCH_MAP_INSERT, 2, 1, {KEY, 6}, {5});
	REFUSED(it, TEST_CHECK(table_get_or_insert(it, KEY, 6, &value) == -ENOMEM));
#define COMPARE(from, result) \
	value = from;         \
	TEST_CHECK(table_compare_exchange(it, KEY, &value, 6) == (result))
	CASE(it, HAS_5, COMPARE(5, 1), true, AFIELD__WATCH_MAP_COMPARE, 2, 2, {KEY, 6}, {5, 1});
	CASE(it, HAS_5, COMPARE(4, 0), true, AFIELD__WATCH_MAP_COMPARE, 2, 2, {KEY, 6}, {5, 0});
	CASE(it, HAS_NONE, COMPARE(4, -ENODATA), true, AFIELD__WATCH_MAP_COMPARE, 2, 0, {KEY, 6},
	     {0});
	REFUSED(it, COMPARE(5, -ENOMEM));
	table_fini(it);
}

static void keys_of_bytes_are_hashed(void)
{
	static names a_map;
	names *it = &a_map;
	uint64_t value = 0;
	const struct afield_bytes key = {"a long name", 11};

	CASE(it, (void)0, TEST_CHECK(!names_load(it, key, &value)), true, AFIELD__WATCH_MAP_LOAD, 1,
	     0, {afield__watch_hash(key.data, key.size)}, {0});
	names_fini(it);
}

int main(void)
{
	TEST_RUN(types_know_their_models);
	TEST_RUN(queues);
	TEST_RUN(rings);
	TEST_RUN(stacks);
	TEST_RUN(maps);
	TEST_RUN(maps_that_change);
	TEST_RUN(keys_of_bytes_are_hashed);
	return test_done();
}
