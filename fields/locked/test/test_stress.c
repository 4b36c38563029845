/* SPDX-License-Identifier: MIT */
/*
 * locked under load: every change is whole, none is lost, and a field may be finished and its
 * memory used again as soon as the last thread is done with it.
 */
#include <afield/locked.h>

#define LOCK_KIND locked
#include "lock_stress.h"

static void step(ledger_field *field, long i, int64_t amount)
{
	struct ledger seen = {0, 1, 0};

	switch (i % 4) {
	case 0:
		ledger_field_update(field, lock_post, &amount);
		break;
	case 1:
		AFIELD_LOCKED(ledger_field, ledger, field)
		lock_post(ledger, &amount);
		break;
	case 2:
		while (!ledger_field_try_lock(field))
			AFIELD_SPIN();
		lock_post(&field->value, &amount);
		ledger_field_unlock(field);
		break;
	default:
		(void)ledger_field_load(field, &seen);
		lock_expect_equal(seen.debit, seen.credit); /* they are not where load fails */
	}
}

static bool is_change(long i)
{
	return i % 4 != 3;
}

static void no_change_is_lost(void)
{
	lock_loses_no_change(20000, step, is_change);
}

/* Threads share an object until the last of them finishes and frees it. */
struct object {
	ledger_field field;
	long users;
};

static struct object *shared;

static void use(void *argument, int index)
{
	struct object *object = shared;
	int64_t amount = index;

	(void)argument;
	ledger_field_update(&object->field, lock_post, &amount);
	if (__atomic_sub_fetch(&object->users, 1, __ATOMIC_ACQ_REL) == 0) {
		TEST_CHECK(object->field.value.turns == 4);
		ledger_field_type()->fini(ledger_field_type(), &object->field);
		free(object);
	}
}

static void the_last_user_may_free(void)
{
	for (long i = test_scaled(300); i > 0; i--) {
		shared = (struct object *)calloc(1, sizeof(*shared));
		if (!shared)
			abort();
		shared->users = 4;
		test_threads(4, use, NULL);
	}
}

int main(void)
{
	TEST_RUN(no_change_is_lost);
	TEST_RUN(the_last_user_may_free);
	return test_done();
}
