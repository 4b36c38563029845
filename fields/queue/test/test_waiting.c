/* SPDX-License-Identifier: MIT */
/*
 * queue with a host that has a lock of its own: who waits for a value gives the host's lock up, is
 * woken by one who needs it, and ends when the host says so. And of many who wait, a push wakes
 * one.
 */
#include <afield/queue.h>

#include "crowd.h"

AFIELD_TYPE(numbers, queue, int64_t);

static numbers queue;

/* A queue is held while it is empty. */
static void hold(void (*meanwhile)(void))
{
	int64_t value;

	while (numbers_pop(&queue, &value))
		;
	meanwhile();
	TEST_CHECK(numbers_push(&queue, 8) == 0);
}

static int pop_until(const struct timespec *deadline)
{
	int64_t value = 3;
	int error = numbers_pop_wait(&queue, &value, deadline);

	TEST_CHECK(value == (error ? 3 : 8));
	if (!error)
		TEST_CHECK(numbers_push(&queue, value) == 0);
	return error;
}

static int pop(void)
{
	return pop_until(NULL);
}

static void a_wait_gives_up_the_host(void)
{
	waiting_gives_up_the_host(hold, pop);
}

static void the_host_may_end_a_wait(void)
{
	waiting_ends_at_a_signal(hold, pop);
}

static void a_cancelled_thread_waits_on(void)
{
	waiting_outlives_a_cancel(hold, pop);
	TEST_CHECK(AFIELD_LOAD(&queue.queue.waiters.count, relaxed) == 0);
}

static void odd_deadlines_are_sums(void)
{
	waiting_keeps_odd_deadlines(hold, pop_until);
}

static int pop_for_good(void)
{
	int64_t value;

	return numbers_pop_wait(&queue, &value, NULL);
}

static void push(void)
{
	TEST_CHECK(numbers_push(&queue, 8) == 0);
}

static void a_push_wakes_one(void)
{
	int64_t value;

	while (numbers_pop(&queue, &value))
		;
	waiting_change_wakes_one(pop_for_good, push);
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(hold, pop);
}

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(a_cancelled_thread_waits_on);
	TEST_RUN(odd_deadlines_are_sums);
	TEST_RUN(a_push_wakes_one);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
