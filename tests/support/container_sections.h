/* SPDX-License-Identifier: MIT */
/*
 * container_sections: operations of a container (container.h) that has 1 to INSIDE inside, for
 * sections.h.
 *
 *	#include <afield/queue.h>
 *	#define CONTAINER_KIND queue
 *	#include "container_sections.h"
 */
#ifndef AFIELD_TESTS_CONTAINER_SECTIONS_H
#define AFIELD_TESTS_CONTAINER_SECTIONS_H

#include "container.h"
#include "sections.h"

enum { INSIDE = 3 };

static void finish(void *field)
{
	numbers_fini((numbers *)field);
}

static void push(void *field)
{
	TEST_CHECK(numbers_push((numbers *)field, 10) == 0);
}
static void pop(void *field)
{
	int64_t value = 0;

	TEST_CHECK(numbers_pop((numbers *)field, &value) && value >= 1 && value <= INSIDE);
}
static void count(void *field)
{
	TEST_CHECK(numbers_count((numbers *)field) == INSIDE);
}
static void is_empty(void *field)
{
	TEST_CHECK(!numbers_is_empty((numbers *)field));
}

/* As the collector walks: every value is an object to it. */
static int visit(void *object, void *sum)
{
	*(uintptr_t *)sum += (uintptr_t)object;
	return 0;
}

#endif
