/* SPDX-License-Identifier: MIT */
/*
 * history: recorded runs of a field, checked as a register of pairs or as a mutex.
 *
 * A kind brings three functions on its field; the threads here call them, record what they saw, and
 * the checker says whether there is an order. Two workloads: values that are never written twice,
 * which make a fault plain, and three values only, which can show ABA. Two clocks: the time stamp
 * counter, which sees stores that come late, and a ticket, which is a total order everywhere.
 *
 *	static const struct history_field field = {&it, read_it, write_it, compare_exchange_it};
 *	TEST_CHECK(history_is_linearizable("locked", &field, afield_locked_model()));
 *
 * A lock is another subject: its turns are checked as those of a mutex.
 *
 * Synchronization: one call at a time; the functions are called by many threads.
 */
#ifndef AFIELD_TESTS_HISTORY_H
#define AFIELD_TESTS_HISTORY_H

#include <afield/check.h>

#include "test.h"

static size_t history_checked; /* operations, of all runs */

typedef void (*history_body)(void *subject, struct afield_log *log, unsigned thread,
			     unsigned round);

/* Threads that do `work` on the subject, so many operations in each of so many rounds. */
static inline struct afield_rounds history_rounds(unsigned threads, unsigned count,
						  unsigned operations, enum afield_clock clock,
						  history_body work, void *subject)
{
	struct afield_rounds rounds;

	memset(&rounds, 0, sizeof(rounds));
	rounds.threads = threads;
	rounds.rounds = count;
	rounds.operations = operations;
	rounds.clock = clock;
	rounds.work = work;
	rounds.subject = subject;
	return rounds;
}

/*
 * Runs the rounds and checks what they recorded: the verdict is printed under `name`, or is not if
 * that is NULL. `initial` is what the field held before, or NULL for what the model begins with.
 */
static inline enum afield_verdict history_verdict(const struct afield_rounds *rounds,
						  const struct afield_model *model,
						  const afield_value *initial, const char *name)
{
	struct afield_history *history = afield_rounds_run(rounds, model);
	struct afield_report report;
	enum afield_verdict verdict;

	if (!history)
		abort();
	if (initial)
		afield_history_set_initial(history, *initial);
	history_checked += afield_history_count(history);
	if (name) {
		verdict = (enum afield_verdict)afield_check_print(name, history, NULL, stdout);
	} else {
		afield_check(history, NULL, &report);
		verdict = report.verdict;
		afield_report_fini(&report);
	}
	afield_history_free(history);
	return verdict;
}

/*
 * Many operations, a hundred times as many in a long run, in portions that fit into memory: rounds
 * of two, four and eight threads by both clocks, of which the first are printed. `check` says what
 * the checker says.
 */
static inline void history_portions(enum afield_verdict (*check)(unsigned threads,
								 enum afield_clock clock,
								 unsigned count, bool is_quiet),
				    unsigned count)
{
	long portions = test_scaled(6);

	for (long i = 0; i < portions; i++)
		for (unsigned threads = 2; threads <= 8; threads *= 2)
			TEST_CHECK(check(threads, i % 2 ? AFIELD_CLOCK_TICKET : AFIELD_CLOCK_AUTO,
					 count / threads, i > 1) == AFIELD_LIN);
	printf("  %zu operations\n", history_checked);
}

/* A twin of the field, which `check` uses meanwhile, is rejected before long. */
static inline void history_catches(enum afield_verdict (*check)(unsigned threads,
								enum afield_clock clock,
								unsigned count, bool is_quiet),
				   unsigned count)
{
	bool is_caught = false;

	for (struct test_tries tries = {0}; !is_caught && test_try(&tries);)
		is_caught = check(4, AFIELD_CLOCK_AUTO, count, true) == AFIELD_NONLIN;
	TEST_CHECK(is_caught);
}

/* The value: two numbers that are always equal. Only a torn value shows two. */
struct history_pair {
	int64_t number, echo;
};

struct history_field {
	void *it;
	struct history_pair (*read)(void *it);
	void (*write)(void *it, struct history_pair value);
	bool (*compare_exchange)(void *it, int64_t expected, struct history_pair desired);
};

/* The compare-exchange of a kind that has `update` instead: its function, and the argument. */
struct history_exchange {
	int64_t expected;
	struct history_pair desired;
};
static inline bool history_exchange(struct history_pair *value, void *argument)
{
	const struct history_exchange *exchange = (const struct history_exchange *)argument;

	if (value->number != exchange->expected)
		return false;
	*value = exchange->desired;
	return true;
}

/* A lock, for history_is_mutex: `try_acquire` may be called until it is true. */
struct history_lock {
	void *it;
	bool (*acquire)(void *it);
	bool (*try_acquire)(void *it);
	void (*release)(void *it);
};

enum { HISTORY_OPERATIONS = 16, HISTORY_READ = 0, HISTORY_WRITE = 1, HISTORY_CAS = 2 };

struct history_run {
	const struct history_field *tested;
	bool is_unique;
	long torn;
};

static inline struct history_pair history_value(int64_t number)
{
	struct history_pair value = {number, number};

	return value;
}

static inline int64_t history_next(const struct history_run *run, unsigned thread, unsigned round,
				   unsigned i)
{
	if (run->is_unique)
		return (int64_t)(((round * HISTORY_OPERATIONS + i) << 8) + thread + 1);
	return (int64_t)((thread + i + round) % 3);
}

static inline void history_work(void *subject, struct afield_log *log, unsigned thread,
				unsigned round)
{
	struct history_run *run = (struct history_run *)subject;
	const struct history_field *tested = run->tested;
	struct history_pair seen = history_value(0);

	for (unsigned i = 0; i < HISTORY_OPERATIONS; i++) {
		int64_t next = history_next(run, thread, round, i);
		unsigned verb = (thread + i + round) % 4;
		bool is_done;

		if (verb == 1) {
			afield_record_call1(log, HISTORY_WRITE, next);
			tested->write(tested->it, history_value(next));
			afield_record_return(log);
		} else if (verb == 2) {
			afield_record_call2(log, HISTORY_CAS, seen.number, next);
			is_done = tested->compare_exchange(tested->it, seen.number,
							   history_value(next));
			afield_record_return1(log, is_done ? AFIELD_OK : AFIELD_FAIL);
		} else {
			afield_record_call(log, HISTORY_READ);
			seen = tested->read(tested->it);
			afield_record_return1(log, seen.number);
			if (seen.number != seen.echo)
				__atomic_fetch_add(&run->torn, 1, __ATOMIC_RELAXED);
		}
	}
}

static inline bool history_is_linearizable(const char *name, const struct history_field *tested,
					   const struct afield_model *model)
{
	static const enum afield_clock clocks[] = {AFIELD_CLOCK_AUTO, AFIELD_CLOCK_TICKET};
	static const unsigned workers[] = {2, 4, 8};
	const afield_value zero = 0;
	bool is_good = true;

	for (unsigned i = 0; i < 12; i++) {
		struct history_run run;
		struct afield_rounds rounds;

		memset(&run, 0, sizeof(run));
		run.tested = tested;
		run.is_unique = i % 2 != 0;
		rounds = history_rounds(workers[i / 4], (unsigned)test_scaled(150),
					HISTORY_OPERATIONS, clocks[i / 2 % 2], history_work, &run);
		tested->write(tested->it, history_value(0));
		is_good &= history_verdict(&rounds, model, &zero, name) == AFIELD_LIN;
		is_good &= run.torn == 0;
	}
	return is_good;
}

/*
 * For a field on which the first operations decide all others: many short runs of two to four
 * threads, each on a subject that `begin` has made fresh and `end` gives back.
 */
struct history_runs {
	long count;
	unsigned operations;
	void (*work)(void *subject, struct afield_log *log, unsigned thread, unsigned round);
	void *subject;
	void (*begin)(void *subject);
	void (*end)(void *subject);
};

static inline bool history_runs_are_linearizable(const char *name, const struct history_runs *runs,
						 const struct afield_model *model)
{
	long failures = 0;

	for (long i = 0; i < runs->count; i++) {
		struct afield_rounds rounds;
		struct afield_history *history;
		struct afield_report report;

		runs->begin(runs->subject);
		rounds = history_rounds(2 + (unsigned)(i % 3), 1, runs->operations,
					i % 2 ? AFIELD_CLOCK_AUTO : AFIELD_CLOCK_TICKET, runs->work,
					runs->subject);
		history = afield_rounds_run(&rounds, model);
		if (!history)
			return false;
		afield_check(history, NULL, &report);
		if (report.verdict != AFIELD_LIN && failures++ == 0)
			afield_check_print(name, history, NULL, stdout);
		afield_report_fini(&report);
		afield_history_free(history);
		runs->end(runs->subject);
	}
	printf("  %ld runs, %ld not linearizable\n", runs->count, failures);
	return failures == 0;
}

enum { HISTORY_ACQUIRE, HISTORY_RELEASE };

/* A try that fails says only that somebody had the lock; locks are what is recorded. */
static inline void history_take_turns(void *subject, struct afield_log *log, unsigned thread,
				      unsigned round)
{
	const struct history_lock *lock = (const struct history_lock *)subject;

	for (unsigned i = 0; i < HISTORY_OPERATIONS / 2; i++) {
		bool waits = (thread + i + round) % 2 == 0;

		afield_record_call(log, HISTORY_ACQUIRE);
		if (waits)
			TEST_CHECK(lock->acquire(lock->it));
		while (!waits && !lock->try_acquire(lock->it))
			AFIELD_SPIN();
		afield_record_return(log);
		afield_record_call(log, HISTORY_RELEASE);
		lock->release(lock->it);
		afield_record_return(log);
	}
}

static inline bool history_is_mutex(const char *name, struct history_lock *lock)
{
	struct afield_rounds rounds;

	rounds = history_rounds(4, (unsigned)test_scaled(200), HISTORY_OPERATIONS,
				AFIELD_CLOCK_AUTO, history_take_turns, lock);
	return history_verdict(&rounds, afield_model_find("mutex"), NULL, name) == AFIELD_LIN;
}

#endif
