/* SPDX-License-Identifier: MIT */
/*
 * ring beside a host with a lock of its own: who waits for room or for an element gives the host's
 * lock up, is woken by one who needs it, and ends when the host says so.
 */
#include <afield/ring.h>

#include "crowd.h"

AFIELD_TYPE(long_ring, ring, int64_t, 1);

static long_ring ring;

/* A thread that comes when another has begun to sleep, and counts the sleeps from now on. */
static pthread_t start_before_a_sleep(void *(*body)(void *sleeps))
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, (void *)(uintptr_t)sleeps))
		abort();
	return thread;
}

/* Each attaches before it does what the other waits for. */
static void *push_attached(void *sleeps)
{
	host_await_sleep((unsigned long)(uintptr_t)sleeps);
	host_attach_thread();
	TEST_CHECK(long_ring_push(&ring, 5) == 0);
	host_detach_thread();
	return NULL;
}

static void *pop_attached(void *sleeps)
{
	int64_t value;

	host_await_sleep((unsigned long)(uintptr_t)sleeps);
	host_attach_thread();
	TEST_CHECK(long_ring_pop(&ring, &value) && value == 6);
	host_detach_thread();
	return NULL;
}

static void a_wait_gives_up_the_host(void)
{
	pthread_t thread = start_before_a_sleep(push_attached);
	int64_t value = 0;

	host_attach_thread();
	TEST_CHECK(long_ring_pop_wait(&ring, &value, NULL) == 0 && value == 5);
	TEST_CHECK(host_is_attached);
	TEST_CHECK(long_ring_push(&ring, 6) == 0);
	host_detach_thread();
	pthread_join(thread, NULL);
	thread = start_before_a_sleep(pop_attached);
	host_attach_thread();
	TEST_CHECK(long_ring_push_wait(&ring, 7, NULL) == 0);
	TEST_CHECK(host_is_attached);
	host_detach_thread();
	pthread_join(thread, NULL);
	TEST_CHECK(long_ring_pop(&ring, &value) && value == 7);
}

/* A ring of one is held at one end while it is empty, and at the other while it is full. */
static void hold_empty(void (*meanwhile)(void))
{
	int64_t value;

	while (long_ring_pop(&ring, &value))
		;
	meanwhile();
	TEST_CHECK(long_ring_push(&ring, 8) == 0);
}

static void hold_full(void (*meanwhile)(void))
{
	int64_t value;

	while (long_ring_pop(&ring, &value))
		;
	TEST_CHECK(long_ring_push(&ring, 9) == 0);
	meanwhile();
	TEST_CHECK(long_ring_pop(&ring, &value) && value == 9);
}

static int pop_until(const struct timespec *deadline)
{
	int64_t value = 3;
	int error = long_ring_pop_wait(&ring, &value, deadline);

	TEST_CHECK(value == (error ? 3 : 8));
	if (!error)
		TEST_CHECK(long_ring_push(&ring, value) == 0);
	return error;
}

static int push_until(const struct timespec *deadline)
{
	int64_t value;
	int error = long_ring_push_wait(&ring, 7, deadline);

	if (!error)
		TEST_CHECK(long_ring_pop(&ring, &value) && value == 7);
	return error;
}

static int pop(void)
{
	return pop_until(NULL);
}

static int push(void)
{
	return push_until(NULL);
}

static void the_host_may_end_a_wait(void)
{
	waiting_ends_at_a_signal(hold_empty, pop);
	waiting_ends_at_a_signal(hold_full, push);
}

static int take_item(void)
{
	int64_t value;

	return long_ring_pop_wait(&ring, &value, NULL);
}

static int take_room(void)
{
	return long_ring_push_wait(&ring, 7, NULL);
}

static void give_item(void)
{
	TEST_CHECK(long_ring_push(&ring, 8) == 0);
}

static void give_room(void)
{
	int64_t value;

	TEST_CHECK(long_ring_pop(&ring, &value));
}

static void a_change_wakes_one(void)
{
	int64_t value;

	while (long_ring_pop(&ring, &value))
		;
	waiting_change_wakes_one(take_item, give_item);
	give_item();
	waiting_change_wakes_one(take_room, give_room);
	give_room();
}

static void a_cancelled_thread_waits_on(void)
{
	waiting_outlives_a_cancel(hold_empty, pop);
	waiting_outlives_a_cancel(hold_full, push);
	TEST_CHECK(AFIELD_LOAD(&ring.ring.items.count, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&ring.ring.room.count, relaxed) == 0);
}

static void odd_deadlines_are_sums(void)
{
	waiting_keeps_odd_deadlines(hold_empty, pop_until);
	waiting_keeps_odd_deadlines(hold_full, push_until);
}

/* Many wait at both ends of a ring of one; nobody is forgotten. */
enum { TURNS = 300, THREADS = 6 };
static int64_t sum; /* __atomic */

static void put_or_get(void *unused, int index)
{
	int64_t value = 0;

	(void)unused;
	for (long i = test_scaled(TURNS); i > 0; i--) {
		if (index % 2) {
			TEST_CHECK(long_ring_push_wait(&ring, index, NULL) == 0);
		} else {
			TEST_CHECK(long_ring_pop_wait(&ring, &value, NULL) == 0);
			__atomic_fetch_add(&sum, value, __ATOMIC_RELAXED);
		}
	}
}

static void nobody_is_forgotten(void)
{
	test_threads(THREADS, put_or_get, NULL);
	TEST_CHECK(sum == test_scaled(TURNS) * (1 + 3 + 5));
	TEST_CHECK(long_ring_count(&ring) == 0);
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(hold_empty, pop);
}

int main(void)
{
	host_watchdog(100);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(a_change_wakes_one);
	TEST_RUN(a_cancelled_thread_waits_on);
	TEST_RUN(odd_deadlines_are_sums);
	TEST_RUN(nobody_is_forgotten);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
