/* SPDX-License-Identifier: MIT */
/*
 * list when out of memory: the operation says so, the list is as it was, and what needs none goes
 * on.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/list.h>

#include "failing.h"
#include "given_back.h"
#include "test.h"

AFIELD_TYPE(number_list, list, long);

static bool is(number_list *list, long first, long second)
{
	long seen = 0;

	return number_list_count(list) == 2 && number_list_load(list, 0, &seen) && seen == first &&
	       number_list_load(list, 1, &seen) && seen == second;
}

static void operations_say_that_memory_is_out(void)
{
	const long values[] = {7, 8, 9};
	number_list list;
	long old = 0;

	memset(&list, 0, sizeof(list));
	afield_set_cache_bytes(0); /* arrays that were given up do not come back meanwhile */
	/* The first array that is retired starts the library's thread. */
	TEST_CHECK(number_list_assign(&list, values, 3) == 0);
	TEST_CHECK(number_list_assign(&list, values, 2) == 0);
	failing = 1;
	TEST_CHECK(number_list_append(&list, 1) == -ENOMEM);
	TEST_CHECK(number_list_insert(&list, 0, 1) == -ENOMEM);
	TEST_CHECK(number_list_exchange(&list, 0, 1, &old) == -ENOMEM && old == 0);
	TEST_CHECK(number_list_erase(&list, 0, &old) == -ENOMEM && old == 0);
	TEST_CHECK(number_list_discard(&list, 8) == -ENOMEM);
	TEST_CHECK(number_list_assign(&list, values, 3) == -ENOMEM);
	TEST_CHECK(refused == 6);
	TEST_CHECK(is(&list, 7, 8));
	/* An empty list has no array. */
	number_list_clear(&list);
	TEST_CHECK(refused == 6 && number_list_count(&list) == 0);
	failing = 0;
	TEST_CHECK(number_list_assign(&list, values + 1, 2) == 0);
	TEST_CHECK(is(&list, 8, 9));
	failing = 1;
	number_list_fini(&list);
	failing = 0;
	TEST_CHECK(refused == 6);
	TEST_CHECK(afield_barrier() == 0);
	afield_set_cache_bytes((size_t)8 << 20);
}

AFIELD_TYPE(page_list, list, struct given_back_value);

/* Each change leaves the array that was there before. */
static void arrays_come_and_go(void)
{
	static struct given_back_value page;
	static page_list list;

	TEST_CHECK(page_list_append(&list, page) == 0 && page_list_append(&list, page) == 0);
	TEST_CHECK(page_list_insert(&list, 1, page) == 0);
	TEST_CHECK(page_list_exchange(&list, 0, page, &page) == 0);
	TEST_CHECK(page_list_erase(&list, 2, &page) == 0);
	page_list_clear(&list);
	TEST_CHECK(page_list_append(&list, page) == 0);
	page_list_fini(&list);
}

static void arrays_are_given_back(void)
{
	given_back(arrays_come_and_go);
	given_back_retires(arrays_come_and_go, 10 * sizeof(struct given_back_value));
}

int main(void)
{
	TEST_RUN(operations_say_that_memory_is_out);
	TEST_RUN(arrays_are_given_back);
	return test_done();
}
