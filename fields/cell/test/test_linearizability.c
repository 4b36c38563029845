/* SPDX-License-Identifier: MIT */
/*
 * cell: recorded borrows are those of one thread after another; above all, a try fails only beside
 * a borrow that is really there.
 */
#include <afield/cell.h>

#include "history.h"
#include "test.h"

const struct afield_model *afield_cell_model(void);

struct pair {
	int64_t number, echo;
};
AFIELD_TYPE(pair_cell, cell, struct pair);

enum { BORROW, RELEASE, BORROW_MUT, RELEASE_MUT, TURNS = 5 };

static afield_value seen(const struct pair *pair)
{
	if (!pair)
		return AFIELD_FAIL;
	return pair->number == pair->echo ? pair->number : -1; /* torn: nobody writes -1 */
}

static void read_turn(pair_cell *field, struct afield_log *log, bool waits)
{
	const struct pair *pair = NULL;

	afield_record_call(log, BORROW);
	if (waits)
		TEST_CHECK(pair_cell_borrow_wait(field, &pair) == 0);
	else
		pair = pair_cell_try_borrow(field);
	afield_record_return1(log, seen(pair));
	if (!pair)
		return;
	afield_record_call(log, RELEASE);
	pair_cell_release(field);
	afield_record_return(log);
}

static void write_turn(pair_cell *field, struct afield_log *log, bool waits, int64_t number)
{
	struct pair *pair = NULL;

	afield_record_call(log, BORROW_MUT);
	if (waits)
		TEST_CHECK(pair_cell_borrow_mut_wait(field, &pair) == 0);
	else
		pair = pair_cell_try_borrow_mut(field);
	afield_record_return1(log, seen(pair));
	if (!pair)
		return;
	pair->number = pair->echo = number;
	afield_record_call1(log, RELEASE_MUT, number);
	pair_cell_release_mut(field);
	afield_record_return(log);
}

/* The first threads of a round write and release, the others try to come in between. */
static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	pair_cell *cell = (pair_cell *)subject;

	for (unsigned i = 0; i < TURNS; i++) {
		int64_t number = (int64_t)(((round * TURNS + i) << 4) + thread);
		bool waits = (round + i) % 5 == 4;

		if ((thread + i) % 3 == 0)
			write_turn(cell, log, waits, number);
		else
			read_turn(cell, log, waits);
	}
}

static void borrows_are_linearizable(void)
{
	static const enum afield_clock clocks[] = {AFIELD_CLOCK_AUTO, AFIELD_CLOCK_TICKET};
	static const unsigned crews[] = {2, 3, 4, 8};

	for (unsigned i = 0; i < 8; i++) {
		static pair_cell field;
		struct afield_rounds rounds;

		memset(&rounds, 0, sizeof(rounds));
		rounds.threads = crews[i / 2];
		rounds.rounds = (unsigned)test_scaled(500);
		rounds.operations = 2 * TURNS;
		rounds.clock = clocks[i % 2];
		rounds.work = work;
		rounds.subject = &field;
		TEST_CHECK(pair_cell_store(&field, (struct pair){0, 0}) == 0);
		TEST_CHECK(history_verdict(&rounds, afield_cell_model(), NULL, "cell") ==
			   AFIELD_LIN);
	}
}

int main(void)
{
	TEST_RUN(borrows_are_linearizable);
	return test_done();
}
