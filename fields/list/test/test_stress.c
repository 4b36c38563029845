/* SPDX-License-Identifier: MIT */
/*
 * list: readers beside writers. Every array that a reader meets is whole: its elements follow each
 * other, and their sum is that of the first and the count. Nothing that was added is lost: appends
 * and removes of all threads balance. A writer that ends in the middle of its work loses its own
 * element at most.
 */
#include <afield/list.h>

#include <errno.h>
#include <pthread.h>

#include "test.h"

enum { WRITERS = 3, READERS = 3, SHORT = 8 };

AFIELD_TYPE(number_list, list, long);

static number_list rising;  /* n, n + 1, n + 2 ... */
static number_list balance; /* appended and removed */
static long torn, walks, added, taken;
static int is_over; /* __atomic */

static int check_next(const long *value, void *expected)
{
	long *next = (long *)expected;

	if (*next >= 0 && *value != *next)
		__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
	*next = *value + 1;
	return 0;
}

static void *read_all(void *unused)
{
	(void)unused;
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		long next = -1, last = -1;

		number_list_walk(&rising, check_next, &next);
		AFIELD_LIST_EACH(number_list, each, &rising)
		{
			if (last >= 0 && *each.item != last + 1)
				__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
			last = *each.item;
		}
		__atomic_fetch_add(&walks, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void *write_all(void *number)
{
	long rounds = test_scaled(4000);
	long values[SHORT];

	for (long i = 0; i < rounds; i++) {
		for (long k = 0; k < SHORT; k++)
			values[k] = i * WRITERS + (long)(intptr_t)number + k;
		TEST_CHECK(number_list_assign(&rising, values, 1 + (size_t)i % SHORT) == 0);
		TEST_CHECK(number_list_append(&balance, i) == 0);
		__atomic_fetch_add(&added, 1, __ATOMIC_RELAXED);
		if (i % 8 >= 1) {
			int error = number_list_erase(&balance, i % 2 - 1, NULL);

			TEST_CHECK(error == 0 || error == -ERANGE);
			if (!error)
				__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
		}
		if (number_list_count(&balance) > 64)
			while (number_list_erase(&balance, 0, NULL) == 0)
				__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void readers_see_whole_arrays(void)
{
	pthread_t writers[WRITERS], readers[READERS];

	for (intptr_t i = 0; i < WRITERS; i++)
		TEST_CHECK(pthread_create(&writers[i], NULL, write_all, (void *)i) == 0);
	for (int i = 0; i < READERS; i++)
		TEST_CHECK(pthread_create(&readers[i], NULL, read_all, NULL) == 0);
	for (int i = 0; i < WRITERS; i++)
		pthread_join(writers[i], NULL);
	__atomic_store_n(&is_over, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	printf("%ld walks, %ld torn, %ld added, %ld taken\n", walks, torn, added, taken);
	TEST_CHECK(torn == 0);
	TEST_CHECK(walks > 0);
	TEST_CHECK(added - taken == (long)number_list_count(&balance));
	number_list_fini(&rising);
	number_list_fini(&balance);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
}

int main(void)
{
	TEST_RUN(readers_see_whole_arrays);
	return test_done();
}
