/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of ring.h: nobody waits for a thread that stopped in the middle, whether
 * the ring was empty, half full or full; and what a thread that ends there takes with it.
 */
#include <afield/ring.h>

#include "schedule.h"
#include "test.h"

#include <signal.h>
#include <unistd.h>

AFIELD_TYPE(long_ring, ring, int64_t, 3);

static void push(void *field)
{
	(void)!long_ring_push((long_ring *)field, 1);
}
static void pop(void *field)
{
	int64_t value;

	(void)long_ring_pop((long_ring *)field, &value);
}
static void count(void *field)
{
	(void)long_ring_count((long_ring *)field);
}
static void finish(void *field)
{
	long_ring_fini((long_ring *)field);
}
static const struct schedule_operation operations[] = {
	{"push", push, LOCK_FREE},
	{"pop", pop, LOCK_FREE},
	{"count", count, LOCK_FREE},
};

static void open_it(void *field)
{
	TEST_CHECK(long_ring_open((long_ring *)field, 3) == 0);
}
static void fill_two(void *field)
{
	push(field);
	push(field);
}
static void fill_three(void *field)
{
	fill_two(field);
	push(field);
}

static void nobody_waits(void)
{
	static void (*const prepare[])(void *) = {open_it, fill_two, fill_three};

	for (int i = 0; i < 3; i++)
		TEST_CHECK(schedule_freeze(operations, 3, sizeof(long_ring), prepare[i], finish) ==
			   0);
}

static long_ring ring;

static void push_nine(void *unused)
{
	(void)unused;
	(void)!long_ring_push(&ring, 9);
}
static void pop_one(void *unused)
{
	(void)unused;
	pop(&ring);
}

/*
 * Each element goes in and comes out once, and in order, but for what the thread that ended was
 * about: the element that it pushed is there or is not, the oldest is gone or is not.
 */
static void others_lose_nothing(bool is_push)
{
	int64_t seen, expected = 1;

	for (int64_t i = 3; long_ring_push(&ring, i) == 0; i++)
		;
	TEST_CHECK(long_ring_count(&ring) == 3);
	TEST_CHECK(long_ring_pop(&ring, &seen));
	TEST_CHECK(seen == 1 || (!is_push && seen == 2));
	for (expected = seen + 1; long_ring_pop(&ring, &seen);) {
		if (is_push && seen == 9)
			continue;
		TEST_CHECK(seen == expected);
		expected++;
	}
	for (int64_t i = 0; i < 100; i++) {
		TEST_CHECK(long_ring_push(&ring, i) == 0);
		TEST_CHECK(long_ring_pop(&ring, &seen) && seen == i);
	}
}

static void a_thread_ends_inside(void)
{
	for (int is_push = 0; is_push < 2; is_push++) {
		long at = 1;
		bool has_ended;

		do {
			TEST_CHECK(long_ring_push(&ring, 1) == 0);
			TEST_CHECK(long_ring_push(&ring, 2) == 0);
			has_ended = schedule_fault(at, is_push ? push_nine : pop_one,
						   schedule_end_thread, NULL);
			others_lose_nothing(is_push);
			long_ring_fini(&ring);
		} while (has_ended && at++);
		printf("  %-4s ended at each of %2ld accesses\n", is_push ? "push" : "pop", at - 1);
		TEST_CHECK(at > 5);
	}
}

/* Whether a push would find a free node. */
static bool has_free_node(void)
{
	struct afield__ring *it = afield__ring_of(&ring.ring);
	uint64_t node;
	afield__ring_word *free_node = afield__ring_take(it, 0, &node);

	if (free_node)
		afield__ring_give(free_node, node);
	return free_node != NULL;
}

/*
 * So many threads end with a free node in their hands that the ring has to make more, twice. No
 * thread ends while it makes them: the set would be lost with it, and a leak checker would say so.
 */
static void many_threads_end_inside(void)
{
	int64_t seen;
	long at = 1;

	TEST_CHECK(long_ring_open(&ring, 3) == 0);
	while (!AFIELD_LOAD(&afield__ring_of(&ring.ring)->free_nodes[2], relaxed) && at < 1000) {
		if (has_free_node())
			at = schedule_fault(at, push_nine, schedule_end_thread, NULL) ? at + 1 : 1;
		else
			TEST_CHECK(long_ring_push(&ring, 9) == 0);
		if (long_ring_pop(&ring, &seen))
			TEST_CHECK(seen == 9);
	}
	TEST_CHECK(at < 1000);
	for (int64_t i = 1; i < 3; i++)
		TEST_CHECK(long_ring_push(&ring, i) == 0);
	others_lose_nothing(true);
	long_ring_fini(&ring);
}

/* A handler that interrupts a push or a pop does both itself. */
static void handle(int unused)
{
	int64_t seen = 0;

	(void)unused;
	TEST_CHECK(long_ring_push(&ring, 5) == 0);
	TEST_CHECK(long_ring_pop(&ring, &seen));
}
static void interrupt(void *unused)
{
	(void)unused;
	raise(SIGUSR1);
}

static void a_handler_uses_it(void)
{
	signal(SIGUSR1, handle);
	for (int is_push = 0; is_push < 2; is_push++) {
		long at = 1;

		for (bool was_interrupted = true; was_interrupted && at < 40; at++) {
			int64_t seen, count = 0;

			TEST_CHECK(long_ring_open(&ring, 4) == 0);
			TEST_CHECK(long_ring_push(&ring, 1) == 0);
			was_interrupted =
				schedule_fault(at, is_push ? push_nine : pop_one, interrupt, NULL);
			while (long_ring_pop(&ring, &seen))
				count++;
			TEST_CHECK(count == 2 * is_push);
			long_ring_fini(&ring);
		}
		TEST_CHECK(at > 8 && at < 40);
	}
}

/* Schedules of every kind: what goes in comes out once, each thread's in its order. */
enum { THREADS = 4, TURNS = 5 };
static int64_t popped[THREADS][TURNS];

static void push_or_pop(void *unused, int index)
{
	(void)unused;
	for (int64_t i = 0; i < TURNS; i++) {
		popped[index][i] = -1;
		if (index < 2)
			(void)!long_ring_push(&ring, index * TURNS + i);
		else
			(void)long_ring_pop(&ring, &popped[index][i]);
	}
}

static bool each_comes_once(enum schedule_mode mode, uint64_t seed)
{
	int64_t value, newest[2] = {-1, -1};
	bool is_right = true;
	int seen[2 * TURNS] = {0};

	(void)!long_ring_open(&ring, 3);
	schedule_run(mode, seed, THREADS, push_or_pop, NULL);
	for (int i = 2; i < THREADS; i++) {
		int64_t last[2] = {-1, -1};

		for (int j = 0; j < TURNS; j++) {
			value = popped[i][j];
			if (value < 0)
				continue;
			is_right &= value > last[value / TURNS] && ++seen[value] == 1;
			last[value / TURNS] = value;
			if (value > newest[value / TURNS])
				newest[value / TURNS] = value;
		}
	}
	while (long_ring_pop(&ring, &value)) {
		is_right &= value > newest[value / TURNS] && ++seen[value] == 1;
		newest[value / TURNS] = value;
	}
	long_ring_fini(&ring);
	return is_right;
}

static void schedules_change_nothing(void)
{
	TEST_CHECK(schedule_search("ring", each_comes_once, (uint64_t)test_scaled(150), NULL) == 0);
}

int main(void)
{
	alarm(120);
	TEST_RUN(nobody_waits);
	TEST_RUN(a_thread_ends_inside);
	TEST_RUN(many_threads_end_inside);
	TEST_RUN(a_handler_uses_it);
	TEST_RUN(schedules_change_nothing);
	return test_done();
}
