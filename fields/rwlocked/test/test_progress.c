/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of rwlocked.h: readers wait for a writer and for one whose turn it is,
 * writers for everybody, and who only tries or asks never waits.
 *
 * What is frozen: a thread at each access that the library makes, and inside its critical section.
 */
#include <afield/rwlocked.h>

#include "schedule.h"
#include "test.h"

AFIELD_TYPE(number_rw, rwlocked, long);

static bool grow(long *value, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a change");
	++*value;
	return true;
}

static void read_lock(void *field)
{
	AFIELD_READING(number_rw, value, (number_rw *)field)
	{
		AFIELD_PAUSE("inside a reader's critical section");
		TEST_CHECK(*value >= 0);
	}
}
static void write_lock(void *field)
{
	AFIELD_WRITING(number_rw, value, (number_rw *)field)
	{
		AFIELD_PAUSE("inside a writer's critical section");
		++*value;
	}
}
static void try_read_lock(void *field)
{
	if (!number_rw_try_read_lock((number_rw *)field))
		return;
	AFIELD_PAUSE("inside a critical section that a reader tried for");
	number_rw_read_unlock((number_rw *)field);
}
static void try_write_lock(void *field)
{
	if (!number_rw_try_write_lock((number_rw *)field))
		return;
	AFIELD_PAUSE("inside a critical section that a writer tried for");
	number_rw_write_unlock((number_rw *)field);
}
static void is_mine(void *field)
{
	TEST_CHECK(!number_rw_is_mine((number_rw *)field));
}
static void load(void *field)
{
	long value;

	TEST_CHECK(number_rw_load((number_rw *)field, &value) == 0);
}
static void store(void *field)
{
	TEST_CHECK(number_rw_store((number_rw *)field, 3) == 0);
}
static void exchange(void *field)
{
	long value = 4;

	TEST_CHECK(number_rw_exchange((number_rw *)field, &value) == 0);
}
static void update(void *field)
{
	TEST_CHECK(number_rw_update((number_rw *)field, grow, NULL) == 1);
}

static const struct schedule_operation operations[] = {
	{"try_read_lock", try_read_lock, LOCK_FREE},
	{"try_write_lock", try_write_lock, LOCK_FREE},
	{"is_mine", is_mine, WAIT_FREE},
	{"read_lock", read_lock, BLOCKING},
	{"load", load, BLOCKING},
	{"write_lock", write_lock, BLOCKING},
	{"store", store, BLOCKING},
	{"exchange", exchange, BLOCKING},
	{"update", update, BLOCKING},
};
enum { OPERATIONS = sizeof(operations) / sizeof(operations[0]), TRIES = 3, READ = 3, WRITE = 5 };

static void claims_hold(void)
{
	TEST_CHECK(schedule_freeze(operations, OPERATIONS, sizeof(number_rw), NULL, NULL) == 0);
}

static void hold(void *field)
{
	TEST_CHECK(number_rw_write_lock((number_rw *)field) != NULL);
}
static void let_go(void *field)
{
	number_rw_write_unlock((number_rw *)field);
}

/* Nobody waits for a reader that waits. A writer that waits is let go first by readers, but not by
 * those that only try, nor by writers. */
static void a_waiter_holds_nobody_up(void)
{
	static const struct schedule_operation others[] = {
		{"try_read_lock", try_read_lock, LOCK_FREE},
		{"try_write_lock", try_write_lock, LOCK_FREE},
		{"write_lock", write_lock, BLOCKING},
		{"read_lock", read_lock, BLOCKING},
	};

	TEST_CHECK(schedule_freeze_waiter(&operations[READ], hold, let_go, others, 4,
					  sizeof(number_rw)) == 0);
	TEST_CHECK(schedule_freeze_waiter(&operations[WRITE], hold, let_go, others, 3,
					  sizeof(number_rw)) == 0);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(a_waiter_holds_nobody_up);
	return test_done();
}
