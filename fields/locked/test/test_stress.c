/* SPDX-License-Identifier: MIT */
/*
 * locked under load: every change is whole, none is lost, and a field may be finished and its
 * memory used again as soon as the last thread is done with it.
 */
#include <afield/locked.h>

#include "test.h"

struct ledger {
	int64_t debit, credit; /* always equal */
	int64_t turns;
};
AFIELD_TYPE(ledger_locked, locked, struct ledger);

static bool post(struct ledger *ledger, void *argument)
{
	int64_t debit = ledger->debit, credit = ledger->credit, turns = ledger->turns;

	for (int i = 0; i < 8; i++)
		AFIELD_SPIN(); /* another thread that is in here has time to be seen */
	ledger->debit = debit + *(int64_t *)argument;
	ledger->turns = turns + 1;
	ledger->credit = credit + *(int64_t *)argument;
	return true;
}

static long torn;

static void work(void *argument, int index)
{
	ledger_locked *locked = (ledger_locked *)argument;
	int64_t amount = index + 1;

	for (long i = test_scaled(20000); i > 0; i--) {
		struct ledger seen;

		switch (i % 4) {
		case 0:
			ledger_locked_update(locked, post, &amount);
			break;
		case 1:
			AFIELD_LOCKED(ledger_locked, ledger, locked)
			post(ledger, &amount);
			break;
		case 2:
			while (!ledger_locked_try_lock(locked))
				AFIELD_SPIN();
			post(&locked->value, &amount);
			ledger_locked_unlock(locked);
			break;
		default:
			if (ledger_locked_load(locked, &seen) != 0 || seen.debit != seen.credit)
				__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
		}
	}
}

static void no_change_is_lost(void)
{
	static const int crews[] = {2, 8};

	for (int i = 0; i < 2; i++) {
		ledger_locked field;
		long rounds = test_scaled(20000);
		int64_t turns = 0;

		memset(&field, 0, sizeof(field));
		test_threads(crews[i], work, &field);
		for (long round = rounds; round > 0; round--)
			turns += round % 4 != 3;
		TEST_CHECK(field.value.turns == turns * crews[i]);
		TEST_CHECK(field.value.debit == turns * crews[i] * (crews[i] + 1) / 2);
		TEST_CHECK(field.value.debit == field.value.credit);
		ledger_locked_type()->fini(ledger_locked_type(), &field);
	}
	TEST_CHECK(torn == 0);
}

/* Threads share an object until the last of them finishes and frees it. */
struct object {
	ledger_locked field;
	long users;
};

static struct object *shared;

static void use(void *argument, int index)
{
	struct object *object = shared;
	int64_t amount = index;

	(void)argument;
	ledger_locked_update(&object->field, post, &amount);
	if (__atomic_sub_fetch(&object->users, 1, __ATOMIC_ACQ_REL) == 0) {
		TEST_CHECK(object->field.value.turns == 4);
		ledger_locked_type()->fini(ledger_locked_type(), &object->field);
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
