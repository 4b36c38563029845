/* SPDX-License-Identifier: MIT */
/*
 * locked beside a host with a lock of its own: nobody waits while attached, nobody holds a lock
 * while waiting to attach, and a wait by the table ends when the host asks.
 */
#include <afield/locked.h>

#include "crowd.h"

struct pair {
	int64_t low, high;
};
AFIELD_TYPE(pair_locked, locked, struct pair);

static pair_locked field;

static void hold(void (*meanwhile)(void))
{
	AFIELD_LOCKED(pair_locked, pair, &field)
	{
		int64_t low = pair->low;

		meanwhile();
		TEST_CHECK(pair->low == low);
		pair->low++;
	}
}

static int load(void)
{
	struct pair value;

	return pair_locked_load(&field, &value);
}

static int exchange(void)
{
	struct pair value = {1, 1};

	return pair_locked_exchange(&field, &value);
}

static int scope(void)
{
	int error = -EDEADLK;

	AFIELD_LOCKED(pair_locked, pair, &field)
	error = pair->high > 1;
	return error;
}

static int table_load(void)
{
	struct pair value;

	return pair_locked_type()->load(pair_locked_type(), &field, &value);
}

static int table_store(void)
{
	struct pair value = {1, 1};

	return pair_locked_type()->store(pair_locked_type(), &field, &value);
}

static int begin_until(const struct timespec *deadline)
{
	return waiting_lock_until(pair_locked_type(), &field, 0, deadline);
}

static void a_wait_gives_up_the_host(void)
{
	static const waiting_want wants[] = {load, exchange, scope, table_load, table_store};

	for (unsigned i = 0; i < 5; i++)
		waiting_gives_up_the_host(hold, wants[i]);
}

static void the_host_may_end_a_wait(void)
{
	waiting_ends_at_a_signal(hold, table_load);
	waiting_ends_at_a_signal(hold, table_store);
}

static void an_end_wakes_one(void)
{
	waiting_end_wakes_one(hold);
}

static void a_cancelled_thread_waits_on(void)
{
	waiting_outlives_a_cancel(hold, load);
	waiting_outlives_a_cancel(hold, table_store);
	TEST_CHECK(AFIELD_LOAD(&field.lock.waiters.count, relaxed) == 0);
}

static void odd_deadlines_are_sums(void)
{
	waiting_keeps_odd_deadlines(hold, begin_until);
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(hold, exchange);
}

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(an_end_wakes_one);
	TEST_RUN(a_cancelled_thread_waits_on);
	TEST_RUN(odd_deadlines_are_sums);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
