/* SPDX-License-Identifier: MIT */
/*
 * container_progress: operations of a container (container.h) on a field that has `numbers` inside,
 * for progress.h. Each is overtaken at each of its accesses, which are fewer than OTHERS.
 *
 *	#define CONTAINER_KIND queue
 *	#define CONTAINER_INSIDE 64
 *	#include "container_progress.h"
 */
#ifndef AFIELD_TESTS_CONTAINER_PROGRESS_H
#define AFIELD_TESTS_CONTAINER_PROGRESS_H

#include "container.h"
#include "progress.h"

enum { OTHERS = 64, INSIDE = CONTAINER_INSIDE };

static inline void fill(void *field)
{
	for (int64_t i = 1; i <= INSIDE; i++)
		TEST_CHECK(numbers_push((numbers *)field, i) == 0);
}
static inline void push(void *field)
{
	TEST_CHECK(numbers_push((numbers *)field, INSIDE + 1) == 0);
}
static inline void count(void *field)
{
	TEST_CHECK(numbers_count((numbers *)field) <= INSIDE + OTHERS);
}
static inline void finish(void *field)
{
	numbers_fini((numbers *)field);
}

#endif
