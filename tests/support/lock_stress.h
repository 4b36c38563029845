/* SPDX-License-Identifier: MIT */
/*
 * lock_stress: a field with a lock (lock.h) under load: every change is whole, and none is lost. A
 * kind says what a thread does in step i, and whether that changes the ledger:
 *
 *	static void step(ledger_field *field, long i, int64_t amount)
 *	{
 *		ledger_field_update(field, lock_post, &amount);
 *	}
 *	static bool is_change(long i) { return true; }
 *
 *	lock_loses_no_change(20000, step, is_change);
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_LOCK_STRESS_H
#define AFIELD_TESTS_LOCK_STRESS_H

#include "lock.h"
#include "test.h"

struct ledger {
	int64_t debit, credit; /* always equal */
	int64_t turns;
};
LOCK_OF(ledger_field, struct ledger);

static inline bool lock_post(struct ledger *ledger, void *amount)
{
	int64_t debit = ledger->debit, credit = ledger->credit, turns = ledger->turns;

	for (int i = 0; i < 8; i++)
		AFIELD_SPIN(); /* another thread that is in here has time to be seen */
	ledger->debit = debit + *(int64_t *)amount;
	ledger->turns = turns + 1;
	ledger->credit = credit + *(int64_t *)amount;
	return true;
}

static long lock_torn;

/* Of one ledger, read under the lock. */
static inline void lock_expect_equal(int64_t debit, int64_t credit)
{
	if (debit != credit)
		__atomic_fetch_add(&lock_torn, 1, __ATOMIC_RELAXED);
}

struct lock_load {
	ledger_field field;
	long steps;
	void (*step)(ledger_field *field, long i, int64_t amount);
};

static inline void lock_work(void *argument, int index)
{
	struct lock_load *load = (struct lock_load *)argument;

	for (long i = load->steps; i > 0; i--)
		load->step(&load->field, i, index + 1);
}

static inline void lock_loses_no_change(long steps,
					void (*step)(ledger_field *field, long i, int64_t amount),
					bool (*is_change)(long i))
{
	static const int threads[] = {2, 8};

	for (int i = 0; i < 2; i++) {
		struct lock_load load;
		int64_t turns = 0;

		memset(&load, 0, sizeof(load));
		load.steps = test_scaled(steps);
		load.step = step;
		test_threads(threads[i], lock_work, &load);
		for (long number = load.steps; number > 0; number--)
			turns += is_change(number);
		TEST_CHECK(load.field.value.turns == turns * threads[i]);
		TEST_CHECK(load.field.value.debit == turns * threads[i] * (threads[i] + 1) / 2);
		TEST_CHECK(load.field.value.debit == load.field.value.credit);
		ledger_field_type()->fini(ledger_field_type(), &load.field);
	}
	TEST_CHECK(lock_torn == 0);
}

#endif
