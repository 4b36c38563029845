/* SPDX-License-Identifier: MIT */
/*
 * container_memory: a container (container.h) when out of memory. Push says so, what was inside is
 * there, and everything else goes on.
 *
 *	container_begin();                // first
 *	container_push_says_so(2, 3);     // 2 and 3 go in; so they come out
 *	container_table_says_so();
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_CONTAINER_MEMORY_H
#define AFIELD_TESTS_CONTAINER_MEMORY_H

#include <afield/reclaim.h>

#include "failing.h"
#include "container.h"
#include "test.h"

/* A fresh container has nothing to allocate but the nodes of its values. */
static inline void container_push_says_so(int64_t first_out, int64_t last_out)
{
	numbers container;
	int64_t value = 0;

	memset(&container, 0, sizeof(container));
	failing = 1;
	TEST_CHECK(numbers_push(&container, 1) == -ENOMEM);
	TEST_CHECK(numbers_is_empty(&container) && numbers_count(&container) == 0);
	TEST_CHECK(!numbers_pop(&container, &value));
	failing = 0;
	TEST_CHECK(refused == 1);
	TEST_CHECK(numbers_push(&container, 2) == 0 && numbers_push(&container, 3) == 0);
	failing = 1;
	TEST_CHECK(numbers_push(&container, 4) == -ENOMEM && numbers_count(&container) == 2);
	TEST_CHECK(numbers_pop(&container, &value) && value == first_out);
	TEST_CHECK(numbers_pop(&container, &value) && value == last_out); /* the last one too */
	TEST_CHECK(!numbers_pop(&container, &value));
	numbers_fini(&container);
	failing = 0;
	TEST_CHECK(refused == 2);
	TEST_CHECK(afield_barrier() == 0);
}

static inline void container_table_says_so(void)
{
	const struct afield_type *type = numbers_type();
	int64_t value = 5;
	const void *arguments[2] = {&value, NULL};
	numbers container;

	memset(&container, 0, sizeof(container));
	failing = 1;
	TEST_CHECK(type->verbs[0].call(type, &container, NULL, arguments) == -ENOMEM);
	failing = 0;
	TEST_CHECK(type->verbs[0].call(type, &container, NULL, arguments) == 0);
	type->fini(type, &container);
}

/* The first pop of a process starts the library's thread, which takes memory. */
static inline void container_begin(void)
{
	numbers container;
	int64_t value;

	memset(&container, 0, sizeof(container));
	for (int i = 0; i < 2; i++)
		TEST_CHECK(numbers_push(&container, i) == 0);
	while (numbers_pop(&container, &value))
		;
	numbers_fini(&container);
}

#endif
