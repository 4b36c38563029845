/* SPDX-License-Identifier: MIT */
/*
 * cell under load: no borrow overlaps one that excludes it, no write is lost, and a cell is free
 * when everybody has gone, however many tries have failed.
 */
#include <afield/cell.h>

#include "meet.h"
#include "test.h"

#include <sched.h>

struct ledger {
	int64_t debit, credit; /* equal but during an exclusive borrow */
};
AFIELD_TYPE(ledger_cell, cell, struct ledger);

struct yard {
	ledger_cell field;
	long readers, writers; /* who thinks that it is inside */
	long intruders, torn, writes, refused;
	bool waits;
};

static void add(long *count, long amount)
{
	__atomic_fetch_add(count, amount, __ATOMIC_RELAXED);
}

static void read_section(struct yard *yard, const struct ledger *ledger)
{
	int64_t debit = ledger->debit;

	add(&yard->readers, 1);
	if (__atomic_load_n(&yard->writers, __ATOMIC_RELAXED) != 0)
		add(&yard->intruders, 1);
	for (int i = 0; i < 4; i++)
		AFIELD_SPIN();
	if (debit != ledger->credit)
		add(&yard->torn, 1);
	add(&yard->readers, -1);
}

static void write_section(struct yard *yard, struct ledger *ledger)
{
	if (__atomic_fetch_add(&yard->writers, 1, __ATOMIC_RELAXED) != 0 ||
	    __atomic_load_n(&yard->readers, __ATOMIC_RELAXED) != 0)
		add(&yard->intruders, 1);
	ledger->debit++;
	if (ledger->debit % 64 == 0)
		sched_yield(); /* on one core, too, others come while this one is in */
	for (int i = 0; i < 4; i++)
		AFIELD_SPIN();
	ledger->credit++;
	add(&yard->writes, 1);
	add(&yard->writers, -1);
}

static void borrow(struct yard *yard)
{
	const struct ledger *ledger = NULL;

	if (yard->waits)
		TEST_CHECK(ledger_cell_borrow_wait(&yard->field, &ledger) == 0);
	else
		ledger = ledger_cell_try_borrow(&yard->field);
	if (!ledger) {
		add(&yard->refused, 1);
		return;
	}
	read_section(yard, ledger);
	ledger_cell_release(&yard->field);
}

static void borrow_mut(struct yard *yard)
{
	struct ledger *ledger = NULL;

	if (yard->waits)
		TEST_CHECK(ledger_cell_borrow_mut_wait(&yard->field, &ledger) == 0);
	else
		ledger = ledger_cell_try_borrow_mut(&yard->field);
	if (!ledger) {
		add(&yard->refused, 1);
		return;
	}
	write_section(yard, ledger);
	ledger_cell_release_mut(&yard->field);
}

static void work(void *argument, int index)
{
	struct yard *yard = (struct yard *)argument;

	for (long i = test_scaled(20000); i > 0; i--) {
		if ((i + index) % 4 == 0)
			borrow_mut(yard);
		else
			borrow(yard);
	}
}

static void run(int threads, bool waits)
{
	struct yard yard;
	long turns = threads * test_scaled(20000);

	memset(&yard, 0, sizeof(yard));
	yard.waits = waits;
	test_threads(threads, work, &yard);
	printf("  %d threads %s: %ld of %ld refused\n", threads, waits ? "waiting" : "trying",
	       yard.refused, turns);
	TEST_CHECK(yard.intruders == 0 && yard.torn == 0);
	TEST_CHECK(yard.field.value.debit == yard.writes && yard.writes > 0);
	TEST_CHECK(yard.field.value.credit == yard.writes);
	TEST_CHECK(!waits || yard.refused == 0);
	TEST_CHECK(ledger_cell_borrow_count(&yard.field) == 0);
	TEST_CHECK(ledger_cell_try_borrow_mut(&yard.field) != NULL);
	ledger_cell_release_mut(&yard.field);
}

static void tries_do_not_overlap(void)
{
	run(2, false);
	run(8, false);
}

static void waits_do_not_overlap(void)
{
	run(2, true);
	run(8, true);
}

/*
 * One thread borrows exclusively, releases, and borrows again at once; the other tries to read
 * once. Where the try has failed, it was never in: then both exclusive borrows must have been had.
 */
struct duel {
	ledger_cell field;
	long rounds, arrivals, tries, refused;
	char *first, *second, *tried; /* of each round: whether it was had */
};

static char take_and_release(ledger_cell *field, long pauses)
{
	if (!ledger_cell_try_borrow_mut(field))
		return 0;
	for (long i = 0; i < pauses; i++)
		AFIELD_SPIN();
	ledger_cell_release_mut(field);
	return 1;
}

/* A round in which the try is sure to come in between, however the two are scheduled. */
static char take_and_wait(struct duel *duel, long i)
{
	while (!ledger_cell_try_borrow_mut(&duel->field))
		sched_yield();
	meet(&duel->arrivals, i);
	while (__atomic_load_n(&duel->tries, __ATOMIC_RELAXED) <= i)
		sched_yield();
	ledger_cell_release_mut(&duel->field);
	return 1;
}

static void fight(void *argument, int index)
{
	struct duel *duel = (struct duel *)argument;

	for (long i = 0; i < duel->rounds; i++) {
		if (index == 0) {
			if (i % 32 == 0) {
				duel->first[i] = take_and_wait(duel, i);
			} else {
				meet(&duel->arrivals, i);
				duel->first[i] = take_and_release(&duel->field, i % 32);
			}
			duel->second[i] = take_and_release(&duel->field, 1);
		} else {
			meet(&duel->arrivals, i);
			for (long pause = 0; pause < i % 29; pause++)
				AFIELD_SPIN();
			duel->tried[i] = ledger_cell_try_borrow(&duel->field) != NULL;
			if (duel->tried[i])
				ledger_cell_release(&duel->field);
			add(&duel->tries, 1);
		}
	}
}

static void a_failed_try_is_in_nobodys_way(void)
{
	struct duel duel;
	long unexplained = 0;
	char *results;

	memset(&duel, 0, sizeof(duel));
	duel.rounds = test_scaled(100000);
	results = (char *)calloc((size_t)duel.rounds, 3);
	if (!results)
		abort();
	duel.first = results;
	duel.second = results + duel.rounds;
	duel.tried = results + 2 * duel.rounds;
	test_threads(2, fight, &duel);
	for (long i = 0; i < duel.rounds; i++) {
		duel.refused += !duel.tried[i];
		unexplained += !duel.tried[i] && (!duel.first[i] || !duel.second[i]);
	}
	printf("  %ld of %ld tries refused\n", duel.refused, duel.rounds);
	TEST_CHECK(unexplained == 0);
	TEST_CHECK(duel.refused > 0);
	free(results);
}

int main(void)
{
	TEST_RUN(tries_do_not_overlap);
	TEST_RUN(waits_do_not_overlap);
	TEST_RUN(a_failed_try_is_in_nobodys_way);
	return test_done();
}
