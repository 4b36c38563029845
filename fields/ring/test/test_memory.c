/* SPDX-License-Identifier: MIT */
/*
 * ring when out of memory: the operation says so and nothing has changed; and free nodes that all
 * are with pushes that never end are made up for. This program defines calloc, which the library
 * then uses too, and lets chosen calls of one thread fail, or be late.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/ring.h>
#include <afield/ring_spsc.h>

#include "given_back.h"
#include "host.h"
#include "replaced.h"
#include "test.h"

#include <errno.h>

static __thread long may_have = -1; /* this thread's calls fail after so many; -1: never */
static __thread long refused;       /* how many did */
static void (*meanwhile)(void);     /* what happens once, during the next call */

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
	if (meanwhile) {
		void (*run)(void) = meanwhile;

		meanwhile = NULL;
		run();
	}
	return __interceptor_calloc ? __interceptor_calloc(count, size)
				    : __libc_calloc(count, size);
}
REPLACED_END

AFIELD_TYPE(long_ring, ring, int64_t, 3);
struct wide {
	int64_t number, again; /* more than a word, which stands in a node */
};
AFIELD_TYPE(wide_ring, ring, struct wide, 3);

static struct wide wide_of(int64_t number)
{
	struct wide wide = {number, number};

	return wide;
}

static void opening_says_that_memory_is_out(void)
{
	static long_ring ring;
	int64_t value = 0;

	may_have = 0;
	TEST_CHECK(long_ring_open(&ring, 5) == -ENOMEM);
	TEST_CHECK(long_ring_push(&ring, 1) == -ENOMEM);
	TEST_CHECK(long_ring_push_wait(&ring, 1, NULL) == -ENOMEM);
	may_have = -1;
	TEST_CHECK(refused == 3);
	TEST_CHECK(long_ring_count(&ring) == 0 && !long_ring_pop(&ring, &value));
	may_have = 1; /* one piece, and from there on it needs none */
	TEST_CHECK(long_ring_push(&ring, 1) == 0 && may_have == 0);
	TEST_CHECK(long_ring_push(&ring, 2) == 0);
	TEST_CHECK(long_ring_pop(&ring, &value) && value == 1);
	TEST_CHECK(long_ring_push_wait(&ring, 3, NULL) == 0);
	TEST_CHECK(long_ring_open(&ring, 5) == -EEXIST); /* which asks for no memory */
	may_have = -1;
	TEST_CHECK(refused == 3);
	long_ring_fini(&ring);
}

/* The ring, and its free nodes. */
static void opening_with_nodes_says_so_too(void)
{
	static wide_ring ring;
	struct wide value;
	long before = refused;

	for (may_have = 0; may_have < 2; may_have++) {
		long had = may_have;

		TEST_CHECK(wide_ring_open(&ring, 5) == -ENOMEM);
		may_have = had;
		TEST_CHECK(wide_ring_push(&ring, wide_of(1)) == -ENOMEM);
		may_have = had;
		TEST_CHECK(wide_ring_push_wait(&ring, wide_of(1), NULL) == -ENOMEM);
		may_have = had;
	}
	may_have = -1;
	TEST_CHECK(refused == before + 6);
	TEST_CHECK(wide_ring_count(&ring) == 0 && !wide_ring_pop(&ring, &value));
	TEST_CHECK(wide_ring_push(&ring, wide_of(1)) == 0);
	may_have = 0;
	TEST_CHECK(wide_ring_push(&ring, wide_of(2)) == 0);
	TEST_CHECK(wide_ring_pop(&ring, &value) && value.number == 1);
	may_have = -1;
	wide_ring_fini(&ring);
}

AFIELD_TYPE(long_spsc, ring_spsc, int64_t, 3);
static void opening_one_of_two_ends_says_so_too(void)
{
	static long_spsc ring;
	long before = refused;

	may_have = 0;
	TEST_CHECK(long_spsc_open(&ring, 5) == -ENOMEM);
	TEST_CHECK(long_spsc_push(&ring, 1) == -ENOMEM);
	TEST_CHECK(long_spsc_push_wait(&ring, 1, NULL) == -ENOMEM);
	TEST_CHECK(refused == before + 3 && long_spsc_count(&ring) == 0);
	may_have = 1;
	TEST_CHECK(long_spsc_push_wait(&ring, 1, NULL) == 0 && may_have == 0);
	TEST_CHECK(long_spsc_push(&ring, 2) == 0 && long_spsc_count(&ring) == 2);
	TEST_CHECK(long_spsc_open(&ring, 5) == -EEXIST && refused == before + 3);
	may_have = -1;
	long_spsc_fini(&ring);
}

/* What a push takes that never ends. */
static bool lose_a_free_node(wide_ring *ring)
{
	uint64_t node;

	return afield__ring_take(afield__ring_of(&ring->ring), 0, &node) != NULL;
}

static void free_nodes_are_made_up_for(void)
{
	static wide_ring ring;
	struct wide value;
	long lost = 0;

	TEST_CHECK(wide_ring_open(&ring, 3) == 0);
	for (unsigned set = 0; set < AFIELD__RING_GROWTHS; set++) {
		while (lose_a_free_node(&ring))
			lost++;
		TEST_CHECK(lost == AFIELD__RING_FREE_NODES * ((1L << (set + 1)) - 1));
		may_have = 0;
		TEST_CHECK(wide_ring_push(&ring, wide_of(1)) == -ENOMEM);
		may_have = -1;
		TEST_CHECK(wide_ring_count(&ring) == 0);
		if (set == AFIELD__RING_GROWTHS - 1)
			break;
		for (int i = 0; i < 3; i++)
			TEST_CHECK(wide_ring_push(&ring, wide_of(lost + i)) == 0);
		TEST_CHECK(wide_ring_push(&ring, wide_of(0)) == -ENOSPC);
		for (int i = 0; i < 3; i++)
			TEST_CHECK(wide_ring_pop(&ring, &value) && value.number == lost + i);
	}
	TEST_CHECK(wide_ring_push(&ring, wide_of(1)) == -ENOMEM); /* this many are too many */
	wide_ring_fini(&ring);
}

/* Each of them in turn: of the first set, and of the one that a push adds. What came back for it is
 * lost. */
static void each_free_node_has_its_own_memory(void)
{
	enum { NODES = AFIELD__RING_FREE_NODES * 3 };
	static wide_ring ring;
	struct wide value;
	uint64_t node = 0;

	TEST_CHECK(wide_ring_open(&ring, NODES) == 0);
	for (int i = 0; i < NODES; i++) {
		TEST_CHECK(wide_ring_push(&ring, wide_of(i)) == 0);
		TEST_CHECK(
			afield__ring_take(afield__ring_of(&ring.ring), afield_thread_id(), &node));
		TEST_CHECK(node == (uint64_t)i); /* of the slot */
	}
	for (int i = 0; i < NODES; i++)
		TEST_CHECK(wide_ring_pop(&ring, &value) && value.number == i && value.again == i);
	wide_ring_fini(&ring);
}

/* Two wait for room, and then all free nodes are lost: who is woken has no use for the room, and
 * wakes the other. */
static void *push_without_memory(void *ring)
{
	host_attach_thread();
	may_have = 0;
	TEST_CHECK(wide_ring_push_wait((wide_ring *)ring, wide_of(4), NULL) == -ENOMEM);
	may_have = -1;
	host_detach_thread();
	return NULL;
}

static void room_that_nobody_takes_is_handed_on(void)
{
	static wide_ring ring;
	pthread_t threads[2];
	struct wide value;

	TEST_CHECK(wide_ring_open(&ring, 3) == 0);
	for (int i = 0; i < 3; i++)
		TEST_CHECK(wide_ring_push(&ring, wide_of(i)) == 0);
	for (int i = 0; i < 2; i++) {
		unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);

		if (pthread_create(&threads[i], NULL, push_without_memory, &ring))
			abort();
		host_await_sleep(sleeps);
	}
	usleep(20000); /* they are asleep: who is not looks without being woken */
	while (lose_a_free_node(&ring))
		;
	TEST_CHECK(wide_ring_pop(&ring, &value));
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	TEST_CHECK(wide_ring_count(&ring) == 2);
	wide_ring_fini(&ring);
}

AFIELD_TYPE(page_ring, ring, struct given_back_value, 3);

/* One that grows, one that is made half, and one that nothing is in. */
static void rings_come_and_go(void)
{
	static page_ring ring, other;
	static struct given_back_value page;
	uint64_t node;

	TEST_CHECK(page_ring_push(&ring, page) == 0);
	while (afield__ring_take(afield__ring_of(&ring.ring), 0, &node))
		;
	TEST_CHECK(page_ring_push(&ring, page) == 0);
	TEST_CHECK(page_ring_pop(&ring, &page));
	page_ring_fini(&ring);
	may_have = 1;
	TEST_CHECK(page_ring_open(&other, 2) == -ENOMEM);
	may_have = -1;
	TEST_CHECK(page_ring_open(&other, 2) == 0 && page_ring_open(&other, 2) == -EEXIST);
	page_ring_fini(&other);
}

/* Who is faster in opening or growing a ring has done it for both. */
AFIELD_TYPE(page_spsc, ring_spsc, struct given_back_value, 3);
static page_ring raced;
static page_spsc raced_spsc;

static void open_first(void)
{
	TEST_CHECK(page_ring_open(&raced, 2) == 0);
}
static void grow_first(void)
{
	static struct given_back_value page;

	TEST_CHECK(page_ring_push(&raced, page) == 0);
}
static void open_spsc_first(void)
{
	TEST_CHECK(page_spsc_open(&raced_spsc, 2) == 0);
}

static void another_thread_is_faster(void)
{
	static struct given_back_value page;
	uint64_t node;

	meanwhile = open_first;
	TEST_CHECK(page_ring_open(&raced, 5) == -EEXIST && page_ring_capacity(&raced) == 2);
	while (afield__ring_take(afield__ring_of(&raced.ring), 0, &node))
		;
	meanwhile = grow_first;
	TEST_CHECK(page_ring_push(&raced, page) == 0 && page_ring_count(&raced) == 2);
	page_ring_fini(&raced);
	meanwhile = open_spsc_first;
	TEST_CHECK(page_spsc_open(&raced_spsc, 5) == -EEXIST);
	TEST_CHECK(page_spsc_capacity(&raced_spsc) == 2);
	page_spsc_fini(&raced_spsc);
}

static void rings_are_given_back(void)
{
	given_back(rings_come_and_go);
	given_back(another_thread_is_faster);
	given_back(free_nodes_are_made_up_for); /* as many as there can be, and no more */
}

/* Rings so large that free gives their memory back to the system: who looks at it then is ended. */
static int dropped;
static void drop(struct given_back_value *value)
{
	dropped += value->bytes[0];
}
AFIELD_TYPE(large_ring, ring, struct given_back_value, 4096, drop);
AFIELD_TYPE(large_spsc, ring_spsc, struct given_back_value, 4096, drop);

static void what_is_inside_ends_before_the_ring(void)
{
	static struct given_back_value one = {{1}};
	static large_ring ring;
	static large_spsc spsc;

	for (int i = 0; i < 3; i++) {
		TEST_CHECK(large_ring_push(&ring, one) == 0);
		TEST_CHECK(large_spsc_push(&spsc, one) == 0);
	}
	large_ring_fini(&ring);
	TEST_CHECK(dropped == 3);
	large_spsc_fini(&spsc);
	TEST_CHECK(dropped == 6);
}

/* The largest capacity is a matter of memory, and one more is none. */
static void the_largest_is_not_too_large(void)
{
	static page_ring ring;

	may_have = 0;
	TEST_CHECK(page_ring_open(&ring, AFIELD_RING_CAPACITY_MAX) == -ENOMEM);
	may_have = -1;
	TEST_CHECK(page_ring_open(&ring, AFIELD_RING_CAPACITY_MAX + 1) == -EINVAL);
	TEST_CHECK(page_ring_open(&ring, 0) == -EINVAL);
}

/* Elements so large that a ring of them has no size: memory is not asked for. */
static void more_than_all_memory_is_too_much(void)
{
	static const struct {
		uint64_t capacity;
		size_t word_count;
	} rings[] = {
		{1, SIZE_MAX / sizeof(afield_word) + 1}, /* of an element */
		{UINT64_C(1) << 30, (size_t)1 << 31},    /* of all of them */
		{UINT64_C(1) << 30, (size_t)1 << 30},    /* with a sign bit */
	};
	long before = refused;

	may_have = 0;
	for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
		struct afield__ring_detail detail = long_ring__detail;
		static long_ring ring;

		detail.word_count = rings[i].word_count;
		TEST_CHECK(afield__ring_open(&ring.ring, &detail, rings[i].capacity) == -ENOMEM);
	}
	for (size_t i = 0; i < 2; i++) {
		struct afield__spsc_detail detail = page_spsc__detail;
		static page_spsc ring;

		detail.size = (size_t)1 << (34 - i); /* of all of them; with a sign bit */
		TEST_CHECK(afield__spsc_open(&ring.ring, &detail, UINT64_C(1) << 30) == -ENOMEM);
	}
	may_have = -1;
	TEST_CHECK(refused == before);
}

int main(void)
{
	host_begin();
	TEST_RUN(opening_says_that_memory_is_out);
	TEST_RUN(opening_with_nodes_says_so_too);
	TEST_RUN(opening_one_of_two_ends_says_so_too);
	TEST_RUN(free_nodes_are_made_up_for);
	TEST_RUN(each_free_node_has_its_own_memory);
	TEST_RUN(room_that_nobody_takes_is_handed_on);
	TEST_RUN(what_is_inside_ends_before_the_ring);
	TEST_RUN(rings_are_given_back);
	TEST_RUN(the_largest_is_not_too_large);
	TEST_RUN(more_than_all_memory_is_too_much);
	return test_done();
}
