/* SPDX-License-Identifier: MIT */
/*
 * rwlocked under load: readers see whole values and no writer, no write is lost, and readers do run
 * beside each other.
 */
#include <afield/rwlocked.h>

#include "test.h"

#include <unistd.h>

struct ledger {
	int64_t debit, credit; /* always equal */
	int64_t turns;
};
AFIELD_TYPE(ledger_rw, rwlocked, struct ledger);

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

static long torn, intruders, writers_in;

/* Under the write lock: nobody else is in. */
static void write_section(struct ledger *ledger, int64_t amount)
{
	if (__atomic_fetch_add(&writers_in, 1, __ATOMIC_RELAXED) != 0)
		__atomic_fetch_add(&intruders, 1, __ATOMIC_RELAXED);
	post(ledger, &amount);
	__atomic_fetch_sub(&writers_in, 1, __ATOMIC_RELAXED);
}

static void read_section(const struct ledger *ledger)
{
	int64_t debit = ledger->debit;

	if (__atomic_load_n(&writers_in, __ATOMIC_RELAXED) != 0)
		__atomic_fetch_add(&intruders, 1, __ATOMIC_RELAXED);
	if (debit != ledger->credit)
		__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
}

static void work(void *argument, int index)
{
	ledger_rw *shared = (ledger_rw *)argument;
	int64_t amount = index + 1;

	for (long i = test_scaled(10000); i > 0; i--) {
		struct ledger *ledger;

		switch (i % 8) {
		case 0:
			ledger_rw_update(shared, post, &amount);
			break;
		case 1:
			AFIELD_WRITING(ledger_rw, to, shared)
			write_section(to, amount);
			break;
		case 2:
			while (!(ledger = ledger_rw_try_write_lock(shared)))
				AFIELD_SPIN();
			write_section(ledger, amount);
			ledger_rw_write_unlock(shared);
			break;
		default:
			AFIELD_READING(ledger_rw, from, shared)
			read_section(from);
		}
	}
}

static void no_change_is_lost(void)
{
	static const int crews[] = {2, 8};

	for (int i = 0; i < 2; i++) {
		ledger_rw field;
		int64_t turns = 0;

		memset(&field, 0, sizeof(field));
		test_threads(crews[i], work, &field);
		for (long round = test_scaled(10000); round > 0; round--)
			turns += round % 8 < 3;
		TEST_CHECK(field.value.turns == turns * crews[i]);
		TEST_CHECK(field.value.debit == turns * crews[i] * (crews[i] + 1) / 2);
		TEST_CHECK(field.value.debit == field.value.credit);
		ledger_rw_type()->fini(ledger_rw_type(), &field);
	}
	TEST_CHECK(torn == 0);
	TEST_CHECK(intruders == 0);
}

/* Each waits inside its section until all are in: with a mutex that would never be. */
static void meet(void *argument, int index)
{
	static long inside;

	(void)index;
	AFIELD_READING(ledger_rw, ledger, (ledger_rw *)argument)
	{
		TEST_CHECK(ledger->turns == 0);
		__atomic_fetch_add(&inside, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&inside, __ATOMIC_SEQ_CST) < 8)
			usleep(100);
	}
}

static void readers_run_beside_each_other(void)
{
	ledger_rw field;

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
