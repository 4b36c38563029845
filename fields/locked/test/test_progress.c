/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of locked.h: who wants the lock waits for who has it, and who only tries
 * or asks never does.
 *
 * What is frozen: a thread at each access that the library makes, and inside its critical section.
 */
#include <afield/locked.h>

#include "schedule.h"
#include "test.h"

AFIELD_TYPE(number_locked, locked, long);

static bool grow(long *value, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a change");
	++*value;
	return true;
}

static void lock(void *field)
{
	AFIELD_LOCKED(number_locked, value, (number_locked *)field)
	{
		AFIELD_PAUSE("inside a critical section");
		++*value;
	}
}
static void try_lock(void *field)
{
	long *value = number_locked_try_lock((number_locked *)field);

	if (!value)
		return;
	AFIELD_PAUSE("inside a critical section that was tried for");
	++*value;
	number_locked_unlock((number_locked *)field);
}
static void is_mine(void *field)
{
	TEST_CHECK(!number_locked_is_mine((number_locked *)field));
}
static void load(void *field)
{
	long value;

	TEST_CHECK(number_locked_load((number_locked *)field, &value) == 0);
}
static void store(void *field)
{
	TEST_CHECK(number_locked_store((number_locked *)field, 3) == 0);
}
static void exchange(void *field)
{
	long value = 4;

	TEST_CHECK(number_locked_exchange((number_locked *)field, &value) == 0);
}
static void update(void *field)
{
	TEST_CHECK(number_locked_update((number_locked *)field, grow, NULL) == 1);
}

static const struct schedule_operation operations[] = {
	{"try_lock", try_lock, WAIT_FREE}, {"is_mine", is_mine, WAIT_FREE},
	{"lock", lock, BLOCKING},          {"load", load, BLOCKING},
	{"store", store, BLOCKING},        {"exchange", exchange, BLOCKING},
	{"update", update, BLOCKING},
};
enum { OPERATIONS = sizeof(operations) / sizeof(operations[0]) };

static void claims_hold(void)
{
	TEST_CHECK(schedule_freeze(operations, OPERATIONS, sizeof(number_locked), NULL, NULL) == 0);
}

static void hold(void *field)
{
	TEST_CHECK(number_locked_lock((number_locked *)field) != NULL);
}
static void let_go(void *field)
{
	number_locked_unlock((number_locked *)field);
}

/* Not even those that may wait for the lock wait for one who waits for it. */
static void a_waiter_holds_nobody_up(void)
{
	TEST_CHECK(schedule_freeze_waiter(&operations[2], hold, let_go, operations, 4,
					  sizeof(number_locked)) == 0);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(a_waiter_holds_nobody_up);
	return test_done();
}
