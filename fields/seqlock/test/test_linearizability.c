/* SPDX-License-Identifier: MIT */
/*
 * seqlock: recorded histories of all its verbs are linearizable by the clock, with one slot, two
 * and four; and the test would notice if they were not: a load without the re-check of the
 * sequence, and a store that publishes late, are both caught.
 *
 * Every written number is unique in its history. A value that is not whole is recorded as a number
 * that nobody wrote. exchange and update are the model's rmw: from the value before to the one
 * after.
 */
#include <afield/check.h>
#include <afield/seqlock.h>

#include "test.h"

#include <sched.h>

enum { THREADS = 4, OPERATIONS = 12, WORDS = 16, TORN = -1 };

const struct afield_model *afield_seqlock_model(void);
static unsigned read_verb, write_verb, rmw_verb;

struct wide {
	int64_t words[WORDS];
};
AFIELD_TYPE(wide_one, seqlock, struct wide, 1);
AFIELD_TYPE(wide_two, seqlock, struct wide);
AFIELD_TYPE(wide_four, seqlock, struct wide, 4);

static struct wide wide_of(int64_t number)
{
	struct wide value;

	for (int i = 0; i < WORDS; i++)
		value.words[i] = number;
	return value;
}

static int64_t number_of(const struct wide *value)
{
	for (int i = 1; i < WORDS; i++)
		if (value->words[i] != value->words[0])
			return TORN;
	return value->words[0];
}

static int64_t unique(unsigned thread, unsigned round, int operation)
{
	return 1 + operation + OPERATIONS * ((int64_t)thread + THREADS * (int64_t)round);
}

/* An rmw is recorded with the value it found, which is known only afterwards. */
static void record_rmw(struct afield_log *log, int64_t before, int64_t after)
{
	afield_record_return1(log, AFIELD_OK);
	if (log->overflow)
		return;
	log->records[log->count - 1].arguments[0] = before;
	log->records[log->count - 1].arguments[1] = after;
}

/* What update does: to the number in `after`, and says from which. */
struct step {
	int64_t before, after;
};
static bool take_step(struct wide *value, void *argument)
{
	struct step *step = (struct step *)argument;

	step->before = number_of(value);
	*value = wide_of(step->after);
	return true;
}

#define RECORDED(name)                                                                           \
	static void name##_work(void *subject, struct afield_log *log, unsigned thread,          \
				unsigned round)                                                  \
	{                                                                                        \
		name *field                                                                      \
		= (name *)subject;                                                               \
		for (int i = 0; i < OPERATIONS; i++) {                                           \
			struct step step = {0, unique(thread, round, i)};                        \
			struct wide value = wide_of(step.after);                                 \
			switch ((thread + (unsigned)i * 3 + round) % 6) {                        \
			case 0:                                                                  \
				afield_record_call1(log, write_verb, step.after);                \
				name##_store(field, value);                                      \
				afield_record_return(log);                                       \
				break;                                                           \
			case 1:                                                                  \
				afield_record_call2(log, rmw_verb, 0, 0);                        \
				value = name##_exchange(field, value);                           \
				record_rmw(log, number_of(&value), step.after);                  \
				break;                                                           \
			case 2:                                                                  \
				afield_record_call2(log, rmw_verb, 0, 0);                        \
				name##_update(field, take_step, &step);                          \
				record_rmw(log, step.before, step.after);                        \
				break;                                                           \
			default:                                                                 \
				afield_record_call(log, read_verb);                              \
				value = name##_load(field);                                      \
				afield_record_return1(log, number_of(&value));                   \
			}                                                                        \
			if ((thread + round) % 4 == 0)                                           \
				sched_yield();                                                   \
		}                                                                                \
	}                                                                                        \
	static name name##_field;                                                                \
	static void name##_is_linearizable(void)                                                 \
	{                                                                                        \
		TEST_CHECK(check_rounds(name##_work, &name##_field, test_scaled(3000), #name) == \
			   AFIELD_LIN);                                                          \
	}

static enum afield_verdict check_rounds(void (*work)(void *, struct afield_log *, unsigned,
						     unsigned),
					void *field, long rounds, const char *name)
{
	struct afield_rounds plan;
	struct afield_history *history;
	int verdict;

	memset(&plan, 0, sizeof(plan));
	plan.threads = THREADS;
	plan.rounds = (unsigned)rounds;
	plan.operations = OPERATIONS;
	plan.work = work;
	plan.subject = field;
	history = afield_rounds_run(&plan, afield_seqlock_model());
	if (!history)
		return AFIELD_UNKNOWN;
	afield_history_set_initial(history, 0);
	if (name) {
		verdict = afield_check_print(name, history, NULL, stdout);
	} else {
		struct afield_check_options options;
		struct afield_report report;

		memset(&options, 0, sizeof(options));
		options.no_counterexample = true;
		afield_check(history, &options, &report);
		verdict = report.verdict;
		afield_report_fini(&report);
	}
	afield_history_free(history);
	return (enum afield_verdict)verdict;
}

RECORDED(wide_one)
RECORDED(wide_two)
RECORDED(wide_four)

/* The controls write as the field does, and yield where a thread may be stopped. */
static void torn_work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	wide_one *one = (wide_one *)subject;

	for (int i = 0; i < OPERATIONS; i++) {
		int64_t number = unique(thread, round, i);

		if (thread % 2 == 0) {
			afield_record_call1(log, write_verb, number);
			wide_one_store(one, wide_of(number));
			afield_record_return(log);
		} else {
			struct wide value;

			afield_record_call(log, read_verb);
			for (int word = 0; word < WORDS; word++) {
				value.words[word] =
					(int64_t)AFIELD_LOAD(&one->words[word], relaxed);
				if (word == WORDS / 2)
					sched_yield();
			}
			afield_record_return1(log, number_of(&value));
		}
	}
}

/* Stores that linearize only with the thread's next store. */
static void late_work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	wide_two *two = (wide_two *)subject;
	int64_t late = 0;

	for (int i = 0; i < OPERATIONS; i++) {
		int64_t number = unique(thread, round, i);

		if (thread == 0) {
			afield_record_call1(log, write_verb, number);
			if (late)
				wide_two_store(two, wide_of(late));
			afield_record_return(log);
			late = number;
			sched_yield();
		} else {
			struct wide value;

			afield_record_call(log, read_verb);
			value = wide_two_load(two);
			afield_record_return1(log, number_of(&value));
		}
	}
	if (late)
		wide_two_store(two, wide_of(late));
}

static bool is_caught(void (*work)(void *, struct afield_log *, unsigned, unsigned), void *field,
		      size_t size)
{
	for (struct test_tries tries = {0}; test_try(&tries);) {
		memset(field, 0, size);
		if (check_rounds(work, field, 50, NULL) == AFIELD_NONLIN)
			return true;
	}
	return false;
}

static void a_torn_load_is_caught(void)
{
	wide_one field;

	TEST_CHECK(is_caught(torn_work, &field, sizeof(field)));
}

static void a_late_store_is_caught(void)
{
	wide_two field;

	TEST_CHECK(is_caught(late_work, &field, sizeof(field)));
}

int main(void)
{
	const struct afield_model *model = afield_seqlock_model();

	read_verb = (unsigned)afield_model_verb(model, "read");
	write_verb = (unsigned)afield_model_verb(model, "write");
	rmw_verb = (unsigned)afield_model_verb(model, "rmw");
	TEST_RUN(wide_one_is_linearizable);
	TEST_RUN(wide_two_is_linearizable);
	TEST_RUN(wide_four_is_linearizable);
	TEST_RUN(a_torn_load_is_caught);
	TEST_RUN(a_late_store_is_caught);
	return test_done();
}
