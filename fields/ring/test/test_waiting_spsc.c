/* SPDX-License-Identifier: MIT */
/*
 * ring_spsc with a host that has a lock of its own: who waits at an end gives the host's lock up,
 * and ends when the host says so. The thread that wants one end holds the other in between, so that
 * each end has one thread at a time.
 */
#include <afield/ring_spsc.h>

#include "waiting.h"

AFIELD_TYPE(long_spsc, ring_spsc, int64_t, 1);

static long_spsc ring;

static void hold_empty(void (*meanwhile)(void))
{
	int64_t value;

	while (long_spsc_pop(&ring, &value))
		;
	meanwhile();
	TEST_CHECK(long_spsc_push(&ring, 8) == 0);
}

static void hold_full(void (*meanwhile)(void))
{
	int64_t value;

	while (long_spsc_pop(&ring, &value))
		;
	TEST_CHECK(long_spsc_push(&ring, 9) == 0);
	meanwhile();
	TEST_CHECK(long_spsc_pop(&ring, &value) && value == 9);
}

static int pop_until(const struct timespec *deadline)
{
	int64_t value = 3;
	int error = long_spsc_pop_wait(&ring, &value, deadline);

	TEST_CHECK(value == (error ? 3 : 8));
	if (!error)
		TEST_CHECK(long_spsc_push(&ring, value) == 0);
	return error;
}

static int push_until(const struct timespec *deadline)
{
	int64_t value;
	int error = long_spsc_push_wait(&ring, 7, deadline);

	if (!error)
		TEST_CHECK(long_spsc_pop(&ring, &value) && value == 7);
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

static void a_wait_gives_up_the_host(void)
{
	waiting_gives_up_the_host(hold_empty, pop);
	waiting_gives_up_the_host(hold_full, push);
}

static void the_host_may_end_a_wait(void)
{
	waiting_ends_at_a_signal(hold_empty, pop);
	waiting_ends_at_a_signal(hold_full, push);
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

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(a_cancelled_thread_waits_on);
	TEST_RUN(odd_deadlines_are_sums);
	return test_done();
}
