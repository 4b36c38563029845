/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of confined.h: nobody ever waits for another, neither at the field nor at
 * an owner queue. The operations of an owner and of strangers are the same ones: the first to come
 * owns.
 */
#include <afield/confined.h>

#include "schedule.h"
#include "test.h"

static AFIELD_ATOMIC(long) ended;
static void number_end(long *number)
{
	(void)number;
	AFIELD_FETCH_ADD(&ended, 1, relaxed);
}
AFIELD_TYPE(number_confined, confined, long);
AFIELD_TYPE(handle_confined, confined, long, number_end);

static void claim(void *field)
{
	int error = number_confined_claim((number_confined *)field);

	TEST_CHECK(error == 0 || error == -EPERM);
}
static void get(void *field)
{
	long *value = number_confined_get((number_confined *)field);

	TEST_CHECK(!value || number_confined_is_mine((number_confined *)field));
}
static void ask(void *field)
{
	(void)number_confined_is_mine((number_confined *)field);
	(void)number_confined_owner((number_confined *)field);
}
static void load(void *field)
{
	long value;
	int error = number_confined_load((number_confined *)field, &value);

	TEST_CHECK(error == 0 || error == -EPERM);
}
static void store(void *field)
{
	int error = number_confined_store((number_confined *)field, 5);

	TEST_CHECK(error == 0 || error == -EPERM);
}
static void finish(void *field)
{
	number_confined_fini((number_confined *)field);
}

static const struct schedule_operation operations[] = {
	{"claim", claim, WAIT_FREE},        {"get", get, WAIT_FREE},
	{"is_mine, owner", ask, WAIT_FREE}, {"load", load, WAIT_FREE},
	{"store", store, WAIT_FREE},
};

static void claims_hold(void)
{
	TEST_CHECK(schedule_freeze(operations, 5, sizeof(number_confined), NULL, finish) == 0);
}

static void claims_hold_when_owned(void)
{
	TEST_CHECK(schedule_freeze(operations, 5, sizeof(number_confined), store, finish) == 0);
}

/*
 * Values that die in a thread that does not own them. The owner is the test's own thread, which
 * has them all in its owner queue at the end. `next` hands each operation a field of its own.
 */
enum { FIELDS = 64 };
struct fields {
	handle_confined theirs[FIELDS];
	int next; /* __atomic */
	handle_confined mine;
};

static void own_all(void *opaque)
{
	struct fields *fields = (struct fields *)opaque;

	for (int i = 0; i < FIELDS; i++) {
		TEST_CHECK(handle_confined_claim(&fields->theirs[i]) == 0);
		*handle_confined_get(&fields->theirs[i]) = i + 1;
	}
}
static void fini(void *opaque)
{
	struct fields *fields = (struct fields *)opaque;
	int next =
		__atomic_fetch_add(&fields->next, 1, __ATOMIC_RELAXED); /* no access of the kind */

	handle_confined_fini(&fields->theirs[next % FIELDS]);
}
static void open_messages(void *opaque)
{
	TEST_CHECK(!handle_confined_get(&((struct fields *)opaque)->mine));
}
static void end_all(void *opaque)
{
	struct fields *fields = (struct fields *)opaque;

	for (int i = 0; i < FIELDS; i++)
		handle_confined_fini(&fields->theirs[i]);
	open_messages(fields);
	TEST_CHECK(AFIELD_EXCHANGE(&ended, 0, relaxed) == FIELDS);
}

static const struct schedule_operation ends[] = {
	{"fini of another's", fini, LOCK_FREE},
	{"get, with messages", open_messages, WAIT_FREE},
};

static void claims_hold_at_the_end(void)
{
	TEST_CHECK(schedule_freeze(ends, 2, sizeof(struct fields), own_all, end_all) == 0);
}

int main(void)
{
	TEST_RUN(claims_hold);
	TEST_RUN(claims_hold_when_owned);
	TEST_RUN(claims_hold_at_the_end);
	return test_done();
}
