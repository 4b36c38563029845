/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of rwlocked.h: readers wait for a writer and for one whose turn it is,
 * writers for everybody, and who only tries or asks never waits.
 *
 * What is frozen: a thread at each access that the library makes, and inside its critical section.
 */
#include <afield/rwlocked.h>

#define LOCK_KIND rwlocked
#include "lock_progress.h"

static void read_lock(void *field)
{
	AFIELD_READING(number_field, value, (number_field *)field)
	{
		AFIELD_PAUSE("inside a reader's critical section");
		TEST_CHECK(*value >= 0);
	}
}
static void write_lock(void *field)
{
	AFIELD_WRITING(number_field, value, (number_field *)field)
	{
		AFIELD_PAUSE("inside a writer's critical section");
		++*value;
	}
}
static void try_read_lock(void *field)
{
	if (!number_field_try_read_lock((number_field *)field))
		return;
	AFIELD_PAUSE("inside a critical section that a reader tried for");
	number_field_read_unlock((number_field *)field);
}
static void try_write_lock(void *field)
{
	if (!number_field_try_write_lock((number_field *)field))
		return;
	AFIELD_PAUSE("inside a critical section that a writer tried for");
	number_field_write_unlock((number_field *)field);
}

static const struct schedule_operation operations[] = {
	PROGRESS(try_read_lock, LOCK_FREE), PROGRESS(try_write_lock, LOCK_FREE),
	PROGRESS(is_mine, WAIT_FREE),       PROGRESS(read_lock, BLOCKING),
	PROGRESS(load, BLOCKING),           PROGRESS(write_lock, BLOCKING),
	PROGRESS(store, BLOCKING),          PROGRESS(exchange, BLOCKING),
	PROGRESS(update, BLOCKING),
};
enum { READ = 3, WRITE = 5 };
PROGRESS_TEST(claims_hold, operations, number_field, NULL, NULL);

static void hold(void *field)
{
	TEST_CHECK(number_field_write_lock((number_field *)field) != NULL);
}
static void let_go(void *field)
{
	number_field_write_unlock((number_field *)field);
}

/* Nobody waits for a reader that waits. A writer that waits is let go first by readers, but not by
 * those that only try, nor by writers. */
static void a_waiter_holds_nobody_up(void)
{
	static const struct schedule_operation others[] = {
		PROGRESS(try_read_lock, LOCK_FREE),
		PROGRESS(try_write_lock, LOCK_FREE),
		PROGRESS(write_lock, BLOCKING),
		PROGRESS(read_lock, BLOCKING),
	};

	TEST_CHECK(schedule_freeze_waiter(&operations[READ], hold, let_go, others, 4,
					  sizeof(number_field)) == 0);
	TEST_CHECK(schedule_freeze_waiter(&operations[WRITE], hold, let_go, others, 3,
					  sizeof(number_field)) == 0);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(a_waiter_holds_nobody_up);
	return test_done();
}
