/* SPDX-License-Identifier: MIT */
/*
 * ring when out of memory: the operation says so and nothing has changed; and free nodes that all
 * are with pushes that never end are made up for. This program defines calloc, which the library
 * then uses too, and lets chosen calls of one thread fail.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/ring.h>

#include "replaced.h"
#include "test.h"

#include <errno.h>

static __thread long may_have = -1; /* this thread's calls fail after so many; -1: never */
static __thread long refused;       /* how many did */

REPLACED_BEGIN
/* A sanitizer's own, where there is one; and the system's, which dlsym itself may need. */
void *__interceptor_calloc(size_t count, size_t size) __attribute__((weak));
void *__libc_calloc(size_t count, size_t size) __attribute__((weak));

REPLACED_UNSEEN void *calloc(size_t count, size_t size) NOTHROW
{
	if (may_have == 0) {
		refused++;
		errno = ENOMEM;
		return NULL;
	}
	if (may_have > 0)
		may_have--;
	return __interceptor_calloc ? __interceptor_calloc(count, size)
				    : __libc_calloc(count, size);
}
REPLACED_END

AFIELD_TYPE(long_ring, ring, int64_t, 3);

static void opening_says_that_memory_is_out(void)
{
	static long_ring ring;
	int64_t value = 0;

	for (may_have = 0; may_have < 2; may_have++) {
		long had = may_have;

		TEST_CHECK(long_ring_open(&ring, 5) == -ENOMEM);
		may_have = had;
		TEST_CHECK(long_ring_push(&ring, 1) == -ENOMEM);
		may_have = had;
		TEST_CHECK(long_ring_push_wait(&ring, 1, NULL) == -ENOMEM);
		may_have = had;
	}
	may_have = -1;
	TEST_CHECK(refused == 6);
	TEST_CHECK(long_ring_count(&ring) == 0 && !long_ring_pop(&ring, &value));
	TEST_CHECK(long_ring_push(&ring, 1) == 0);
	may_have = 0;
	TEST_CHECK(long_ring_push(&ring, 2) == 0); /* from here on it needs none */
	TEST_CHECK(long_ring_pop(&ring, &value) && value == 1);
	TEST_CHECK(long_ring_push_wait(&ring, 3, NULL) == 0);
	may_have = -1;
	long_ring_fini(&ring);
}

/* What a push takes that never ends. */
static bool lose_a_free_node(long_ring *ring)
{
	uint64_t node;

	return afield__ring_take(afield__ring_of(&ring->ring), 0, &node) != NULL;
}

static void free_nodes_are_made_up_for(void)
{
	static long_ring ring;
	int64_t value = 0;
	long lost = 0;

	TEST_CHECK(long_ring_open(&ring, 3) == 0);
	for (unsigned set = 0; set < AFIELD__RING_GROWTHS; set++) {
		while (lose_a_free_node(&ring))
			lost++;
		TEST_CHECK(lost == AFIELD__RING_FREE_NODES * ((1L << (set + 1)) - 1));
		may_have = 0;
		TEST_CHECK(long_ring_push(&ring, 1) == -ENOMEM);
		may_have = -1;
		TEST_CHECK(long_ring_count(&ring) == 0);
		if (set == AFIELD__RING_GROWTHS - 1)
			break;
		for (int i = 0; i < 3; i++)
			TEST_CHECK(long_ring_push(&ring, lost + i) == 0);
		TEST_CHECK(long_ring_push(&ring, 0) == -ENOSPC);
		for (int i = 0; i < 3; i++)
			TEST_CHECK(long_ring_pop(&ring, &value) && value == lost + i);
	}
	TEST_CHECK(long_ring_push(&ring, 1) == -ENOMEM); /* this many are too many */
	long_ring_fini(&ring);
}

int main(void)
{
	TEST_RUN(opening_says_that_memory_is_out);
	TEST_RUN(free_nodes_are_made_up_for);
	return test_done();
}
