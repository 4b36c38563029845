/* SPDX-License-Identifier: MIT */
/*
 * rcu when out of memory: the operation says so, the old value is there, and nothing is lost. This
 * program defines malloc, which the library then uses too, and lets a chosen call of one thread
 * fail.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/rcu.h>

#include "failing.h"
#include "test.h"

struct account {
	char *owner; /* its own */
	long balance;
};

static long made, destroyed;

static void account_free(struct account *account)
{
	free(account->owner);
	__atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
}

AFIELD_TYPE(account_rcu, rcu, struct account, account_free);
AFIELD_TYPE(count_rcu, rcu, long);

static struct account *make(long balance)
{
	struct account *version = account_rcu_new(NULL);

	made++;
	version->owner = strdup("owner");
	version->balance = balance;
	return version;
}

static bool add_one(struct account *next, void *owner)
{
	next->owner = (char *)owner;
	next->balance++;
	made++;
	return true;
}

static void operations_say_that_memory_is_out(void)
{
	account_rcu field;
	struct account copy;
	char *owner = strdup("next owner");

	memset(&field, 0, sizeof(field));
	account_rcu_store(&field, make(7));
	failing = 1;
	TEST_CHECK(account_rcu_new(NULL) == NULL);
	TEST_CHECK(account_rcu_new(&copy) == NULL);
	TEST_CHECK(account_rcu_update(&field, add_one, owner) == -ENOMEM);
	failing = 0;
	TEST_CHECK(refused == 3);
	TEST_CHECK(account_rcu_read(&field, &copy) && copy.balance == 7);
	TEST_CHECK(strcmp(copy.owner, "owner") == 0); /* nobody else replaces it here */
	TEST_CHECK(account_rcu_update(&field, add_one, owner) == 0);
	TEST_CHECK(account_rcu_read(&field, &copy) && copy.balance == 8);
	account_rcu_fini(&field);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(made == destroyed);
}

static void the_table_says_that_memory_is_out(void)
{
	const struct afield_type *type = count_rcu_type();
	count_rcu field;
	long value = 5, seen = 0;

	refused = 0;
	memset(&field, 0, sizeof(field));
	failing = 1;
	TEST_CHECK(type->store(type, &field, &value) == -ENOMEM);
	failing = 0;
	TEST_CHECK(type->load(type, &field, &seen) == -ENODATA);
	TEST_CHECK(type->store(type, &field, &value) == 0);
	value = 6;
	failing = 1;
	TEST_CHECK(type->store(type, &field, &value) == -ENOMEM);
	failing = 0;
	TEST_CHECK(type->load(type, &field, &seen) == 0 && seen == 5);
	TEST_CHECK(refused == 2);
	type->fini(type, &field);
	TEST_CHECK(afield_barrier() == 0);
}

/* What needs no memory goes on without it: publishing, retiring, reading, finishing. */
static void the_rest_goes_on(void)
{
	account_rcu field;
	struct account *first = make(1), *second = make(2), *third = make(3);
	const struct account *expected;
	struct account copy;

	refused = 0;
	memset(&field, 0, sizeof(field));
	failing = 1;
	account_rcu_store(&field, first);
	account_rcu_retire(account_rcu_exchange(&field, second));
	AFIELD_READ_SECTION
	{
		expected = account_rcu_load(&field);
		TEST_CHECK(account_rcu_compare_exchange(&field, &expected, third));
	}
	TEST_CHECK(account_rcu_read(&field, &copy) && copy.balance == 3);
	account_rcu_fini(&field);
	failing = 0;
	TEST_CHECK(refused == 0);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(made == destroyed);
}

int main(void)
{
	TEST_RUN(operations_say_that_memory_is_out);
	TEST_RUN(the_table_says_that_memory_is_out);
	TEST_RUN(the_rest_goes_on);
	return test_done();
}
