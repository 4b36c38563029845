/* SPDX-License-Identifier: MIT */
/*
 * seqlock with a host that has a lock of its own: a writer, and a reader of a field of one slot,
 * who find a writer at work wait detached; by the table a wait ends when the host asks.
 */
#include <afield/seqlock.h>

#include "crowd.h"

struct pair {
	int64_t low, high;
};
AFIELD_TYPE(pair_seq, seqlock, struct pair, 1);

static pair_seq field;

static bool change(struct pair *pair, void *meanwhile)
{
	(*(void (**)(void))meanwhile)();
	pair->low++;
	return true;
}

static void hold(void (*meanwhile)(void))
{
	TEST_CHECK(pair_seq_update(&field, change, &meanwhile));
}

static int load(void)
{
	struct pair value = pair_seq_load(&field);

	TEST_CHECK(value.high == 0 || value.high == 1);
	return 0;
}

static int store(void)
{
	struct pair value = {1, 1};

	pair_seq_store(&field, value);
	return 0;
}

static int table_store(void)
{
	struct pair value = {1, 1};

	return pair_seq_type()->store(pair_seq_type(), &field, &value);
}

static void a_wait_gives_up_the_host(void)
{
	waiting_gives_up_the_host(hold, load);
	waiting_gives_up_the_host(hold, store);
	waiting_gives_up_the_host(hold, table_store);
}

static void the_host_may_end_a_wait(void)
{
	waiting_ends_at_a_signal(hold, table_store);
}

static void an_end_wakes_one(void)
{
	waiting_end_wakes_one(hold);
}

static void a_cancelled_thread_waits_on(void)
{
	waiting_outlives_a_cancel(hold, load);
	waiting_outlives_a_cancel(hold, store);
	waiting_outlives_a_cancel(hold, table_store);
	TEST_CHECK(AFIELD_LOAD(&field.lock.waiters.count, relaxed) == 0);
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(hold, store);
}

int main(void)
{
	host_watchdog(60);
	host_begin();
	TEST_RUN(a_wait_gives_up_the_host);
	TEST_RUN(the_host_may_end_a_wait);
	TEST_RUN(an_end_wakes_one);
	TEST_RUN(a_cancelled_thread_waits_on);
	TEST_RUN(a_thread_that_never_comes_back_holds_nothing); /* last: the host has ended */
	return test_done();
}
