/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of ring.h: nobody waits for a thread that stopped in the middle, whether
 * the ring was empty, half full or full; and what a thread that ends there takes with it.
 */
#include <afield/ring.h>

#include "progress.h"

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
	PROGRESS(push, LOCK_FREE),
	PROGRESS(pop, LOCK_FREE),
	PROGRESS(count, LOCK_FREE),
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
		PROGRESS_HOLDS(operations, long_ring, prepare[i], finish);
}

/* Each of two first pushes makes a ring, and one of these stays, with both elements. */
static long first_pushes; /* __atomic */
static void push_first(void *field)
{
	TEST_CHECK(long_ring_push((long_ring *)field, 1) == 0);
	__atomic_fetch_add(&first_pushes, 1, __ATOMIC_SEQ_CST);
}
static void open_first(void *field)
{
	int error = long_ring_open((long_ring *)field, 5);

	TEST_CHECK(error == 0 || error == -EEXIST);
}
static void count_first(void *field)
{
	TEST_CHECK(long_ring_count((long_ring *)field) ==
		   (size_t)__atomic_exchange_n(&first_pushes, 0, __ATOMIC_SEQ_CST));
	finish(field);
}

static void first_pushes_meet(void)
{
	static const struct schedule_operation first[] = {{"first push", push_first, LOCK_FREE},
							  {"open", open_first, LOCK_FREE}};

	TEST_CHECK(schedule_freeze(first, 2, sizeof(long_ring), NULL, count_first) == 0);
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

/* Each element is two words, so that it stands in a node. */
struct wide {
	int64_t number, again;
};
AFIELD_TYPE(wide_ring, ring, struct wide, 3);
static wide_ring wides;

static bool push_wide(int64_t number)
{
	struct wide wide = {number, number};

	return wide_ring_push(&wides, wide) == 0;
}
static int64_t pop_wide(void)
{
	struct wide wide;

	if (!wide_ring_pop(&wides, &wide))
		return 0;
	TEST_CHECK(wide.number == wide.again);
	return wide.number;
}
static void push_wide_nine(void *unused)
{
	(void)unused;
	(void)!push_wide(9);
}
static void pop_wide_one(void *unused)
{
	(void)unused;
	(void)pop_wide();
}

/* As others_lose_nothing. */
static void others_lose_nothing_wide(bool is_push)
{
	int64_t seen, expected;

	for (int64_t i = 3; push_wide(i); i++)
		;
	seen = pop_wide();
	TEST_CHECK(seen == 1 || (!is_push && seen == 2));
	for (expected = seen + 1; (seen = pop_wide()) != 0;) {
		if (is_push && seen == 9)
			continue;
		TEST_CHECK(seen == expected);
		expected++;
	}
	for (int64_t i = 1; i < 100; i++)
		TEST_CHECK(push_wide(i) && pop_wide() == i);
}

static void a_thread_ends_with_a_node(void)
{
	for (int is_push = 0; is_push < 2; is_push++) {
		long at = 1;
		bool has_ended;

		do {
			TEST_CHECK(push_wide(1) && push_wide(2));
			has_ended = schedule_fault(at, is_push ? push_wide_nine : pop_wide_one,
						   schedule_end_thread, NULL);
			others_lose_nothing_wide(is_push);
			wide_ring_fini(&wides);
		} while (has_ended && at++);
		printf("  %-4s ended at each of %2ld accesses\n", is_push ? "push" : "pop", at - 1);
		TEST_CHECK(at > 5);
	}
}

static void push_wide_or_none(void *field)
{
	struct wide wide = {1, 1};

	(void)!wide_ring_push((wide_ring *)field, wide);
}
static void pop_wide_or_none(void *field)
{
	struct wide wide;

	(void)wide_ring_pop((wide_ring *)field, &wide);
}
static void finish_wide(void *field)
{
	wide_ring_fini((wide_ring *)field);
}

static void nobody_waits_for_a_node(void)
{
	static const struct schedule_operation wide_operations[] = {
		PROGRESS(push_wide_or_none, LOCK_FREE),
		PROGRESS(pop_wide_or_none, LOCK_FREE),
	};

	PROGRESS_HOLDS(wide_operations, wide_ring, push_wide_or_none, finish_wide);
}

/* Whether a push would find a free node. */
static bool has_free_node(void)
{
	struct afield__ring *it = afield__ring_of(&wides.ring);
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
	long tries = 0;

	TEST_CHECK(wide_ring_open(&wides, 3) == 0);
	/* The first accesses of a thread make its record, and how many these are depends on how the
	 * last thread ended: so not one access after the other. */
	for (; !AFIELD_LOAD(&afield__ring_of(&wides.ring)->free_nodes[2], relaxed) && tries < 5000;
	     tries++) {
		if (has_free_node())
			schedule_fault(1 + tries * 37 % 160, push_wide_nine, schedule_end_thread,
				       NULL);
		else
			TEST_CHECK(push_wide(9));
		seen = pop_wide();
		TEST_CHECK(seen == 0 || seen == 9);
	}
	TEST_CHECK(tries < 5000);
	for (int64_t i = 1; i < 3; i++)
		TEST_CHECK(push_wide(i));
	others_lose_nothing_wide(true);
	wide_ring_fini(&wides);
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
	TEST_RUN(first_pushes_meet);
	TEST_RUN(a_thread_ends_inside);
	TEST_RUN(nobody_waits_for_a_node);
	TEST_RUN(a_thread_ends_with_a_node);
	TEST_RUN(many_threads_end_inside);
	TEST_RUN(a_handler_uses_it);
	TEST_RUN(schedules_change_nothing);
	return test_done();
}
