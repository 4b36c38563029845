/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of once.h: while there is no value, who wants to make it waits for who is
 * making it; who asks whether it is there never waits, and once it is there nobody does.
 */
#include <afield/once.h>

#include <errno.h>

#include "progress.h"

AFIELD_TYPE(number_once, once, long);

static int make(long *value, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a making");
	*value = 7;
	return 0;
}
static int make_nothing(long *value, void *unused)
{
	(void)unused;
	*value = 8;
	AFIELD_PAUSE("inside a making that fails");
	return -EIO;
}

static void get(void *field)
{
	const long *value = number_once_get((number_once *)field);

	TEST_CHECK(!value || *value == 7);
}
static void get_or_init(void *field)
{
	const long *value = NULL;

	TEST_CHECK(number_once_get_or_init((number_once *)field, make, NULL, &value) == 0);
	TEST_CHECK(*value == 7);
}
static void fail_to_init(void *field)
{
	const long *value = NULL;
	int error = number_once_get_or_init((number_once *)field, make_nothing, NULL, &value);

	TEST_CHECK(error == -EIO || (error == 0 && *value == 7));
}
static void set(void *field)
{
	int error = number_once_set((number_once *)field, 7);

	TEST_CHECK(error == 0 || error == -EEXIST);
}

static const struct schedule_operation while_empty[] = {
	PROGRESS(get, WAIT_FREE),
	PROGRESS(get_or_init, BLOCKING),
	PROGRESS(fail_to_init, BLOCKING),
	PROGRESS(set, BLOCKING),
};
static const struct schedule_operation when_set[] = {
	PROGRESS(get, WAIT_FREE),
	PROGRESS(get_or_init, WAIT_FREE),
	PROGRESS(set, WAIT_FREE),
};
PROGRESS_TEST(claims_hold_while_empty, while_empty, number_once, NULL, NULL);
PROGRESS_TEST(claims_hold_when_set, when_set, number_once, set, NULL);

/* The test's own thread makes the value while others want it. */
static void begin(void *field)
{
	number_once *once = (number_once *)field;

	TEST_CHECK(afield__once_begin(&once->once, &once->value, sizeof(once->value)) == 0);
}
static void give_up(void *field)
{
	number_once *once = (number_once *)field;

	afield__once_end(&once->once, &once->value, sizeof(once->value), false);
}
static void publish(void *field)
{
	number_once *once = (number_once *)field;

	once->value = 7;
	afield__once_end(&once->once, &once->value, sizeof(once->value), true);
}

/* Who waits holds nothing; but for who has been woken and makes the value itself. */
static void a_waiter_holds_nobody_up(void)
{
	TEST_CHECK(schedule_freeze_waiter(&while_empty[1], begin, publish, when_set, 3,
					  sizeof(number_once)) == 0);
	TEST_CHECK(schedule_freeze_waiter(&while_empty[3], begin, give_up, while_empty, 2,
					  sizeof(number_once)) == 0);
}

/* Who comes at any access of a making that fails either finds it in the way, or has the field. */
static int set_meanwhile;
static void set_as_soon_as_it_can_be(void *field)
{
	set_meanwhile = number_once_set((number_once *)field, 7);
}

static void a_failure_leaves_alone_what_comes(void)
{
	bool has_happened = true;
	int came = 0, refused = 0;

	for (long at = 1; has_happened; at++) {
		number_once field;
		const long *value;

		memset(&field, 0, sizeof(field));
		set_meanwhile = 1;
		has_happened = schedule_fault(at, fail_to_init, set_as_soon_as_it_can_be, &field);
		value = number_once_get(&field);
		TEST_CHECK(set_meanwhile == 0 ? value && *value == 7 : !value);
		came += set_meanwhile == 0;
		refused += set_meanwhile == -EDEADLK; /* this very thread is making it */
	}
	TEST_CHECK(came > 1 && refused > 0);
}

int main(void)
{
	TEST_RUN(claims_hold_while_empty);
	TEST_RUN(claims_hold_when_set);
	TEST_RUN(a_waiter_holds_nobody_up);
	TEST_RUN(a_failure_leaves_alone_what_comes);
	return test_done();
}
