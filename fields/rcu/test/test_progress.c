/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of rcu.h: nobody waits for a thread that stopped, not even for a reader
 * that stopped inside its section.
 */
#include <afield/rcu.h>

#include "progress.h"

AFIELD_TYPE(number_rcu, rcu, long);

static bool grow(long *next, void *unused)
{
	(void)unused;
	++*next;
	return true;
}

static void read_copy(void *field)
{
	long copy;

	(void)number_rcu_read((number_rcu *)field, &copy);
}
static void load(void *field)
{
	AFIELD_READ_SECTION
	{
		const long *version = number_rcu_load((number_rcu *)field);

		AFIELD_PAUSE("inside a read section");
		TEST_CHECK(!version || *version >= 0);
	}
}
static void store(void *field)
{
	long one = 1, *version = number_rcu_new(&one);

	TEST_CHECK(version != NULL);
	number_rcu_store((number_rcu *)field, version);
}
static void update(void *field)
{
	TEST_CHECK(number_rcu_update((number_rcu *)field, grow, NULL) == 0);
}

static const struct schedule_operation operations[] = {
	PROGRESS(read_copy, WAIT_FREE),
	PROGRESS(load, WAIT_FREE),
	PROGRESS(store, LOCK_FREE),
	PROGRESS(update, LOCK_FREE),
};

static void finish(void *field)
{
	number_rcu_fini((number_rcu *)field);
}

static void claims_hold(void)
{
	PROGRESS_HOLDS(operations, number_rcu, store, finish);
	afield_barrier();
}

int main(void)
{
	TEST_RUN(claims_hold);
	return test_done();
}
