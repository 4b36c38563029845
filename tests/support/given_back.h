/* SPDX-License-Identifier: MIT */
/*
 * given_back: is all memory that some operations took given back, and does the backlog know how
 * much of it waits?
 *
 *	static void push_and_pop(void) { ... }        // ends with a fresh field
 *	given_back(push_and_pop);
 *	given_back_retires(push_and_pop, sizeof(struct given_back_value));
 *
 * The values are large: malloc keeps a few small blocks to itself, and says that they are in use.
 * What a thread of the library takes for itself is less than half of one.
 *
 * When to use it: with glibc's malloc. A sanitizer's malloc has no numbers, and looks for leaks
 * itself. When not: beside threads that allocate.
 *
 * Synchronization: one thread.
 */
#ifndef AFIELD_TESTS_GIVEN_BACK_H
#define AFIELD_TESTS_GIVEN_BACK_H

#include <afield/reclaim.h>

#include "test.h"

#include <malloc.h>

struct given_back_value {
	char bytes[4000];
};

/* Bytes of malloc's that are in use. A sanitizer's malloc says nothing here. */
static inline size_t given_back_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Once for what is taken once, and once to look. */
static inline void given_back(void (*run)(void))
{
	size_t before;

	run();
	TEST_CHECK(afield_barrier() == 0);
	before = given_back_in_use();
	run();
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(given_back_in_use() < before + sizeof(struct given_back_value) / 2);
}

/* In a section of this thread nothing that is retired goes, and nobody waits. */
static inline void given_back_retires(void (*run)(void), size_t least)
{
	size_t before;

	TEST_CHECK(afield_barrier() == 0);
	afield_read_lock();
	before = afield_backlog_bytes();
	run();
	TEST_CHECK(afield_backlog_bytes() >= before + least);
	TEST_CHECK(afield_backlog_bytes() < before + 8 * least);
	afield_read_unlock();
	TEST_CHECK(afield_barrier() == 0);
}

#endif
