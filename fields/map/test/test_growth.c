/* SPDX-License-Identifier: MIT */
/*
 * How full a map's buckets are: while it grows, for which it asks nobody; when the thread that
 * reclaims cannot run, because a reader stays in its section; and when room was reserved.
 */
#include <afield/map.h>

#include "reader.h"
#include "test.h"

#include <errno.h>
#include <unistd.h>

AFIELD_TYPE(number_map, map, int64_t, int64_t);

static size_t buckets_of(const number_map *map)
{
	return afield__map_buckets(&map->map);
}

/* Sets keys from `first` up to `last`; returns the most elements a bucket that there were. */
static size_t fill(number_map *map, int64_t first, int64_t last)
{
	size_t most = 0;

	for (int64_t key = first; key < last; key++) {
		TEST_CHECK(number_map_set(map, key, -key) == 0);
		if (number_map_count(map) / buckets_of(map) > most)
			most = number_map_count(map) / buckets_of(map);
	}
	return most;
}

static void finish(number_map *map, int64_t count)
{
	int64_t value;

	for (int64_t key = 0; key < count; key++)
		TEST_CHECK(number_map_load(map, key, &value) && value == -key);
	number_map_fini(map);
	TEST_CHECK(afield_barrier() == 0);
}

/* No callback runs between the sets: each leaves a table that is large enough. */
static void a_map_grows_at_once(void)
{
	enum { COUNT = 100000 };
	number_map map;

	memset(&map, 0, sizeof(map));
	TEST_CHECK(fill(&map, 0, COUNT) <= 1);
	TEST_CHECK(buckets_of(&map) >= COUNT);
	finish(&map, COUNT);
}

static void a_reader_that_stays_does_not_stop_growth(void)
{
	enum { COUNT = 200000 };
	number_map map;
	struct reader reader;

	memset(&map, 0, sizeof(map));
	reader.depth = 1;
	reader_park(&reader);
	TEST_CHECK(fill(&map, 0, COUNT) <= 1);
	reader_leave(&reader);
	finish(&map, COUNT);
}

/* What is reserved is there at once, and stays; and a smaller number takes it back. */
static void room_is_reserved(void)
{
	enum { COUNT = 20000 };
	number_map map;
	size_t buckets;

	memset(&map, 0, sizeof(map));
	TEST_CHECK(number_map_reserve(&map, COUNT) == 0);
	buckets = buckets_of(&map);
	TEST_CHECK(buckets >= COUNT && number_map_count(&map) == 0);
	TEST_CHECK(fill(&map, 0, COUNT) <= 1);
	TEST_CHECK(buckets_of(&map) == buckets);
	number_map_clear(&map);
	for (int i = 0; i < 3; i++)
		TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(buckets_of(&map) == buckets);
	TEST_CHECK(number_map_reserve(&map, 0) == 0);
	TEST_CHECK(number_map_set(&map, 0, 0) == 0);
	for (int i = 0; i < 4; i++)
		TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(buckets_of(&map) < COUNT / 8);
	finish(&map, 1);
}

static number_map of_cancelled;
static int was_cancelled_after; /* the map was made and had grown; read when the thread is joined */

/* It has returned when the thread goes: AddressSanitizer would take what a frame leaves behind for a
 * frame that is there. */
static __attribute__((noinline)) void make_and_grow_now(void)
{
	TEST_CHECK(number_map_set(&of_cancelled, 0, 0) == 0);
	TEST_CHECK(number_map_reserve(&of_cancelled, 100000) == 0);
	TEST_CHECK(fill(&of_cancelled, 1, 40000) <= 1);
}

static void *make_and_grow(void *unused)
{
	pthread_cancel(pthread_self());
	make_and_grow_now();
	was_cancelled_after = 1;
	pthread_testcancel();
	was_cancelled_after = 0;
	return unused;
}

/* No write is a cancellation point: neither is a table lost, nor a part of one. */
static void a_cancelled_thread_ends_what_it_began(void)
{
	pthread_t thread;

	memset(&of_cancelled, 0, sizeof(of_cancelled));
	if (pthread_create(&thread, NULL, make_and_grow, NULL))
		abort();
	pthread_join(thread, NULL);
	TEST_CHECK(was_cancelled_after);
	TEST_CHECK(number_map_reserve(&of_cancelled, 200000) == 0);
	TEST_CHECK(buckets_of(&of_cancelled) >= 200000);
	finish(&of_cancelled, 40000);
}

static void what_cannot_be_reserved_is_told(void)
{
	number_map map;

	memset(&map, 0, sizeof(map));
	TEST_CHECK(number_map_reserve(&map, SIZE_MAX) == -E2BIG);
	TEST_CHECK(number_map_reserve(&map, ((size_t)1 << 40) + 1) == -E2BIG);
	TEST_CHECK(fill(&map, 0, 100) <= 1);
	TEST_CHECK(buckets_of(&map) < 1000);
	finish(&map, 100);
}

/* Threads reserve and fill at once. Whoever finds another at it leaves it to that one. */
static number_map shared;
static void fill_part(void *unused, int index)
{
	(void)unused;
	TEST_CHECK(number_map_reserve(&shared, (size_t)index * 10000) == 0);
	for (int64_t key = index * 10000; key < (index + 1) * 10000; key++)
		TEST_CHECK(number_map_set(&shared, key, -key) == 0);
}

static void threads_grow_one_map(void)
{
	enum { THREADS = 4 };

	test_threads(THREADS, fill_part, NULL);
	for (int i = 0; i < 3; i++)
		TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(number_map_count(&shared) == THREADS * 10000);
	TEST_CHECK(buckets_of(&shared) >= THREADS * 10000 / 2);
	finish(&shared, THREADS * 10000);
}

int main(void)
{
	TEST_RUN(a_cancelled_thread_ends_what_it_began); /* makes the first map of the process */
	TEST_RUN(a_map_grows_at_once);
	TEST_RUN(a_reader_that_stays_does_not_stop_growth);
	TEST_RUN(room_is_reserved);
	TEST_RUN(what_cannot_be_reserved_is_told);
	TEST_RUN(threads_grow_one_map);
	return test_done();
}
