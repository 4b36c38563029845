/* SPDX-License-Identifier: MIT */
/*
 * cell beside a host with a lock of its own: the waiting forms wait detached, and a thread that
 * does not come back has borrowed nothing.
 */
#include <afield/cell.h>

#define LOCK_KIND cell_wait
#define LOCK_WRITING AFIELD_BORROWED_MUT
#define LOCK_READING AFIELD_BORROWED
#include "lock_waiting.h"

static int borrow(void)
{
	const struct pair *shared = NULL;
	int error = pair_field_borrow_wait(&lock_field, &shared);

	TEST_CHECK((error == 0) == (shared != NULL));
	if (shared)
		pair_field_release(&lock_field);
	return error;
}

static int borrow_mut(void)
{
	struct pair *alone = NULL;
	int error = pair_field_borrow_mut_wait(&lock_field, &alone);

	TEST_CHECK((error == 0) == (alone != NULL));
	if (alone)
		pair_field_release_mut(&lock_field);
	return error;
}

static const struct waiting_case cases[] = {
	{lock_hold_for_writing, borrow, WAITING_MAY_END, lock_read_until},
	{lock_hold_for_writing, borrow_mut, WAITING_MAY_END, NULL},
	{lock_hold_for_writing, lock_table_load, WAITING_MAY_END, NULL},
	{lock_hold_for_reading, borrow_mut, WAITING_MAY_END, lock_write_until},
	{lock_hold_for_reading, lock_table_store, WAITING_MAY_END, NULL},
};

/* The block does not wait for its borrow. */
static void wait_and_hold(void (*meanwhile)(void))
{
	struct pair *pair = NULL;

	TEST_CHECK(pair_field_borrow_mut_wait(&lock_field, &pair) == 0);
	meanwhile();
	pair_field_release_mut(&lock_field);
}

static uint32_t waiters(void)
{
	return AFIELD_LOAD(&lock_field.cell.shared.count, relaxed) |
	       AFIELD_LOAD(&lock_field.cell.exclusive.count, relaxed);
}

static void it_is_free_at_the_end(void)
{
	TEST_CHECK(pair_field_borrow_count(&lock_field) == 0 &&
		   pair_field_holder(&lock_field) == 0);
}

int main(void)
{
	WAITING_RUN(cases, wait_and_hold, waiters);
	waiting_run_last(lock_hold_for_reading, borrow_mut);
	TEST_RUN(it_is_free_at_the_end);
	return test_done();
}
