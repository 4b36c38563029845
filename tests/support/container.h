/* SPDX-License-Identifier: MIT */
/*
 * container: what the tests of kinds share that take any number of values by push and give them
 * back by pop, each in an order of its own: queue and stack. A program names the kind first:
 *
 *	#include <afield/queue.h>
 *	#define CONTAINER_KIND queue
 *	#include "container.h"
 *
 * Then `numbers` is a queue of int64_t, and CONTAINER_OF makes one of anything else. What is tested
 * with them stands in container_alone.h, container_memory.h, container_history.h and, under load,
 * payloads.h.
 */
#ifndef AFIELD_TESTS_CONTAINER_H
#define AFIELD_TESTS_CONTAINER_H

#include <afield/reclaim.h>

#include "test.h"

#define CONTAINER_OF(name, ...) CONTAINER_OF_KIND(CONTAINER_KIND, name, __VA_ARGS__)
#define CONTAINER_OF_KIND(kind, name, ...) AFIELD_TYPE(name, kind, __VA_ARGS__)
#define CONTAINER_NAME CONTAINER_NAME_OF(CONTAINER_KIND)
#define CONTAINER_NAME_OF(kind) CONTAINER_QUOTED(kind)
#define CONTAINER_QUOTED(kind) #kind

CONTAINER_OF(numbers, int64_t);

/* Ends a program: what was popped is gone. */
static inline int container_done(void)
{
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}

#endif
