/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of cell.h: whoever tries is told at once, whatever a borrower does;
 * whoever waits, waits for the borrow that is in the way. Each operation here keeps its borrow for
 * a moment, in which it may be frozen.
 */
#include <afield/cell.h>

#include "progress.h"

AFIELD_TYPE(number_cell, cell, long);

static bool grow(long *value, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a change");
	++*value;
	return true;
}

static void try_borrow(void *field)
{
	const long *value = number_cell_try_borrow((number_cell *)field);

	AFIELD_PAUSE("inside a shared borrow");
	if (value)
		number_cell_release((number_cell *)field);
}
static void try_borrow_mut(void *field)
{
	long *value = number_cell_try_borrow_mut((number_cell *)field);

	AFIELD_PAUSE("inside an exclusive borrow");
	if (value)
		number_cell_release_mut((number_cell *)field);
}
static void load(void *field)
{
	long value;

	(void)number_cell_load((number_cell *)field, &value);
}
static void store(void *field)
{
	(void)number_cell_store((number_cell *)field, 3);
}
static void update(void *field)
{
	(void)number_cell_update((number_cell *)field, grow, NULL);
}
static void ask(void *field)
{
	(void)number_cell_holder((number_cell *)field);
	(void)number_cell_borrow_count((number_cell *)field);
}
static void borrow_wait(void *field)
{
	const long *value = NULL;

	TEST_CHECK(number_cell_borrow_wait((number_cell *)field, &value) == 0);
	number_cell_release((number_cell *)field);
}
static void borrow_mut_wait(void *field)
{
	long *value = NULL;

	TEST_CHECK(number_cell_borrow_mut_wait((number_cell *)field, &value) == 0);
	++*value;
	number_cell_release_mut((number_cell *)field);
}

static const struct schedule_operation operations[] = {
	PROGRESS(try_borrow, WAIT_FREE), PROGRESS(try_borrow_mut, WAIT_FREE),
	PROGRESS(load, WAIT_FREE),       PROGRESS(store, WAIT_FREE),
	PROGRESS(update, WAIT_FREE),     PROGRESS(ask, WAIT_FREE), /* holder, borrow_count */
	PROGRESS(borrow_wait, BLOCKING), PROGRESS(borrow_mut_wait, BLOCKING),
};
enum { TRIES = 6 };
PROGRESS_TEST(claims_hold, operations, number_cell, NULL, NULL);

static void hold_mut(void *field)
{
	TEST_CHECK(number_cell_try_borrow_mut((number_cell *)field) != NULL);
}
static void release_mut(void *field)
{
	number_cell_release_mut((number_cell *)field);
}
static void hold(void *field)
{
	TEST_CHECK(number_cell_try_borrow((number_cell *)field) != NULL);
}
static void release(void *field)
{
	number_cell_release((number_cell *)field);
}

/* A release beside one who waits is one system call; after it the tries are as quick as ever. */
static void a_waiter_holds_nobody_up(void)
{
	TEST_CHECK(schedule_freeze_waiter(&operations[TRIES], hold_mut, release_mut, operations,
					  TRIES, sizeof(number_cell)) == 0);
	TEST_CHECK(schedule_freeze_waiter(&operations[TRIES + 1], hold, release, operations, TRIES,
					  sizeof(number_cell)) == 0);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(a_waiter_holds_nobody_up);
	return test_done();
}
