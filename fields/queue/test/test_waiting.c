/* SPDX-License-Identifier: MIT */
/*
 * queue with a host that has a lock of its own: who waits for a value gives the host's lock up, is
 * woken by one who needs it, and ends when the host says so. And of many who wait, a push wakes
 * one.
 */
#include <afield/queue.h>

AFIELD_TYPE(numbers, queue, int64_t);

#include "container_waiting.h"

static void a_wait_gives_up_the_host(void)
{
	waiting_gives_up_the_host(hold_empty, pop);
}

static void the_host_may_end_a_wait(void)
{
	waiting_ends_at_a_signal(hold_empty, pop);
}

static void a_cancelled_thread_waits_on(void)
{
	waiting_outlives_a_cancel(hold_empty, pop);
	TEST_CHECK(AFIELD_LOAD(&field.queue.waiters.count, relaxed) == 0);
}

static void odd_deadlines_are_sums(void)
{
	waiting_keeps_odd_deadlines(hold_empty, pop_until);
}

static void a_push_wakes_one(void)
{
	take_all();
	waiting_change_wakes_one(take_value, give_value);
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(hold_empty, pop);
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
