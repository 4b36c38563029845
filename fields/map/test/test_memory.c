/* SPDX-License-Identifier: MIT */
/*
 * map when out of memory: the operation says so, and the map is as it was.
 *
 * This program defines malloc, calloc and free, which the library then uses too, and gives threads a
 * budget of bytes: an allocation that would go over it fails, and what is freed comes back. That is
 * what a process sees that runs out of memory.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/map.h>

#include <errno.h>
#include <malloc.h>

#include "given_back.h"
#include "sanitizers.h"
#include "test.h"

/* The sanitizers' own malloc stays in force, and nothing fails. */
#define HAS_BUDGET !(SANITIZERS_ADDRESS || SANITIZERS_THREAD)

enum scope { NOBODY, THIS_THREAD, THE_OTHERS, EVERYBODY };
static int scope;    /* __atomic; whose budget it is */
static long budget;  /* __atomic; bytes left */
static long refused; /* __atomic */
static __thread int is_main;
/* EVERYBODY's budget is for pieces that are not small: a node is, and buckets are not. */
enum { SMALL = 128 };

#if HAS_BUDGET
#ifdef __cplusplus
#define NOTHROW noexcept
extern "C" {
#else
#define NOTHROW
#endif
void *__libc_malloc(size_t size) NOTHROW;
void *__libc_calloc(size_t count, size_t size) NOTHROW;
void __libc_free(void *memory) NOTHROW;

static int is_budgeted(size_t size)
{
	int whose = __atomic_load_n(&scope, __ATOMIC_RELAXED);

	if (whose == EVERYBODY)
		return size > SMALL;
	return whose != NOBODY && (whose == THIS_THREAD) == is_main;
}

static int may_have(size_t size)
{
	if (!is_budgeted(size) || __atomic_load_n(&budget, __ATOMIC_RELAXED) >= (long)size)
		return 1;
	__atomic_fetch_add(&refused, 1, __ATOMIC_RELAXED);
	errno = ENOMEM;
	return 0;
}

static void *charged(void *memory)
{
	if (memory && is_budgeted(malloc_usable_size(memory)))
		__atomic_fetch_sub(&budget, (long)malloc_usable_size(memory), __ATOMIC_RELAXED);
	return memory;
}

void *malloc(size_t size) NOTHROW
{
	return may_have(size) ? charged(__libc_malloc(size)) : NULL;
}
void *calloc(size_t count, size_t size) NOTHROW
{
	return may_have(count * size) ? charged(__libc_calloc(count, size)) : NULL;
}
void free(void *memory) NOTHROW
{
	if (memory && is_budgeted(malloc_usable_size(memory)))
		__atomic_fetch_add(&budget, (long)malloc_usable_size(memory), __ATOMIC_RELAXED);
	__libc_free(memory);
}
#ifdef __cplusplus
}
#endif
#endif

static void allow(enum scope whose, long bytes)
{
	__atomic_store_n(&budget, bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&scope, whose, __ATOMIC_RELAXED);
}

AFIELD_TYPE(number_map, map, int64_t, int64_t);
AFIELD_TYPE(text_map, map, afield_map_text, int64_t);
struct wide {
	int64_t low, high;
};
AFIELD_TYPE(wide_map, map, int64_t, struct wide);

static long error_mappings(void)
{
	return __atomic_exchange_n(&refused, 0, __ATOMIC_RELAXED);
}

/* The first write allocates a table and a node; whatever it does not get, it says -ENOMEM. */
static void the_first_write_fails_and_leaves_an_empty_map(void)
{
	long failures = 0, successes = 0;
	int64_t value = 5;

	for (long bytes = 0; HAS_BUDGET && bytes < 8192; bytes += 8) {
		number_map map;
		int done;

		memset(&map, 0, sizeof(map));
		allow(THIS_THREAD, bytes);
		done = bytes % 16 ? number_map_set(&map, 1, 2)
				  : number_map_get_or_insert(&map, 1, 2, NULL) - 1;
		allow(NOBODY, 0);
		failures += done == -ENOMEM || done == -ENOMEM - 1;
		successes += done == 0;
		TEST_CHECK((error_mappings() > 0) == (done != 0));
		TEST_CHECK(number_map_count(&map) == (done == 0));
		TEST_CHECK(number_map_load(&map, 1, &value) == (done == 0));
		TEST_CHECK(number_map_set(&map, 1, 3) == (done == 0));
		number_map_fini(&map);
	}
	printf("  %ld failed, %ld did not\n", failures, successes);
	TEST_CHECK(!HAS_BUDGET || (failures > 50 && successes > 100));
}

static void a_full_process_reads_and_removes(void)
{
	number_map map;
	text_map texts;
	wide_map wides;
	afield_map_text text = {"a key", 5};
	struct wide expected = {5, 6}, other = {7, 8};
	int64_t value = 0;

	if (!HAS_BUDGET)
		return;
	memset(&map, 0, sizeof(map));
	memset(&texts, 0, sizeof(texts));
	memset(&wides, 0, sizeof(wides));
	TEST_CHECK(wide_map_set(&wides, 1, expected) == 0);
	TEST_CHECK(number_map_set(&map, 1, 10) == 0 && number_map_set(&map, 2, 20) == 0);
	TEST_CHECK(text_map_set(&texts, text, 7) == 0);
	allow(THIS_THREAD, 0);
	TEST_CHECK(number_map_set(&map, 3, 30) == -ENOMEM);
	TEST_CHECK(number_map_get_or_insert(&map, 3, 30, &value) == -ENOMEM && value == 0);
	TEST_CHECK(number_map_get_or_insert(&map, 1, 30, &value) == 0 && value == 10);
	TEST_CHECK(wide_map_set(&wides, 1, other) == -ENOMEM);
	TEST_CHECK(wide_map_compare_exchange(&wides, 1, &expected, other) == -ENOMEM);
	TEST_CHECK(wide_map_load(&wides, 1, &expected) && expected.high == 6);
	TEST_CHECK(error_mappings() == 4);
	/* A value in place is written without memory. */
	TEST_CHECK(number_map_set(&map, 1, 11) == 1);
	TEST_CHECK(number_map_compare_exchange(&map, 1, &value, 12) == 0 && value == 11);
	TEST_CHECK(number_map_compare_exchange(&map, 1, &value, 12) == 1);
	TEST_CHECK(text_map_set(&texts, text, 8) == 1);
	TEST_CHECK(text_map_load(&texts, text, &value) && value == 8);
	TEST_CHECK(number_map_count(&map) == 2 && !number_map_contains(&map, 3));
	TEST_CHECK(number_map_remove(&map, 1, &value) && value == 12);
	TEST_CHECK(wide_map_remove(&wides, 1, NULL));
	number_map_clear(&map);
	TEST_CHECK(number_map_count(&map) == 0 && error_mappings() == 0);
	allow(NOBODY, 0);
	number_map_fini(&map);
	text_map_fini(&texts);
	wide_map_fini(&wides);
}

/* Whoever doubles it is refused: the table stays as it is, longer chains and all. */
static void a_table_that_cannot_grow_is_still_a_table(void)
{
	enum { COUNT = 3000, PLENTY = 1 << 30 };
	number_map map;
	int64_t value;
	size_t buckets;

	memset(&map, 0, sizeof(map));
	TEST_CHECK(number_map_set(&map, 0, 0) == 0);
	buckets = afield__map_buckets(&map.map);
	afield_barrier();      /* what is freed later would add to the budget */
	allow(EVERYBODY, 200); /* a doubling takes 256 at least */
	for (int64_t key = 0; key < COUNT; key++)
		TEST_CHECK(number_map_set(&map, key, -key) >= 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(!HAS_BUDGET || error_mappings() > 0);
	TEST_CHECK(!HAS_BUDGET || afield__map_buckets(&map.map) == buckets);
	for (int64_t key = 0; key < COUNT; key++)
		TEST_CHECK(number_map_load(&map, key, &value) && value == -key);
	allow(EVERYBODY, PLENTY);
	TEST_CHECK(number_map_set(&map, COUNT, 1) == 0);
	for (int i = 0; i < 5; i++)
		TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield__map_buckets(&map.map) > COUNT);
	/* It is memory, not a number: a bucket is 16 bytes. */
	TEST_CHECK(!HAS_BUDGET || __atomic_load_n(&budget, __ATOMIC_RELAXED) < PLENTY - COUNT * 16);
	allow(NOBODY, 0);
	for (int64_t key = 0; key < COUNT; key++)
		TEST_CHECK(number_map_load(&map, key, &value) && value == -key);
	number_map_fini(&map);
}

/* Every budget for who doubles it: enough for some of the doublings, or in between. */
static void a_table_grows_as_far_as_it_can(void)
{
	for (long bytes = 0; bytes < 20000; bytes += 500) {
		number_map map;

		memset(&map, 0, sizeof(map));
		for (int64_t key = 0; key < 14; key++)
			TEST_CHECK(number_map_set(&map, key, -key) == 0);
		allow(EVERYBODY, bytes);
		for (int64_t key = 14; key < 300; key++)
			TEST_CHECK(number_map_set(&map, key, -key) == 0);
		TEST_CHECK(!HAS_BUDGET || bytes || number_map_reserve(&map, 5000) == -ENOMEM);
		TEST_CHECK(afield_barrier() == 0);
		TEST_CHECK(afield_barrier() == 0);
		for (int64_t key = 0; key < 300; key++)
			TEST_CHECK(number_map_contains(&map, key));
		number_map_fini(&map);
		TEST_CHECK(afield_barrier() == 0);
		allow(NOBODY, 0);
	}
}

AFIELD_TYPE(page_map, map, int64_t, struct given_back_value);

static page_map pages;

/* Each way to take an element out, or to put another in its place. */
static void nodes_come_and_go(void)
{
	static struct given_back_value page, old;

	for (int64_t key = 0; key < 5; key++)
		TEST_CHECK(page_map_set(&pages, key, page) == 0);
	TEST_CHECK(page_map_set(&pages, 0, page) == 1);
	TEST_CHECK(page_map_remove(&pages, 0, &old) && page_map_remove(&pages, 1, NULL));
	TEST_CHECK(!page_map_remove(&pages, 0, &old));
	page_map_clear(&pages);
	TEST_CHECK(page_map_count(&pages) == 0);
}

/* And the field's end, which the table is part of. */
static void maps_come_and_go(void)
{
	static struct given_back_value page;

	nodes_come_and_go();
	TEST_CHECK(page_map_set(&pages, 7, page) == 0);
	page_map_fini(&pages);
}

static void elements_are_given_back(void)
{
	given_back(nodes_come_and_go);
	given_back_retires(nodes_come_and_go, 6 * sizeof(struct given_back_value));
	given_back(maps_come_and_go);
}

int main(void)
{
	is_main = 1;
	TEST_RUN(the_first_write_fails_and_leaves_an_empty_map);
	TEST_RUN(a_full_process_reads_and_removes);
	TEST_RUN(a_table_that_cannot_grow_is_still_a_table);
	TEST_RUN(a_table_grows_as_far_as_it_can);
	TEST_RUN(elements_are_given_back);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
