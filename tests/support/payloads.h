/* SPDX-License-Identifier: MIT */
/*
 * payloads: threads push payloads into a container (queue, stack) and pop them, on however many
 * processors there are. What may be seen, of each payload:
 *
 *   once              required    each that was pushed is popped by one thread
 *   twice, lost, torn forbidden
 *
 * Memory: with a small backlog limit, no more nodes than what is inside and the limit; a container
 * that is empty again gives back what a burst took; what is inside at its end is dropped.
 *
 * A kind names its kind, and says how a thread pops until there are no more; what it knows of their
 * order it checks there. `box` is the field, a payload_box.
 *
 *	#include <afield/queue.h>
 *	#define CONTAINER_KIND queue
 *	#include "payloads.h"
 *
 *	static void pop_all(int index)
 *	{
 *		struct payload payload;
 *
 *		while (!payloads_are_over())
 *			if (payload_box_pop(&box, &payload))
 *				payloads_note(&payload);
 *	}
 *	static void nothing_is_lost(void) { payloads_arrive_once(pop_all); }
 *	int main(void) { return payloads_run(nothing_is_lost); }
 *
 * Synchronization: one test at a time; payloads_note and payloads_are_over run in any thread.
 */
#ifndef AFIELD_TESTS_PAYLOADS_H
#define AFIELD_TESTS_PAYLOADS_H

#include <afield/reclaim.h>

#include "child.h"
#include "container.h"
#include "given_back.h"
#include "test.h"

#include <sched.h>

enum { PAYLOADS_PUSHERS = 4, PAYLOADS_POPPERS = 4 };

struct payload {
	int64_t pusher, number;
	int64_t echo; /* the sum of both: a torn value shows */
};
static long payloads_dropped; /* __atomic */
static void payload_drop(struct payload *payload)
{
	(void)payload;
	__atomic_fetch_add(&payloads_dropped, 1, __ATOMIC_RELAXED);
}
CONTAINER_OF(payload_box, struct payload, payload_drop);

static payload_box box;
static long payloads_each;                  /* that one pusher pushes */
static long payloads_popped, payloads_torn; /* __atomic */
static unsigned char
	*payloads_seen[PAYLOADS_PUSHERS]; /* __atomic: how often each number came out */

static inline void payloads_note(const struct payload *payload)
{
	if (payload->echo != payload->pusher + payload->number)
		__atomic_fetch_add(&payloads_torn, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&payloads_seen[payload->pusher][payload->number], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&payloads_popped, 1, __ATOMIC_RELAXED);
}

static inline bool payloads_are_over(void)
{
	return __atomic_load_n(&payloads_popped, __ATOMIC_RELAXED) >=
	       PAYLOADS_PUSHERS * payloads_each;
}

static inline void payloads_push_all(int64_t pusher)
{
	for (int64_t i = 0; i < payloads_each; i++) {
		struct payload payload = {pusher, i, pusher + i};

		if (payload_box_push(&box, payload) != 0)
			abort();
		if (i % 64 == 0)
			sched_yield();
	}
}

static inline void payloads_work(void *pop_all, int index)
{
	if (index < PAYLOADS_PUSHERS)
		payloads_push_all(index);
	else
		(*(void (**)(int index))pop_all)(index);
}

static inline void payloads_add_up(void)
{
	long missing = 0, twice = 0;

	for (int i = 0; i < PAYLOADS_PUSHERS; i++) {
		for (long number = 0; number < payloads_each; number++) {
			missing += payloads_seen[i][number] == 0;
			twice += payloads_seen[i][number] > 1;
		}
		free(payloads_seen[i]);
	}
	printf("  popped: %ld  missing: %ld  twice: %ld  torn: %ld\n", payloads_popped, missing,
	       twice, payloads_torn);
	TEST_CHECK(payloads_popped == PAYLOADS_PUSHERS * payloads_each);
	TEST_CHECK(missing == 0 && twice == 0 && payloads_torn == 0);
}

/* Each popper runs pop_all(index), with an index of its own, beside the pushers. */
static inline void payloads_arrive_once(void (*pop_all)(int index))
{
	payloads_each = test_scaled(10000);
	for (int i = 0; i < PAYLOADS_PUSHERS; i++)
		if (!(payloads_seen[i] = (unsigned char *)calloc(1, (size_t)payloads_each)))
			abort();
	afield_set_backlog_limit(1000);
	test_threads(PAYLOADS_PUSHERS + PAYLOADS_POPPERS, payloads_work, &pop_all);
	payloads_add_up();
	TEST_CHECK(payload_box_is_empty(&box) && payload_box_count(&box) == 0);
	TEST_CHECK(afield_backlog() <= 1000 + PAYLOADS_PUSHERS + PAYLOADS_POPPERS);
	payload_box_fini(&box);
	TEST_CHECK(payloads_dropped == 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	afield_set_backlog_limit(0);
}

static inline void payloads_give_their_memory_back(void)
{
	enum { BURST = 100000 };
	struct payload payload = {0, 0, 0};
	size_t before = given_back_in_use(), full;

	for (long i = 0; i < BURST; i++)
		TEST_CHECK(payload_box_push(&box, payload) == 0);
	full = given_back_in_use();
	TEST_CHECK(full == 0 || full - before >= BURST * sizeof(struct payload));
	for (long i = 0; i < BURST; i++)
		TEST_CHECK(payload_box_pop(&box, &payload));
	TEST_CHECK(afield_barrier() == 0);
	printf("  bytes in use: %zu before, %zu full, %zu after\n", before, full,
	       given_back_in_use());
	TEST_CHECK(full == 0 || given_back_in_use() < before + (full - before) / 100);
	payload_box_fini(&box);
}

static inline void payloads_inside_are_dropped(void)
{
	struct payload payload = {0, 0, 0};

	payloads_dropped = 0;
	for (long i = 0; i < 1000; i++)
		TEST_CHECK(payload_box_push(&box, payload) == 0);
	TEST_CHECK(payload_box_pop(&box, &payload));
	payload_box_fini(&box);
	TEST_CHECK(payloads_dropped == 999);
	TEST_CHECK(afield_barrier() == 0);
}

static int payloads_stop; /* __atomic */
static inline void *payloads_push_and_pop(void *unused)
{
	struct payload payload = {0, 0, 0};

	while (!__atomic_load_n(&payloads_stop, __ATOMIC_RELAXED)) {
		if (payload_box_push(&box, payload) != 0)
			abort();
		(void)payload_box_pop(&box, &payload);
	}
	return unused;
}

static inline int payloads_live_on(void *unused)
{
	struct payload payload = {1, 2, 3};
	size_t count = payload_box_count(&box);

	(void)unused;
	for (size_t i = 0; i < count; i++)
		if (!payload_box_pop(&box, &payload))
			return 1;
	payload.number = 77;
	if (!payload_box_is_empty(&box) || payload_box_push(&box, payload) != 0)
		return 2;
	if (!payload_box_pop(&box, &payload) || payload.number != 77)
		return 3;
	payload_box_fini(&box);
	return afield_barrier() ? 4 : 0;
}

/* The child finds the box as it was, whatever its parent's threads were in the middle of. */
static inline void payloads_survive_forks(void)
{
	struct payload payload = {0, 0, 0};
	pthread_t threads[CHILD_COMPANY + 1];

	for (int i = 0; i < 5; i++)
		TEST_CHECK(payload_box_push(&box, payload) == 0);
	for (int i = 0; i < CHILD_COMPANY; i++)
		if (pthread_create(&threads[i], NULL, payloads_push_and_pop, NULL))
			abort();
	for (long i = 0; i < test_scaled(20); i++)
		TEST_CHECK(child_finds(payloads_live_on, NULL));
	__atomic_store_n(&payloads_stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < CHILD_COMPANY; i++)
		pthread_join(threads[i], NULL);
	TEST_CHECK(payload_box_count(&box) == 5);
	payloads_dropped = 0;
	payload_box_fini(&box);
	TEST_CHECK(payloads_dropped == 5);
	TEST_CHECK(afield_barrier() == 0);
}

static inline int payloads_run(void (*nothing_is_lost)(void))
{
	printf("backend: %s\n", afield_rcu_backend());
	TEST_RUN(nothing_is_lost);
	TEST_RUN(payloads_give_their_memory_back);
	TEST_RUN(payloads_inside_are_dropped);
	TEST_RUN(payloads_survive_forks);
	return test_done();
}

#endif
