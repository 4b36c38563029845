/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of map.h: nobody waits for a thread that stopped, not even for one that
 * stopped inside a read section, or after it had claimed a shrink. And when a thread ends at any
 * point, the map is whole: what it had not linked is lost, and everything else is there.
 */
#include <afield/map.h>

#include "progress.h"

/* For LeakSanitizer: what a thread had in hand when it was ended is lost, and so it should be. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:afield__map_node_new\nleak:afield__map_table_make\nleak:afield__map_word_"
	       "new\n";
}

AFIELD_TYPE(number_map, map, long, long);

enum { FULL = 17 }; /* one more than the least table has buckets, so that writers double it */

static int see(long key, const long *value, void *unused)
{
	(void)key, (void)value, (void)unused;
	return 0;
}

static void get(void *field)
{
	long value;

	(void)number_map_load((number_map *)field, 1, &value);
}
static void contains(void *field)
{
	(void)number_map_contains((number_map *)field, 1);
}
static void set(void *field)
{
	TEST_CHECK(number_map_set((number_map *)field, 1, 2) >= 0);
}
static void set_another(void *field)
{
	TEST_CHECK(number_map_set((number_map *)field, 100, 2) >= 0);
}
static void get_or_insert(void *field)
{
	TEST_CHECK(number_map_get_or_insert((number_map *)field, 101, 2, NULL) >= 0);
}
static void compare_exchange(void *field)
{
	long expected = 1;

	(void)number_map_compare_exchange((number_map *)field, 1, &expected, 2);
}
static void take_out(void *field)
{
	(void)number_map_remove((number_map *)field, 1, NULL);
}
static void walk(void *field)
{
	TEST_CHECK(number_map_walk((number_map *)field, see, NULL) == 0);
}
static void len(void *field)
{
	TEST_CHECK(number_map_count((number_map *)field) <= FULL + 2);
}
static void clear(void *field)
{
	number_map_clear((number_map *)field);
}

static const struct schedule_operation operations[] = {
	PROGRESS(get, WAIT_FREE), /* load */
	PROGRESS(contains, WAIT_FREE),
	PROGRESS(set, LOCK_FREE),
	PROGRESS(set_another, LOCK_FREE),
	PROGRESS(get_or_insert, LOCK_FREE),
	PROGRESS(compare_exchange, LOCK_FREE),
	PROGRESS(take_out, LOCK_FREE), /* remove */
	PROGRESS(walk, WAIT_FREE),
	PROGRESS(len, WAIT_FREE), /* count */
	PROGRESS(clear, LOCK_FREE),
};

static void fill(void *field)
{
	for (long i = 0; i < FULL - 1; i++)
		TEST_CHECK(number_map_set((number_map *)field, i, 1) == 0);
}

static void finish(void *field)
{
	number_map_fini((number_map *)field);
}

/* Wide values, which come and go with their nodes. */
struct wide {
	long first, second;
};
AFIELD_TYPE(wide_map, map, long, struct wide);

static const struct wide one = {1, 1}, other = {2, 2};

static void get_wide(void *field)
{
	struct wide value;

	(void)wide_map_load((wide_map *)field, 1, &value);
}
static void set_wide(void *field)
{
	TEST_CHECK(wide_map_set((wide_map *)field, 1, other) >= 0);
}
static void compare_exchange_wide(void *field)
{
	struct wide expected = one;

	(void)wide_map_compare_exchange((wide_map *)field, 1, &expected, other);
}
static void take_out_wide(void *field)
{
	(void)wide_map_remove((wide_map *)field, 1, NULL);
}
static int see_wide(long key, const struct wide *value, void *unused)
{
	(void)key, (void)value, (void)unused;
	return 0;
}
static void walk_wide(void *field)
{
	TEST_CHECK(wide_map_walk((wide_map *)field, see_wide, NULL) == 0);
}
static const struct schedule_operation wide_operations[] = {
	PROGRESS(get_wide, WAIT_FREE), /* load */
	PROGRESS(set_wide, LOCK_FREE),      PROGRESS(compare_exchange_wide, LOCK_FREE),
	PROGRESS(take_out_wide, LOCK_FREE), /* remove */
	PROGRESS(walk_wide, WAIT_FREE),
};

static void fill_wide(void *field)
{
	for (long i = 0; i < 4; i++)
		TEST_CHECK(wide_map_set((wide_map *)field, i, one) == 0);
}
static void finish_wide(void *field)
{
	wide_map_fini((wide_map *)field);
}

PROGRESS_TEST(claims_hold_for_wide_values, wide_operations, wide_map, fill_wide, finish_wide);

PROGRESS_TEST(claims_hold, operations, number_map, fill, finish);

static void claims_hold_for_the_first_write(void)
{
	PROGRESS_HOLDS(operations, number_map, NULL, finish);
	afield_barrier();
}

static int count_one(long key, const long *value, void *argument)
{
	(void)key;
	TEST_CHECK(*value == 1 || *value == 2);
	++*(long *)argument;
	return 0;
}

/* Every operation still works, and the elements are those that were there, but for one at most. */
static void map_is_whole(number_map *map, const struct schedule_operation *ended)
{
	long left = 0, value = 0;

	TEST_CHECK(number_map_walk(map, count_one, &left) == 0);
	TEST_CHECK(ended->run == clear || (left >= FULL - 2 && left <= FULL));
	for (int i = 0; i < PROGRESS_COUNT(operations); i++)
		operations[i].run(map);
	for (long i = 0; i < FULL; i++)
		TEST_CHECK(number_map_set(map, i, 1) >= 0 && number_map_load(map, i, &value));
}

static void a_thread_ends_inside(void)
{
	for (int i = 0; i < PROGRESS_COUNT(operations); i++) {
		long at = 1;
		bool has_ended;

		do {
			number_map map;

			memset(&map, 0, sizeof(map));
			fill(&map);
			has_ended =
				schedule_fault(at, operations[i].run, schedule_end_thread, &map);
			map_is_whole(&map, &operations[i]);
			number_map_fini(&map);
			TEST_CHECK(afield_barrier() == 0);
		} while (has_ended && at++);
		printf("  %-18s ended at each of %2ld accesses\n", operations[i].name, at - 1);
		TEST_CHECK(at > 1);
	}
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(claims_hold_for_wide_values);
	TEST_RUN(claims_hold_for_the_first_write);
	TEST_RUN(a_thread_ends_inside);
	return test_done();
}
