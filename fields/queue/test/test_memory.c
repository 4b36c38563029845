/* SPDX-License-Identifier: MIT */
/*
 * queue when out of memory: push says so, what was inside is there, and everything else goes on.
 * And what it gives back of what it took, and who waits for that.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/queue.h>

#define FAILING_CALLOC
#define CONTAINER_KIND queue
#include "container_backlog.h"
#include "container_memory.h"
#include "given_back.h"

CONTAINER_OF(pages, struct given_back_value);

enum { FIRST_RING = 32 }; /* elements of one word */

static void a_first_push_says_so(void)
{
	numbers queue;
	int64_t value = 0;

	memset(&queue, 0, sizeof(queue));
	refused = 0;
	failing = 1;
	TEST_CHECK(numbers_push(&queue, 1) == -ENOMEM);
	TEST_CHECK(numbers_is_empty(&queue) && numbers_count(&queue) == 0);
	TEST_CHECK(!numbers_pop(&queue, &value));
	TEST_CHECK(refused == 1);
	granted = 1; /* one piece is all that it takes */
	TEST_CHECK(numbers_push(&queue, 2) == 0 && refused == 1);
	failing = 0;
	TEST_CHECK(numbers_pop(&queue, &value) && value == 2);
	numbers_fini(&queue);
}

/* A ring that is full goes round as before when it cannot be followed by another, but it is closed:
 * when it has been popped the queue is empty, and says so. */
static void a_push_into_a_full_ring_says_so(void)
{
	numbers queue;
	int64_t value = 0;

	memset(&queue, 0, sizeof(queue));
	refused = 0;
	for (int64_t i = 0; i < FIRST_RING; i++)
		TEST_CHECK(numbers_push(&queue, i) == 0);
	failing = 1;
	for (int64_t i = 0; i < FIRST_RING; i++) {
		TEST_CHECK(numbers_push(&queue, 99) == -ENOMEM && refused == i + 1);
		TEST_CHECK(numbers_count(&queue) == (size_t)(FIRST_RING - i));
		TEST_CHECK(numbers_pop(&queue, &value) && value == i);
	}
	TEST_CHECK(numbers_is_empty(&queue) && !numbers_pop(&queue, &value));
	TEST_CHECK(numbers_push(&queue, 99) == -ENOMEM && numbers_count(&queue) == 0);
	failing = 0;
	for (int64_t i = 0; i < 3 * FIRST_RING; i++)
		TEST_CHECK(numbers_push(&queue, i) == 0);
	TEST_CHECK(numbers_count(&queue) == 3 * FIRST_RING);
	for (int64_t i = 0; i < 3 * FIRST_RING; i++)
		TEST_CHECK(numbers_pop(&queue, &value) && value == i);
	TEST_CHECK(numbers_is_empty(&queue));
	numbers_fini(&queue);
	TEST_CHECK(afield_barrier() == 0);
}

/* A ring of values of more than a word comes in two pieces. */
static void so_does_one_of_a_wide_value(void)
{
	static struct given_back_value page;
	pages queue;

	memset(&queue, 0, sizeof(queue));
	for (long had = 0; had < 2; had++) {
		failing = 1;
		granted = had;
		TEST_CHECK(pages_push(&queue, page) == -ENOMEM && pages_is_empty(&queue));
		failing = 0;
	}
	granted = 0;
	TEST_CHECK(pages_push(&queue, page) == 0 && pages_pop(&queue, &page));
	pages_fini(&queue);
}

/* The first ring of some values has `first` places, each next one twice as many, and none more than
 * `most`. One of values of a word is one piece of memory, another two. */
struct two_words {
	uintptr_t words[2];
};
struct three_words {
	uintptr_t words[3];
};
struct large {
	char bytes[20000];
};
CONTAINER_OF(twos, struct two_words);
CONTAINER_OF(threes, struct three_words);
CONTAINER_OF(larges, struct large);

static void rings_double(const struct afield_element *element, int64_t first, int64_t most)
{
	static struct large value;
	long pieces = element->value_type.size > sizeof(uintptr_t) ? 2 : 1;
	int64_t slots = first, before = 0;
	struct afield__queue queue;

	memset(&queue, 0, sizeof(queue));
	failing = 1;
	while (before < most) {
		granted = pieces;
		for (int64_t i = 0; i < slots; i++)
			TEST_CHECK(afield__queue_push(&queue, element, &value) == 0);
		TEST_CHECK(granted == 0);
		before = slots;
		slots = slots < most ? 2 * slots : most;
	}
	TEST_CHECK(afield__queue_push(&queue, element, &value) == -ENOMEM);
	granted = pieces;
	for (int64_t i = 0; i < most; i++)
		TEST_CHECK(afield__queue_push(&queue, element, &value) == 0);
	TEST_CHECK(afield__queue_push(&queue, element, &value) == -ENOMEM);
	failing = 0;
	afield__queue_fini(&queue, element);
}

static void rings_have_their_sizes(void)
{
	rings_double(&numbers__element, FIRST_RING, 2048);
	rings_double(&twos__element, 16, 1024);
	rings_double(&threes__element, 8, 512);
	rings_double(&larges__element, 2, 2);
}

/* What the backlog counts of a ring is what malloc gave for it, but for what is malloc's own and for
 * the count's units. */
static void a_ring_counts_as_what_it_takes(const struct afield_element *element, int64_t first)
{
	static struct large value;
	struct afield__queue queue;
	size_t takes = given_back_in_use(), counts;

	memset(&queue, 0, sizeof(queue));
	for (int64_t i = 0; i < first; i++)
		TEST_CHECK(afield__queue_push(&queue, element, &value) == 0);
	takes = given_back_in_use() - takes;
	TEST_CHECK(afield__queue_push(&queue, element, &value) == 0);
	TEST_CHECK(afield_barrier() == 0);
	afield_read_lock();
	for (int64_t i = 0; i <= first; i++)
		TEST_CHECK(afield__queue_pop(&queue, element, &value));
	counts = afield_backlog_bytes();
	afield_read_unlock();
	printf("  takes %zu bytes, counts as %zu\n", takes, counts);
	TEST_CHECK(takes == 0 || (counts < takes + 100 && takes < counts + 100));
	afield__queue_fini(&queue, element);
}

static void rings_count(void)
{
	a_ring_counts_as_what_it_takes(&numbers__element, FIRST_RING);
	a_ring_counts_as_what_it_takes(&twos__element, 16);
	a_ring_counts_as_what_it_takes(&threes__element, 8);
}

/* What pushes take that never end: of the last ring. */
static void lose_free_nodes(struct afield__queue *queue)
{
	struct afield__queue_segment *tail = AFIELD_LOAD(&queue->words.tail, acquire);
	uint64_t node;

	while (afield__ring_take(&tail->ring, 0, &node))
		;
}

static void free_nodes_are_made_up_for(void)
{
	struct two_words value = {{1, 2}}, seen = {{0, 0}};
	twos queue;

	memset(&queue, 0, sizeof(queue));
	TEST_CHECK(twos_push(&queue, value) == 0);
	lose_free_nodes(&queue.queue);
	failing = 1;
	TEST_CHECK(twos_push(&queue, value) == -ENOMEM && twos_count(&queue) == 1);
	granted = 1;
	TEST_CHECK(twos_push(&queue, value) == 0 && granted == 0);
	TEST_CHECK(twos_push(&queue, value) == 0 && twos_count(&queue) == 3);
	failing = 0;
	for (int i = 0; i < 3; i++)
		TEST_CHECK(twos_pop(&queue, &seen) && seen.words[1] == 2);
	twos_fini(&queue);
}

/* A push that has made a ring finds that it needs none. */
static pages raced;
static void push_first(void)
{
	static struct given_back_value page;

	TEST_CHECK(pages_push(&raced, page) == 0);
}
static void another_thread_is_faster(void)
{
	static struct given_back_value page;

	meanwhile = push_first;
	TEST_CHECK(pages_push(&raced, page) == 0 && pages_count(&raced) == 2);
	meanwhile = push_first; /* into a second ring */
	TEST_CHECK(pages_push(&raced, page) == 0 && pages_count(&raced) == 4);
	pages_fini(&raced);
}

/* Several rings at once. */
static void the_end_comes_early(void)
{
	static struct given_back_value page;
	pages queue;

	memset(&queue, 0, sizeof(queue));
	for (int i = 0; i < 2 + 4 + 8 + 1; i++)
		TEST_CHECK(pages_push(&queue, page) == 0);
	pages_fini(&queue);
}

static void rings_are_given_back(void)
{
	given_back(another_thread_is_faster);
	given_back(the_end_comes_early);
}

/* Each way to pop goes on to the next ring and gives one up: they have 2, 4, 8 and 16 places. */
static void values_come_and_go(void)
{
	static struct given_back_value page;
	pages queue;

	memset(&queue, 0, sizeof(queue));
	for (int i = 0; i < 2 + 4 + 8 + 1; i++)
		TEST_CHECK(pages_push(&queue, page) == 0);
	for (int i = 0; i < 2 + 1 + 3; i++)
		TEST_CHECK(pages_pop(&queue, &page));
	TEST_CHECK(pages_pop_wait(&queue, &page, NULL) == 0);
	for (int i = 0; i < 7; i++)
		TEST_CHECK(pages_pop(&queue, &page));
	TEST_CHECK(afield__queue_pop_nowait(&queue.queue, &pages__element, &page));
	TEST_CHECK(!afield__queue_pop_nowait(&queue.queue, &pages__element, &page));
	pages_fini(&queue);
}

/* The rings, each with its free nodes. */
static void pop_gives_back(void)
{
	given_back(values_come_and_go);
	given_back_retires(values_come_and_go, (2 + 4 + 8 + 3 * AFIELD__RING_FREE_NODES) *
						       sizeof(struct given_back_value));
}

/* What a long queue leaves behind is one ring of the largest size. */
static void come_and_go_in_millions(void)
{
	numbers queue;
	int64_t value = 0;
	const int64_t count = test_scaled(1000000);
	size_t before, most;

	memset(&queue, 0, sizeof(queue));
	TEST_CHECK(afield_barrier() == 0);
	before = given_back_in_use();
	for (int64_t i = 0; i < count; i++)
		TEST_CHECK(numbers_push(&queue, i) == 0);
	most = given_back_in_use() - before;
	TEST_CHECK(most <= (size_t)count * 16 + (size_t)1024 * 1024);
	for (int64_t i = 0; i < count; i++)
		TEST_CHECK(numbers_pop(&queue, &value) && value == i);
	TEST_CHECK(numbers_is_empty(&queue));
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(given_back_in_use() < before + (size_t)1024 * 1024);
	numbers_fini(&queue);
	TEST_CHECK(given_back_in_use() < before + 4096);
}

/* A queue that is long enough for its load takes nothing and gives nothing up. */
static void a_steady_load_takes_nothing(void)
{
	numbers queue;
	int64_t value = 0;

	memset(&queue, 0, sizeof(queue));
	for (int64_t i = 0; i < FIRST_RING; i++)
		TEST_CHECK(numbers_push(&queue, i) == 0);
	failing = 1;
	for (int64_t i = 0; i < 100000; i++) {
		TEST_CHECK(numbers_pop(&queue, &value) && value == i);
		TEST_CHECK(numbers_push(&queue, i + FIRST_RING) == 0);
	}
	failing = 0;
	TEST_CHECK(afield_backlog() == 0);
	numbers_fini(&queue);
}

static void clear_drops_each(void)
{
	static struct given_back_value page;
	pages queue;

	memset(&queue, 0, sizeof(queue));
	for (int i = 0; i < 3; i++)
		TEST_CHECK(pages_push(&queue, page) == 0);
	pages_clear(&queue);
	TEST_CHECK(pages_is_empty(&queue));
	pages_fini(&queue);
}

static void clear_gives_back(void)
{
	given_back(clear_drops_each);
}

/* Rings of 32, 64 and so on places are given up on the way, by a fresh queue. */
static numbers long_queue;
enum { LONG = 2000 };

static void grow(void)
{
	numbers_fini(&long_queue);
	for (int64_t i = 0; i < LONG; i++)
		TEST_CHECK(numbers_push(&long_queue, i) == 0);
}
static void by_pop(void)
{
	int64_t value;

	grow();
	for (int64_t i = 0; i < LONG; i++)
		TEST_CHECK(numbers_pop(&long_queue, &value) && value == i);
}
static void by_pop_wait(void)
{
	int64_t value;

	grow();
	for (int64_t i = 0; i < LONG; i++)
		TEST_CHECK(numbers_pop_wait(&long_queue, &value, NULL) == 0 && value == i);
}
static void by_collector(void)
{
	int64_t value;

	grow();
	for (int64_t i = 0; i < LONG; i++)
		TEST_CHECK(afield__queue_pop_nowait(&long_queue.queue, &numbers__element, &value) &&
			   value == i);
}

static void the_backlog_holds_who_may_wait(void)
{
	backlog_holds(by_pop);
	backlog_holds(by_pop_wait);
	backlog_lets(by_collector);
	numbers_fini(&long_queue);
}

int main(void)
{
	backlog_begin();
	container_begin();
	TEST_RUN(a_first_push_says_so);
	TEST_RUN(a_push_into_a_full_ring_says_so);
	TEST_RUN(so_does_one_of_a_wide_value);
	TEST_RUN(rings_have_their_sizes);
	TEST_RUN(rings_count);
	TEST_RUN(free_nodes_are_made_up_for);
	TEST_RUN(rings_are_given_back);
	TEST_RUN(a_steady_load_takes_nothing);
	TEST_RUN(container_table_says_so);
	TEST_RUN(pop_gives_back);
	TEST_RUN(come_and_go_in_millions);
	TEST_RUN(clear_gives_back);
	TEST_RUN(the_backlog_holds_who_may_wait);
	return test_done();
}
