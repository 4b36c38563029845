/* SPDX-License-Identifier: MIT */
/*
 * rwlocked under load: readers see whole values and no writer, no write is lost, and readers do run
 * beside each other.
 */
#include <afield/rwlocked.h>

#define LOCK_KIND rwlocked
#include "lock_stress.h"

#include <unistd.h>

static long intruders, writers_in;

/* Under the write lock: nobody else is in. */
static void write_section(struct ledger *ledger, int64_t amount)
{
	if (__atomic_fetch_add(&writers_in, 1, __ATOMIC_RELAXED) != 0)
		__atomic_fetch_add(&intruders, 1, __ATOMIC_RELAXED);
	lock_post(ledger, &amount);
	__atomic_fetch_sub(&writers_in, 1, __ATOMIC_RELAXED);
}

static void read_section(const struct ledger *ledger)
{
	int64_t debit = ledger->debit;

	if (__atomic_load_n(&writers_in, __ATOMIC_RELAXED) != 0)
		__atomic_fetch_add(&intruders, 1, __ATOMIC_RELAXED);
	lock_expect_equal(debit, ledger->credit);
}

static void step(ledger_field *field, long i, int64_t amount)
{
	struct ledger *ledger;

	switch (i % 8) {
	case 0:
		ledger_field_update(field, lock_post, &amount);
		break;
	case 1:
		AFIELD_WRITING(ledger_field, to, field)
		write_section(to, amount);
		break;
	case 2:
		while (!(ledger = ledger_field_try_write_lock(field)))
			AFIELD_SPIN();
		write_section(ledger, amount);
		ledger_field_write_unlock(field);
		break;
	default:
		AFIELD_READING(ledger_field, from, field)
		read_section(from);
	}
}

static bool is_change(long i)
{
	return i % 8 < 3;
}

static void no_change_is_lost(void)
{
	lock_loses_no_change(10000, step, is_change);
	TEST_CHECK(intruders == 0);
}

/* Each waits inside its section until all are in: with a mutex that would never be. */
static void meet(void *argument, int index)
{
	static long inside;

	(void)index;
	AFIELD_READING(ledger_field, ledger, (ledger_field *)argument)
	{
		TEST_CHECK(ledger->turns == 0);
		__atomic_fetch_add(&inside, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&inside, __ATOMIC_SEQ_CST) < 8)
			usleep(100);
	}
}

static void readers_run_beside_each_other(void)
{
	ledger_field field;

	memset(&field, 0, sizeof(field));
	alarm(60);
	test_threads(8, meet, &field);
	alarm(0);
}

int main(void)
{
	TEST_RUN(no_change_is_lost);
	TEST_RUN(readers_run_beside_each_other);
	return test_done();
}
