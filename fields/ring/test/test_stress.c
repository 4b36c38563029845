/* SPDX-License-Identifier: MIT */
/*
 * ring under load: what goes in comes out once, whole, and each thread's in its order, with
 * elements of several words that are all the same and with payloads that are freed by who takes
 * them.
 */
#include <afield/ring.h>

#include "bind.h"
#include "test.h"

#include <sched.h>

enum { WORDS = 5, MOST = 8 };
struct block {
	uint64_t words[WORDS]; /* all the same: the pusher's index and its number of the element */
};
AFIELD_TYPE(block_ring, ring, struct block, 4);

static void payload_free(uint64_t **payload)
{
	free(*payload);
}
AFIELD_TYPE(payload_ring, ring, uint64_t *, 4, payload_free);

static block_ring blocks;
static payload_ring payloads;
static int threads;              /* half of them push, half pop */
static uint64_t count;           /* of each that pushes */
static uint64_t pushed, popped;  /* __atomic: elements, and sums of them below */
static uint64_t sum_in, sum_out; /* __atomic */
static long torn, disorder;      /* __atomic */

static uint64_t number_of(int thread, uint64_t number)
{
	return number << 8 | (unsigned)thread;
}

/* Sees that this thread gets each pusher's elements in order. */
static void take(uint64_t *newest, uint64_t element)
{
	unsigned from = element & 255;

	if (element >> 8 <= newest[from])
		__atomic_fetch_add(&disorder, 1, __ATOMIC_RELAXED);
	newest[from] = element >> 8;
	__atomic_fetch_add(&popped, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&sum_out, element, __ATOMIC_RELAXED);
}

/* Somebody else may need this processor before there is room, or an element. */
static void poll_again(void)
{
	static __thread unsigned polls;

	if (++polls % 64 == 0)
		sched_yield();
	else
		AFIELD_SPIN();
}

static int put_one(int kind, uint64_t element)
{
	struct block block;
	uint64_t *payload;
	int error;

	if (kind == 0) {
		for (int i = 0; i < WORDS; i++)
			block.words[i] = element;
		return block_ring_push(&blocks, block);
	}
	payload = (uint64_t *)malloc(sizeof(*payload));
	if (!payload)
		abort();
	*payload = element; /* plain: a sanitizer sees who reads it too early */
	error = payload_ring_push(&payloads, payload);
	if (error)
		free(payload);
	return error;
}

static bool get_one(int kind, uint64_t *element)
{
	struct block block;
	uint64_t *payload;

	if (kind == 0) {
		if (!block_ring_pop(&blocks, &block))
			return false;
		for (int i = 1; i < WORDS; i++)
			if (block.words[i] != block.words[0])
				__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
		*element = block.words[0];
		return true;
	}
	if (!payload_ring_pop(&payloads, &payload))
		return false;
	*element = *payload;
	free(payload);
	return true;
}

static void work(void *argument, int index)
{
	int kind = *(int *)argument, pushers = threads / 2;
	uint64_t newest[MOST] = {0}, element = 0;

	test_bind(index);
	if (index < pushers) {
		for (uint64_t i = 1; i <= count; i++) {
			while (put_one(kind, number_of(index, i)) != 0)
				poll_again();
			__atomic_fetch_add(&pushed, 1, __ATOMIC_RELAXED);
			__atomic_fetch_add(&sum_in, number_of(index, i), __ATOMIC_RELAXED);
		}
		return;
	}
	while (__atomic_load_n(&popped, __ATOMIC_RELAXED) < count * (uint64_t)pushers) {
		if (get_one(kind, &element))
			take(newest, element);
		else
			poll_again();
	}
}

/* A push that is late gives back the free node that it has taken. This takes them all. */
static void no_free_node_is_lost(struct afield__ring *ring)
{
	size_t nodes = 0, found = 0;
	uint64_t node;

	for (unsigned set = 0; set < AFIELD__RING_GROWTHS; set++)
		if (AFIELD_LOAD(&ring->free_nodes[set], relaxed))
			nodes += AFIELD_LOAD(&ring->free_nodes[set], relaxed)->count;
	while (afield__ring_take(ring, 0, &node))
		found++;
	TEST_CHECK(found == nodes);
}

static void nothing_is_lost_or_doubled(void)
{
	static const size_t capacities[] = {1, 3, 64};

	for (int i = 0; i < 12; i++) {
		int kind = i % 2;

		threads = i / 2 % 2 ? MOST : 2;
		/* On a busy machine each element of a small ring costs two changes of threads. */
		count = (uint64_t)test_scaled(i < 8 ? 2000 : 20000) / (unsigned)threads + 1;
		pushed = popped = sum_in = sum_out = 0;
		TEST_CHECK(block_ring_open(&blocks, capacities[i / 4]) == 0);
		TEST_CHECK(payload_ring_open(&payloads, capacities[i / 4]) == 0);
		test_threads(threads, work, &kind);
		TEST_CHECK(pushed == popped && sum_in == sum_out);
		TEST_CHECK(block_ring_count(&blocks) == 0 && payload_ring_count(&payloads) == 0);
		no_free_node_is_lost(afield__ring_of(&blocks.ring));
		block_ring_fini(&blocks);
		payload_ring_fini(&payloads);
	}
	TEST_CHECK(torn == 0);
	TEST_CHECK(disorder == 0);
}

/* The life of a ring ends while the last one who used it leaves. */
static AFIELD_ATOMIC(int) users;
static payload_ring *shared;
static void use_and_leave(void *unused, int index)
{
	(void)unused;
	(void)put_one(1, (uint64_t)index + 1);
	/* Acquire and release: the last one has all the others' operations behind it. */
	if (AFIELD_FETCH_SUB(&users, 1, acq_rel) == 1)
		payload_ring_fini(shared);
}

static void the_last_one_ends_it(void)
{
	shared = &payloads;
	for (long i = test_scaled(200); i > 0; i--) {
		AFIELD_STORE(&users, 4, relaxed);
		test_threads(4, use_and_leave, NULL);
		TEST_CHECK(payload_ring_count(shared) == 0);
	}
}

int main(void)
{
	TEST_RUN(nothing_is_lost_or_doubled);
	TEST_RUN(the_last_one_ends_it);
	return test_done();
}
