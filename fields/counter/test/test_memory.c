/* SPDX-License-Identifier: MIT */
/*
 * counter when out of memory: it stays one word and counts all the same, and asks again at the next
 * collision. This program defines aligned_alloc, which the library then uses too.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/counter.h>

#include "given_back.h"
#include "replaced.h"
#include "test.h"

#include <dlfcn.h>
#include <errno.h>

static int is_failing; /* __atomic: calls fail */
static long refused;   /* __atomic: how many did */
static long given;     /* __atomic: how many did not */

REPLACED_BEGIN
/* A sanitizer's own, where there is one. */
void *__interceptor_aligned_alloc(size_t alignment, size_t size) __attribute__((weak));

void *aligned_alloc(size_t alignment, size_t size) NOTHROW
{
	void *found;
	void *(*next)(size_t alignment, size_t size);

	if (__atomic_load_n(&is_failing, __ATOMIC_RELAXED)) {
		__atomic_fetch_add(&refused, 1, __ATOMIC_RELAXED);
		errno = ENOMEM;
		return NULL;
	}
	__atomic_fetch_add(&given, 1, __ATOMIC_RELAXED);
	if (__interceptor_aligned_alloc)
		return __interceptor_aligned_alloc(alignment, size);
	found = dlsym(RTLD_NEXT, "aligned_alloc");
	memcpy(&next, &found, sizeof(next)); /* ISO C has no such cast */
	return next(alignment, size);
}
REPLACED_END

static afield_counter counter;

static void it_stays_one_word(void)
{
	__atomic_store_n(&is_failing, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < 10; i++) {
		afield_counter_add(&counter, 1);
		afield__counter_add_slow(&counter.counter, 2); /* as an addition that met another */
	}
	TEST_CHECK(refused == 10 && given == 0);
	TEST_CHECK(afield_counter_sum(&counter) == 30);
	TEST_CHECK(afield__counter_block(&counter.counter) == NULL);
}

static void it_asks_again(void)
{
	__atomic_store_n(&is_failing, 0, __ATOMIC_RELAXED);
	afield__counter_add_slow(&counter.counter, 5);
	TEST_CHECK(given == 1 && afield__counter_block(&counter.counter) != NULL);
	for (int i = 0; i < 10; i++)
		afield__counter_add_slow(&counter.counter, 1);
	TEST_CHECK(given == 1); /* once */
	TEST_CHECK(afield_counter_sum(&counter) == 45);
	afield_counter_type()->fini(afield_counter_type(), &counter);
}

static void add(void *each, int index)
{
	for (long i = 0; i < *(const long *)each; i++) {
		if (index == 0 && i % 64 == 0)
			__atomic_fetch_xor(&is_failing, 1, __ATOMIC_RELAXED);
		afield_counter_add(&counter, 1);
	}
}

/* Memory comes and goes while threads collide. */
static void nothing_is_lost(void)
{
	long each = test_scaled(100000);

	for (int round = 0; round < 4; round++) {
		__atomic_store_n(&is_failing, 1, __ATOMIC_RELAXED);
		test_threads(4, add, &each);
		TEST_CHECK(afield_counter_sum(&counter) == 4 * each);
		afield_counter_type()->fini(afield_counter_type(), &counter);
	}
}

/* Many: the stripes of one are small. */
static void counters_come_and_go(void)
{
	enum { MANY = 100 };
	static afield_counter counters[MANY];

	for (int i = 0; i < MANY; i++) {
		afield__counter_add_slow(&counters[i].counter, 1);
		TEST_CHECK(afield__counter_block(&counters[i].counter) != NULL);
		afield_counter_type()->fini(afield_counter_type(), &counters[i]);
		TEST_CHECK(afield_counter_sum(&counters[i]) == 0);
	}
}

static void stripes_are_given_back(void)
{
	__atomic_store_n(&is_failing, 0, __ATOMIC_RELAXED);
	given_back(counters_come_and_go);
}

int main(void)
{
	TEST_RUN(it_stays_one_word);
	TEST_RUN(it_asks_again);
	TEST_RUN(nothing_is_lost);
	TEST_RUN(stripes_are_given_back);
	return test_done();
}
