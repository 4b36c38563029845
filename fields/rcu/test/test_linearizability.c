/* SPDX-License-Identifier: MIT */
/*
 * rcu: histories of its operations are those of a register, by the clock. Every version holds a
 * number of its own. An update is a cas from the number that it found to its own; a
 * compare_exchange that fails is a read of the version it found. A twin that publishes with a plain
 * store instead of an exchange of what it compared is caught.
 */
#include <afield/check.h>
#include <afield/rcu.h>

#include "history.h"
#include "test.h"

enum { OPERATIONS = 12 };

AFIELD_TYPE(number_rcu, rcu, int64_t);

static const struct afield_model *model;
static unsigned read_verb, write_verb, cas_verb;
static int is_broken;

static int64_t *make(int64_t number)
{
	int64_t *version = number_rcu_new(&number);

	if (!version)
		abort();
	return version;
}

static afield_value value_of(const int64_t *version)
{
	return version ? (afield_value)*version : AFIELD_NIL;
}

static void record_load(number_rcu *field, struct afield_log *log)
{
	AFIELD_READ_SECTION
	{
		const int64_t *seen;

		afield_record_call(log, read_verb);
		seen = number_rcu_load(field);
		afield_record_return1(log, value_of(seen));
	}
}

static void record_read(number_rcu *field, struct afield_log *log)
{
	int64_t copy = 0;
	bool is_there;

	afield_record_call(log, read_verb);
	is_there = number_rcu_read(field, &copy);
	afield_record_return1(log, is_there ? (afield_value)copy : AFIELD_NIL);
}

static void record_store(number_rcu *field, struct afield_log *log, int64_t number)
{
	int64_t *version = make(number);

	afield_record_call1(log, write_verb, number);
	number_rcu_store(field, version);
	afield_record_return(log);
}

/* Stores what it made, whatever came in between. */
static bool broken_compare_exchange(number_rcu *field, const int64_t **expected, int64_t *desired)
{
	const int64_t *seen = number_rcu_load(field);

	if (seen != *expected) {
		*expected = seen;
		return false;
	}
	number_rcu_store(field, desired);
	return true;
}

static void record_compare_exchange(number_rcu *field, struct afield_log *log, int64_t number)
{
	int64_t *version = make(number);
	bool is_done = false;

	AFIELD_READ_SECTION
	{
		const int64_t *expected = number_rcu_load(field);

		afield_record_call2(log, cas_verb, value_of(expected), number);
		is_done = is_broken ? broken_compare_exchange(field, &expected, version)
				    : number_rcu_compare_exchange(field, &expected, version);
		afield_record_return1(log, is_done ? AFIELD_OK : AFIELD_FAIL);
	}
	if (!is_done)
		number_rcu_discard(version);
}

/* The exchange is recorded as a cas from what it returned: that is what an exchange says it did. */
struct change {
	int64_t number;
	afield_value found;
};

static bool put_number(int64_t *next, void *opaque)
{
	struct change *change = (struct change *)opaque;

	change->found = *next ? *next : AFIELD_NIL; /* numbers begin at 1, empty is zeroed */
	*next = change->number;
	return true;
}

/* What was found is known afterwards only, so the call is written again with it. */
static void know_cas(struct afield_log *log, afield_value found, int64_t number)
{
	struct afield_log_record *record = log->records + log->count - 1;

	record->arguments[0] = found;
	record->arguments[1] = number;
}

static void record_exchange(number_rcu *field, struct afield_log *log, int64_t number)
{
	int64_t *version = make(number), *old;

	afield_record_call2(log, cas_verb, AFIELD_NIL, number);
	old = number_rcu_exchange(field, version);
	afield_record_return1(log, AFIELD_OK);
	know_cas(log, value_of(old), number);
	number_rcu_retire(old);
}

static void record_update(number_rcu *field, struct afield_log *log, int64_t number)
{
	struct change change = {number, AFIELD_NIL};

	afield_record_call2(log, cas_verb, AFIELD_NIL, number);
	if (number_rcu_update(field, put_number, &change))
		abort();
	afield_record_return1(log, AFIELD_OK);
	know_cas(log, change.found, number);
}

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	number_rcu *rcu = (number_rcu *)subject;
	unsigned state = 1 + thread + round * 8;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		int64_t number = (int64_t)(round * OPERATIONS + i) * 8 + thread + 1;
		unsigned which = (state = state * 1103515245 + 12345) >> 16;

		switch (is_broken ? which % 2 * 3 : which % 6) {
		case 0:
			record_load(rcu, log);
			break;
		case 1:
			record_read(rcu, log);
			break;
		case 2:
			record_store(rcu, log, number);
			break;
		case 3:
			record_compare_exchange(rcu, log, number);
			break;
		case 4:
			record_exchange(rcu, log, number);
			break;
		default:
			record_update(rcu, log, number);
		}
	}
}

static enum afield_verdict check(unsigned threads, unsigned round_count, enum afield_clock clock)
{
	number_rcu field;
	struct afield_rounds rounds;
	enum afield_verdict verdict;

	memset(&field, 0, sizeof(field));
	rounds = history_rounds(threads, round_count, OPERATIONS, clock, work, &field);
	verdict = history_verdict(&rounds, model, NULL, is_broken ? NULL : "rcu");
	number_rcu_fini(&field);
	return verdict;
}

static void every_operation_is_linearizable(void)
{
	unsigned round_count = (unsigned)test_scaled(300);

	for (unsigned threads = 2; threads <= 8; threads *= 2) {
		TEST_CHECK(check(threads, round_count, AFIELD_CLOCK_AUTO) == AFIELD_LIN);
		TEST_CHECK(check(threads, round_count, AFIELD_CLOCK_TICKET) == AFIELD_LIN);
	}
}

static void a_store_in_place_of_the_exchange_is_caught(void)
{
	int caught = 0;

	is_broken = 1;
	for (struct test_tries tries = {0}; !caught && test_try(&tries);)
		caught = check(4, 300, AFIELD_CLOCK_AUTO) == AFIELD_NONLIN;
	is_broken = 0;
	TEST_CHECK(caught);
}

int main(void)
{
	model = afield_model_find("register");
	read_verb = (unsigned)afield_model_verb(model, "read");
	write_verb = (unsigned)afield_model_verb(model, "write");
	cas_verb = (unsigned)afield_model_verb(model, "cas");
	TEST_RUN(every_operation_is_linearizable);
	TEST_RUN(a_store_in_place_of_the_exchange_is_caught);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
