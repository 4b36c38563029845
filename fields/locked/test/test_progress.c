/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of locked.h: who wants the lock waits for who has it, and who only tries
 * or asks never does.
 *
 * What is frozen: a thread at each access that the library makes, and inside its critical section.
 */
#include <afield/locked.h>

#define LOCK_KIND locked
#include "lock_progress.h"

static void lock(void *field)
{
	AFIELD_LOCKED(number_field, value, (number_field *)field)
	{
		AFIELD_PAUSE("inside a critical section");
		++*value;
	}
}
static void try_lock(void *field)
{
	long *value = number_field_try_lock((number_field *)field);

	if (!value)
		return;
	AFIELD_PAUSE("inside a critical section that was tried for");
	++*value;
	number_field_unlock((number_field *)field);
}

static const struct schedule_operation operations[] = {
	PROGRESS(try_lock, WAIT_FREE), PROGRESS(is_mine, WAIT_FREE), PROGRESS(lock, BLOCKING),
	PROGRESS(load, BLOCKING),      PROGRESS(store, BLOCKING),    PROGRESS(exchange, BLOCKING),
	PROGRESS(update, BLOCKING),
};
PROGRESS_TEST(claims_hold, operations, number_field, NULL, NULL);

static void hold(void *field)
{
	TEST_CHECK(number_field_lock((number_field *)field) != NULL);
}
static void let_go(void *field)
{
	number_field_unlock((number_field *)field);
}

/* Not even those that may wait for the lock wait for one who waits for it. */
static void a_waiter_holds_nobody_up(void)
{
	TEST_CHECK(schedule_freeze_waiter(&operations[2], hold, let_go, operations, 4,
					  sizeof(number_field)) == 0);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(a_waiter_holds_nobody_up);
	return test_done();
}
