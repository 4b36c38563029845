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
#include "given_back.h"
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

/* By whichever way a version leaves the field, it ends once. */
static void each_version_ends(void)
{
	account_rcu field;
	struct account *taken;

	memset(&field, 0, sizeof(field));
	account_rcu_store(&field, make(1));
	account_rcu_store(&field, make(2));
	taken = account_rcu_exchange(&field, make(3));
	TEST_CHECK(taken->balance == 2);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(made == destroyed + 2);
	account_rcu_retire(taken);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(made == destroyed + 1);
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

AFIELD_TYPE(page_rcu, rcu, struct given_back_value);

static bool change(struct given_back_value *next, void *is_good)
{
	next->bytes[0]++;
	return *(bool *)is_good;
}

/* Each way to write leaves a version, and two are given up unseen. */
static void versions_come_and_go(void)
{
	const struct afield_type *type = page_rcu_type();
	static struct given_back_value page;
	const struct given_back_value *seen = NULL;
	struct given_back_value *other = page_rcu_new(&page);
	bool yes = true, no = false;
	page_rcu field;

	memset(&field, 0, sizeof(field));
	page_rcu_store(&field, page_rcu_new(NULL));
	page_rcu_store(&field, page_rcu_new(&page));
	TEST_CHECK(!page_rcu_compare_exchange(&field, &seen, other) && seen != NULL);
	TEST_CHECK(page_rcu_compare_exchange(&field, &seen, other));
	page_rcu_retire(page_rcu_exchange(&field, page_rcu_new(NULL)));
	TEST_CHECK(page_rcu_update(&field, change, &yes) == 0);
	TEST_CHECK(page_rcu_update(&field, change, &no) == -ECANCELED);
	TEST_CHECK(type->store(type, &field, &page) == 0);
	page_rcu_discard(page_rcu_new(NULL));
	page_rcu_fini(&field);
}

static void versions_are_given_back(void)
{
	given_back(versions_come_and_go);
	given_back_retires(versions_come_and_go, 6 * sizeof(struct given_back_value));
}

int main(void)
{
	TEST_RUN(operations_say_that_memory_is_out);
	TEST_RUN(each_version_ends);
	TEST_RUN(the_table_says_that_memory_is_out);
	TEST_RUN(the_rest_goes_on);
	TEST_RUN(versions_are_given_back);
	return test_done();
}
