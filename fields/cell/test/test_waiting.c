/* SPDX-License-Identifier: MIT */
/*
 * cell beside a host with a lock of its own: the waiting forms wait detached, and a thread that
 * does not come back has borrowed nothing.
 */
#include <afield/cell.h>

#include "crowd.h"

struct pair {
	int64_t low, high;
};
AFIELD_TYPE(pair_cell, cell_wait, struct pair);

static pair_cell field;

static void hold_alone(void (*meanwhile)(void))
{
	AFIELD_BORROWED_MUT(pair_cell, pair, &field)
	{
		int64_t low = pair->low;

		meanwhile();
		TEST_CHECK(pair->low == low);
		pair->low++;
	}
}

static void hold_shared(void (*meanwhile)(void))
{
	AFIELD_BORROWED(pair_cell, pair, &field)
	{
		int64_t low = pair->low;

		meanwhile();
		TEST_CHECK(pair->low == low);
	}
}

static int borrow(void)
{
	const struct pair *shared = NULL;
	int error = pair_cell_borrow_wait(&field, &shared);

	TEST_CHECK((error == 0) == (shared != NULL));
	if (shared)
		pair_cell_release(&field);
	return error;
}

static int borrow_mut(void)
{
	struct pair *alone = NULL;
	int error = pair_cell_borrow_mut_wait(&field, &alone);

	TEST_CHECK((error == 0) == (alone != NULL));
	if (alone)
		pair_cell_release_mut(&field);
	return error;
}

static int table_load(void)
{
	struct pair value;

	return pair_cell_type()->load(pair_cell_type(), &field, &value);
}

static int table_store(void)
{
	struct pair value = {-1, 0};

	return pair_cell_type()->store(pair_cell_type(), &field, &value);
}

static int borrow_until(const struct timespec *deadline)
{
	return waiting_lock_until(pair_cell_type(), &field, 0, deadline);
}

static int borrow_mut_until(const struct timespec *deadline)
{
	return waiting_lock_until(pair_cell_type(), &field, 1, deadline);
}

static void a_wait_gives_up_the_host(void)
{
	waiting_gives_up_the_host(hold_alone, borrow);
	waiting_gives_up_the_host(hold_alone, borrow_mut);
	waiting_gives_up_the_host(hold_alone, table_load);
	waiting_gives_up_the_host(hold_shared, borrow_mut);
	waiting_gives_up_the_host(hold_shared, table_store);
}

static void the_host_may_end_a_wait(void)
{
	waiting_ends_at_a_signal(hold_alone, borrow);
	waiting_ends_at_a_signal(hold_shared, borrow_mut);
}

/* The block does not wait for its borrow. */
static void wait_and_hold(void (*meanwhile)(void))
{
	struct pair *pair = NULL;

	TEST_CHECK(pair_cell_borrow_mut_wait(&field, &pair) == 0);
	meanwhile();
	pair_cell_release_mut(&field);
}

static void an_end_wakes_one(void)
{
	waiting_end_wakes_one(wait_and_hold);
}

static void a_cancelled_thread_waits_on(void)
{
	waiting_outlives_a_cancel(hold_alone, borrow);
	waiting_outlives_a_cancel(hold_shared, borrow_mut);
	TEST_CHECK(AFIELD_LOAD(&field.cell.shared.count, relaxed) == 0);
	TEST_CHECK(AFIELD_LOAD(&field.cell.exclusive.count, relaxed) == 0);
}

static void odd_deadlines_are_sums(void)
{
	waiting_keeps_odd_deadlines(hold_alone, borrow_until);
	waiting_keeps_odd_deadlines(hold_shared, borrow_mut_until);
}

static void a_thread_that_never_comes_back_holds_nothing(void)
{
	waiting_at_the_end_holds_nothing(hold_shared, borrow_mut);
	TEST_CHECK(pair_cell_borrow_count(&field) == 0 && pair_cell_holder(&field) == 0);
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
