/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of list.h: nobody waits for a thread that stopped, not even for a reader
 * that stopped inside its section, or a writer that stopped with its array half made.
 */
#include <afield/list.h>

#include <errno.h>

#include "progress.h"

AFIELD_TYPE(number_list, list, long);

static int see(const long *value, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a walk");
	return *value < 0;
}

static void get(void *field)
{
	long value;

	(void)number_list_load((number_list *)field, 0, &value);
}
static void walk(void *field)
{
	TEST_CHECK(number_list_walk((number_list *)field, see, NULL) == 0);
}
static void append(void *field)
{
	TEST_CHECK(number_list_append((number_list *)field, 1) == 0);
}
static void take_out(void *field)
{
	int error = number_list_erase((number_list *)field, 0, NULL);

	TEST_CHECK(error == 0 || error == -ERANGE);
}
static void assign(void *field)
{
	const long values[] = {1, 2, 3};

	TEST_CHECK(number_list_assign((number_list *)field, values, 3) == 0);
}

static const struct schedule_operation operations[] = {
	PROGRESS(get, WAIT_FREE), /* load */
	PROGRESS(walk, WAIT_FREE),     PROGRESS(append, LOCK_FREE),
	PROGRESS(take_out, LOCK_FREE), /* erase */
	PROGRESS(assign, LOCK_FREE),
};

static void finish(void *field)
{
	number_list_fini((number_list *)field);
}

static void claims_hold(void)
{
	PROGRESS_HOLDS(operations, number_list, assign, finish);
	afield_barrier();
}

int main(void)
{
	TEST_RUN(claims_hold);
	return test_done();
}
