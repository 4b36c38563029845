/* SPDX-License-Identifier: MIT */
/*
 * Every kind that can be watched, at full load: what is right is never reported, the checker comes
 * to an end, and there are many windows. Values are used again as a pool uses its buffers.
 */
#include <afield/atomic.h>
#include <afield/counter.h>
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/ring.h>
#include <afield/seqlock.h>
#include <afield/stack.h>

#include "load.h"

struct limit {
	uint64_t low, high;
};
struct job {
	uint64_t serial;
	uint64_t other;
	char name[9];
};
AFIELD_WATCHED(numbers, queue, uint64_t);
AFIELD_WATCHED(jobs, queue, struct job);
AFIELD_WATCHED(pool, stack, uint64_t);
AFIELD_WATCHED(line, ring, uint64_t, 16);
AFIELD_WATCHED(hits, counter, int64_t);
AFIELD_WATCHED(level, atomic_integer, int64_t);
AFIELD_WATCHED(marks, atomic_integer, uint32_t);
AFIELD_WATCHED(small, atomic_integer, int32_t);
AFIELD_WATCHED(place, atomic, void *);
AFIELD_WATCHED(table, map, int32_t, uint64_t);
AFIELD_WATCHED(names, map, afield_map_text, uint64_t);
AFIELD_WATCHED(limits, seqlock, struct limit);

#define WATCH(name)                                                                           \
	static struct afield_watch *watch_##name(void *field, unsigned one_in,                \
						 afield_watch_report *report, void *argument) \
	{                                                                                     \
		return name##_watch((const name *)field, one_in, report, argument);           \
	}
WATCH(numbers)
WATCH(jobs)
WATCH(pool)
WATCH(line)
WATCH(hits)
WATCH(level)
WATCH(marks)
WATCH(small)
WATCH(place)
WATCH(limits)
WATCH(table)
WATCH(names)

static void work_numbers(void *field, uint64_t next, uint64_t serial)
{
	uint64_t value;

	if (next % 2)
		(void)!numbers_push((numbers *)field, serial);
	else if (next % 64 == 0)
		(void)numbers_is_empty((numbers *)field);
	else
		(void)numbers_pop((numbers *)field, &value);
	if (next % 4096 == 0)
		numbers_clear((numbers *)field);
}

static void work_jobs(void *field, uint64_t next, uint64_t serial)
{
	struct job job = {serial, 7, "job"};
	struct timespec soon = {0, 0};

	if (next % 16 < 7)
		(void)!jobs_push((jobs *)field, job);
	else if (next % 16 == 7)
		(void)!jobs_pop_wait((jobs *)field, &job, &soon);
	else
		(void)jobs_pop((jobs *)field, &job);
}

/* What is popped is pushed again, by whoever has it. */
static void work_pool(void *field, uint64_t next, uint64_t serial)
{
	static __thread uint64_t mine[4];
	uint64_t *buffer = &mine[next / 2 % 4];

	if (*buffer == 0 && !pool_pop((pool *)field, buffer))
		*buffer = next % 64 == 0 ? serial : 0;
	else if (*buffer && pool_push((pool *)field, *buffer) == 0)
		*buffer = 0;
}

static void again(uint64_t *value, void *field)
{
	(void)!pool_push((pool *)field, *value);
}

static void work_all(void *field, uint64_t next, uint64_t serial)
{
	if (next % 64 == 0)
		(void)pool_pop_all((pool *)field, again, field);
	else if (next % 1024 == 1)
		pool_clear((pool *)field);
	else if (next % 1024 < 64)
		(void)!pool_push((pool *)field, serial);
	else
		(void)pool_is_empty((pool *)field);
}

static void work_line(void *field, uint64_t next, uint64_t serial)
{
	uint64_t value;
	struct timespec soon = {0, 0};

	if (next % 32 == 0)
		(void)!line_push_wait((line *)field, serial, &soon);
	else if (next % 2)
		(void)!line_push((line *)field, serial);
	else
		(void)line_pop((line *)field, &value);
	if (next % 4096 == 0)
		line_clear((line *)field);
}

static void work_hits(void *field, uint64_t next, uint64_t serial)
{
	(void)serial;
	if (next % 4)
		hits_add((hits *)field, 1);
	else
		(void)hits_sum((hits *)field);
}

static int64_t twice(int64_t old, void *argument)
{
	(void)argument;
	return (int64_t)((uint64_t)old * 2);
}

#define VERBS(name, T)                                                   \
	T value = (T)(serial % 5), seen = (T)(next / 16 % 5);            \
	name *it = (name *)field;                                        \
	switch (next % 12) {                                             \
	case 0:                                                          \
		name##_store(it, value);                                 \
		return;                                                  \
	case 1:                                                          \
		(void)name##_exchange(it, value);                        \
		return;                                                  \
	case 2:                                                          \
		(void)name##_compare_exchange(it, &seen, value);         \
		return;                                                  \
	case 3:                                                          \
		(void)name##_compare_exchange_acq_rel(it, &seen, value); \
		return;                                                  \
	case 4:                                                          \
		(void)name##_fetch_add(it, value);                       \
		return;                                                  \
	case 5:                                                          \
		(void)name##_fetch_sub_relaxed(it, value);               \
		return;                                                  \
	case 6:                                                          \
		(void)name##_fetch_max(it, value);                       \
		return;                                                  \
	case 7:                                                          \
		(void)name##_fetch_min(it, value);                       \
		return;                                                  \
	case 8:                                                          \
		(void)name##_fetch_xor(it, value);                       \
		return;                                                  \
	default:                                                         \
		(void)name##_load(it);                                   \
	}

static void work_level(void *field, uint64_t next, uint64_t serial)
{
	if (next % 128 == 0)
		(void)level_update((level *)field, twice, NULL);
	VERBS(level, int64_t)
}
static void work_marks(void *field, uint64_t next, uint64_t serial)
{
	VERBS(marks, uint32_t)
}
static void work_small(void *field, uint64_t next, uint64_t serial)
{
	VERBS(small, int32_t)
}

static void work_place(void *field, uint64_t next, uint64_t serial)
{
	void *seen = place_load_acquire((place *)field);
	void *value = (void *)(uintptr_t)serial;

	if (next % 3 == 0)
		(void)place_compare_exchange((place *)field, &seen, value);
	else if (next % 3 == 1)
		place_store_release((place *)field, value);
}

static bool raise_low(struct limit *value, void *argument)
{
	value->high = ++value->low ^ (uintptr_t)argument;
	return value->low % 4 != 0;
}

static void work_limits(void *field, uint64_t next, uint64_t serial)
{
	struct limit value = {next / 8 % 3, serial % 2};
	limits *it = (limits *)field;

	switch (next % 8) {
	case 0:
		limits_store(it, value);
		return;
	case 1:
		(void)limits_exchange(it, value);
		return;
	case 2:
		(void)limits_update(it, raise_low, (void *)(uintptr_t)(next % 8));
		return;
	case 3:
		(void)limits_try_load(it, &value);
		return;
	default:
		(void)limits_load(it);
	}
}

static void work_table(void *field, uint64_t next, uint64_t serial)
{
	int32_t key = (int32_t)(next / 16 % 3);
	uint64_t value = serial % 3;
	table *it = (table *)field;

	switch (next % 8) {
	case 0:
		(void)!table_set(it, key, value);
		return;
	case 1:
		(void)!table_exchange(it, key, serial, &value);
		return;
	case 2:
		(void)table_remove(it, key, next % 16 < 8 ? &value : NULL);
		return;
	case 3:
		(void)!table_get_or_insert(it, key, serial, &value);
		return;
	case 4:
		(void)!table_compare_exchange(it, key, &value, serial);
		return;
	case 5:
		(void)table_contains(it, key);
		return;
	default:
		(void)table_load(it, key, &value);
	}
}

static void work_names(void *field, uint64_t next, uint64_t serial)
{
	static const char *const texts[] = {"one", "two"};
	struct afield_bytes key = {texts[next / 4 % 2], 3};
	uint64_t value;

	if (next % 4 == 0)
		(void)!names_set((names *)field, key, serial);
	else if (next % 4 == 1)
		(void)names_remove((names *)field, key, NULL);
	else
		(void)names_load((names *)field, key, &value);
}

static numbers a_queue;
static jobs a_job_queue;
static pool a_pool, another_pool;
static line a_ring;
static hits a_counter;
static level a_level;
static marks a_word;
static small a_small;
static place a_place;
static limits a_seqlock;
static table a_map;
static names a_text_map;

static struct load loads[] = {
	{watch_numbers, work_numbers, &a_queue, 2, 0, 0, NULL},
	{watch_jobs, work_jobs, &a_job_queue, 4, 0, 0, NULL},
	{watch_pool, work_pool, &a_pool, 8, 0, 0, NULL},
	{watch_pool, work_all, &another_pool, 3, 0, 0, NULL},
	{watch_line, work_line, &a_ring, 4, 0, 0, NULL},
	{watch_hits, work_hits, &a_counter, 4, 0, 0, NULL},
	{watch_level, work_level, &a_level, 2, 0, 0, NULL},
	{watch_level, work_level, &a_level, 8, 0, 0, NULL},
	{watch_marks, work_marks, &a_word, 3, 0, 0, NULL},
	{watch_small, work_small, &a_small, 3, 0, 0, NULL},
	{watch_place, work_place, &a_place, 4, 0, 0, NULL},
	{watch_limits, work_limits, &a_seqlock, 3, 0, 0, NULL},
	{watch_table, work_table, &a_map, 4, 0, 0, NULL},
	{watch_names, work_names, &a_text_map, 2, 0, 0, NULL},
};

static void show(size_t i, const struct afield_watch_counts *counts)
{
	printf("%zu: %d threads, %llu windows, %llu operations, %llu unknown, %llu skipped, "
	       "%d reports\n",
	       i, loads[i].threads, (unsigned long long)counts->windows,
	       (unsigned long long)counts->operations, (unsigned long long)counts->unknown,
	       (unsigned long long)counts->skipped, loads[i].reports);
}

static void nothing_is_reported(void)
{
	const uint64_t windows = (uint64_t)test_scaled(101);

	for (size_t i = 0; i < sizeof(loads) / sizeof(*loads); i++) {
		uint64_t judged = 0;
		char path[64];

		(void)snprintf(path, sizeof(path), "watch.sound.%zu.history", i);
		loads[i].path = path;
		/* Where a sanitizer holds threads up inside operations, a few windows in a row may
		 * be too hard. */
		for (struct test_tries tries = {0}; judged < windows && test_try(&tries);) {
			struct afield_watch_counts counts;

			loads[i].ends = 0;
			load_watch(&loads[i], windows, 60.0 * (double)(1 + windows / 500), &counts);
			judged += counts.windows - counts.unknown;
			show(i, &counts);
			TEST_CHECK(loads[i].reports == 0);
			TEST_CHECK(counts.violations == 0);
			TEST_CHECK(counts.windows >= windows);
			TEST_CHECK(counts.unknown * 2 < counts.windows || windows < 100);
			TEST_CHECK(counts.operations > counts.windows * 10);
		}
		TEST_CHECK(judged >= windows);
	}
}

int main(void)
{
	TEST_RUN(nothing_is_reported);
	return test_done();
}
