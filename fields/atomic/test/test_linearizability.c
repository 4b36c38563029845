/* SPDX-License-Identifier: MIT */
/*
 * atomic: histories of its bare verbs are linearizable by the clock, and the test would notice if
 * they were not: a counter in two steps and a store with release order are both caught.
 */
#include <afield/atomic.h>
#include <afield/check.h>

#include "bind.h"
#include "test.h"

enum { THREADS = 3, OPERATIONS = 12 };

static const struct afield_model *model;
static unsigned load_verb, store_verb, compare_exchange_verb;

/* The verbs that take one operand and return the value before. */
static struct fetching {
	const char *name;
	int64_t (*call)(afield_i64 *field, int64_t operand);
	unsigned verb;
} fetching[] = {
	{"exchange", afield_i64_exchange, 0},   {"fetch_add", afield_i64_fetch_add, 0},
	{"fetch_sub", afield_i64_fetch_sub, 0}, {"fetch_and", afield_i64_fetch_and, 0},
	{"fetch_or", afield_i64_fetch_or, 0},   {"fetch_xor", afield_i64_fetch_xor, 0},
	{"fetch_min", afield_i64_fetch_min, 0}, {"fetch_max", afield_i64_fetch_max, 0},
};
enum { FETCHING = sizeof(fetching) / sizeof(fetching[0]) };

static void find_verbs(void)
{
	model = afield_model_find("integer");
	load_verb = (unsigned)afield_model_verb(model, "load");
	store_verb = (unsigned)afield_model_verb(model, "store");
	compare_exchange_verb = (unsigned)afield_model_verb(model, "compare_exchange");
	for (int i = 0; i < FETCHING; i++)
		fetching[i].verb = (unsigned)afield_model_verb(model, fetching[i].name);
}

static int64_t recorded_load(afield_i64 *field, struct afield_log *log)
{
	int64_t seen;

	afield_record_call(log, load_verb);
	seen = afield_i64_load(field);
	afield_record_return1(log, seen);
	return seen;
}

/* Every verb in turn, in another order in each thread and round; small operands, so that they meet.
 */
static void every_verb(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	afield_i64 *number = (afield_i64 *)subject;
	unsigned state = 1 + thread + round * THREADS;
	int64_t seen = 0;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		unsigned which = (state = state * 1103515245 + 12345) >> 16;
		int64_t operand = which / 64 % 7;

		if (which % 11 < FETCHING) {
			const struct fetching *verb = &fetching[which % 11];

			afield_record_call1(log, verb->verb, operand);
			seen = verb->call(number, operand);
			afield_record_return1(log, seen);
		} else if (which % 11 == FETCHING) {
			seen = recorded_load(number, log);
		} else if (which % 11 == FETCHING + 1) {
			afield_record_call1(log, store_verb, operand);
			afield_i64_store(number, operand);
			afield_record_return(log);
		} else {
			bool done;

			afield_record_call2(log, compare_exchange_verb, seen, operand);
			done = afield_i64_compare_exchange(number, &seen, operand);
			if (done)
				afield_record_return1(log, AFIELD_OK);
			else
				afield_record_return2(log, AFIELD_FAIL, seen);
		}
	}
}

/* A counter as one should not write it: between its two steps another thread may come. */
static void two_steps(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	afield_i64 *number = (afield_i64 *)subject;

	(void)thread, (void)round;
	for (unsigned i = 0; i < OPERATIONS; i++) {
		int64_t seen;

		afield_record_call1(log, fetching[1].verb, 1);
		seen = afield_i64_load_relaxed(number);
		afield_i64_store_relaxed(number, seen + 1);
		afield_record_return1(log, seen);
	}
}

/* Stores, then loads: another thread may still load the value from before the store. */
static void stores(afield_i64 *field, struct afield_log *log, unsigned thread, unsigned round,
		   void (*store)(afield_i64 *field, int64_t value))
{
	for (unsigned i = 0; i < OPERATIONS / 2; i++) {
		int64_t value = (int64_t)(round * OPERATIONS + i) * THREADS + thread + 1;

		afield_record_call1(log, store_verb, value);
		store(field, value);
		afield_record_return(log);
		recorded_load(field, log);
	}
}
static void bare_stores(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	stores((afield_i64 *)subject, log, thread, round, afield_i64_store);
}
/*
 * A release store, behind one to a line that is in no cache. Stores leave the buffer in their order,
 * so it stays there for as long as memory takes: longer than two stamps, also where both threads
 * share a core and its cache.
 */
static void late_store(afield_i64 *field, int64_t value)
{
#ifdef __x86_64__
	static __thread char line[128];

	__builtin_ia32_clflush(line + 64);
	AFIELD_COMPILER_FENCE();
	line[64]++;
#endif
	afield_i64_store_release(field, value);
}
static void release_stores(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	stores((afield_i64 *)subject, log, thread, round, late_store);
}

typedef void work(void *subject, struct afield_log *log, unsigned thread, unsigned round);

static struct afield_history *record(work *work, unsigned threads)
{
	static struct {
		char apart[128];
		afield_i64 field;
		char apart_too[128];
	} place;
	struct afield_rounds rounds;

	memset(&place, 0, sizeof(place));
	memset(&rounds, 0, sizeof(rounds));
	rounds.threads = threads;
	rounds.rounds = (unsigned)test_scaled(400);
	rounds.operations = 2 * OPERATIONS;
	rounds.pin = true;
	rounds.work = work;
	rounds.subject = &place.field;
	return afield_rounds_run(&rounds, model);
}

static void bare_verbs_are_linearizable(void)
{
	struct afield_history *verbs = record(every_verb, THREADS);
	struct afield_history *plain = record(bare_stores, 2);

	TEST_CHECK(afield_check_print("atomic", verbs, NULL, stdout) == 0);
	TEST_CHECK(afield_check_print("atomic.store", plain, NULL, stdout) == 0);
	afield_history_free(verbs);
	afield_history_free(plain);
}

/* Whether the checker finds the fault. */
static bool is_caught(const char *what, work *work)
{
	struct afield_check_options options;
	struct test_tries tries = {0};
	bool is_caught = false;

	memset(&options, 0, sizeof(options));
	options.no_counterexample = true;
	while (!is_caught && test_try(&tries)) {
		struct afield_history *history = record(work, 2);
		struct afield_report report;

		afield_check(history, &options, &report);
		is_caught = report.verdict == AFIELD_NONLIN;
		afield_report_fini(&report);
		afield_history_free(history);
	}
	printf("  %s: %s in attempt %d\n", what, is_caught ? "caught" : "not caught", tries.count);
	return is_caught;
}

static void two_steps_are_caught(void)
{
	if (test_processors() > 1)
		TEST_CHECK(is_caught("a counter in two steps", two_steps));
}

/*
 * A release store returns while its value is still in the core's buffer. That is what the name
 * promises, and no fault of the field: it is here because a checker that cannot see it could not
 * have seen it in the bare verbs either. It needs a clock that does not empty the buffer, and no
 * sanitizer, whose own work does.
 */
static void late_stores_are_caught(void)
{
	bool can_see = test_processors() > 1 && afield_clock_tsc_usable();

#ifdef AFIELD__TSAN
	can_see = false;
#endif
	if (can_see)
		TEST_CHECK(is_caught("a store with release order", release_stores));
}

int main(void)
{
	find_verbs();
	TEST_RUN(bare_verbs_are_linearizable);
	TEST_RUN(two_steps_are_caught);
	TEST_RUN(late_stores_are_caught);
	return test_done();
}
