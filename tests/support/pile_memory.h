/*
 * pile_memory: a pile (pile.h) when memory is out. Push says so, what was inside is there, and
 * everything else goes on.
 *
 *	pile_begin();                // first
 *	pile_push_says_so(2, 3);     // 2 and 3 go in; so they come out
 *	pile_table_says_so();
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_PILE_MEMORY_H
#define AFIELD_TESTS_PILE_MEMORY_H

#include <afield/reclaim.h>

#include "failing.h"
#include "pile.h"
#include "test.h"

/* A fresh pile has nothing to allocate but the nodes of its values. */
static inline void pile_push_says_so(int64_t first_out, int64_t last_out)
{
	numbers pile;
	int64_t value = 0;

	memset(&pile, 0, sizeof(pile));
	failing = 1;
	TEST_CHECK(!numbers_push(&pile, 1));
	TEST_CHECK(numbers_is_empty(&pile) && numbers_count(&pile) == 0);
	TEST_CHECK(!numbers_pop(&pile, &value));
	failing = 0;
	TEST_CHECK(refused == 1);
	TEST_CHECK(numbers_push(&pile, 2) && numbers_push(&pile, 3));
	failing = 1;
	TEST_CHECK(!numbers_push(&pile, 4) && numbers_count(&pile) == 2);
	TEST_CHECK(numbers_pop(&pile, &value) && value == first_out);
	TEST_CHECK(numbers_pop(&pile, &value) && value == last_out); /* the last one too */
	TEST_CHECK(!numbers_pop(&pile, &value));
	numbers_fini(&pile);
	failing = 0;
	TEST_CHECK(refused == 2);
	TEST_CHECK(afield_barrier() == 0);
}

static inline void pile_table_says_so(void)
{
	const struct afield_type *type = numbers_type();
	int64_t value = 5;
	const void *arguments[2] = {&value, NULL};
	numbers pile;

	memset(&pile, 0, sizeof(pile));
	failing = 1;
	TEST_CHECK(type->verbs[0].call(type, &pile, NULL, arguments) == -ENOMEM);
	failing = 0;
	TEST_CHECK(type->verbs[0].call(type, &pile, NULL, arguments) == 0);
	type->fini(type, &pile);
}

/* The first pop of a process starts the library's thread, which takes memory. */
static inline void pile_begin(void)
{
	numbers pile;
	int64_t value;

	memset(&pile, 0, sizeof(pile));
	for (int i = 0; i < 2; i++)
		TEST_CHECK(numbers_push(&pile, i));
	while (numbers_pop(&pile, &value))
		;
	numbers_fini(&pile);
}

#endif
