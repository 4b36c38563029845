/* SPDX-License-Identifier: MIT */
/*
 * counter: what the header says a sum means, by histories and the checker's verdict. Unit
 * increments from many threads are linearizable. Beside larger additions, and beside mixed signs, a
 * sum need not be: there are histories of this very code that the checker rejects.
 */
#define AFIELD_PAUSES /* the sum below stops at each access: see afield_pause */
#include <afield/counter.h>

#include <afield/check.h>

#include "history.h"
#include "test.h"

const struct afield_model *afield_counter_model(void);

enum { ADD, READ, OPERATIONS = 16 };

/* What happens before each access of a sum, in a thread that asks for it. */
static __thread void (*at_access)(const char *function, int line);
void afield_pause(const char *function, int line, const char *name)
{
	(void)name;
	if (at_access)
		at_access(function, line);
}

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	afield_counter *counter = (afield_counter *)subject;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		if ((thread + i + round) % 3) {
			afield_record_call1(log, ADD, 1);
			afield_counter_add(counter, 1);
			afield_record_return1(log, AFIELD_OK);
		} else {
			int64_t seen;

			afield_record_call(log, READ);
			seen = afield_counter_sum(counter);
			afield_record_return1(log, seen);
		}
	}
}

/* Fresh counters and striped ones: the first meet the making of the stripes. */
static void unit_increments_are_linearizable(void)
{
	long runs = test_scaled(24);
	const afield_value zero = 0;

	for (long i = 0; i < runs; i++) {
		static const unsigned crews[] = {2, 4, 8};
		unsigned threads = crews[i % 3];
		afield_counter counter;
		struct afield_rounds rounds;

		memset(&counter, 0, sizeof(counter));
		rounds = history_rounds(threads, i % 4 ? 600 / threads : 20, OPERATIONS,
					i % 2 ? AFIELD_CLOCK_TICKET : AFIELD_CLOCK_AUTO, work,
					&counter);
		TEST_CHECK(history_verdict(&rounds, afield_counter_model(), &zero,
					   i < 6 ? "counter" : NULL) == AFIELD_LIN);
		afield_counter_type()->fini(afield_counter_type(), &counter);
	}
	printf("  %zu operations\n", history_checked);
}

/*
 * One sum on a counter of at least two stripes, and two additions beside it: to the stripe that it
 * has read, and then to the one that it reads next.
 */
static struct scene {
	afield_counter counter;
	int64_t first, second;
	struct afield_log *log;
	int line;   /* of the access that reads stripes */
	int visits; /* how often it was reached */
} scene;

static void add_at(size_t place, int64_t amount)
{
	afield_record_call1(scene.log, ADD, amount);
	afield__counter_add_at(afield__counter_block(&scene.counter.counter), place, amount);
	afield_record_return1(scene.log, AFIELD_OK);
}

static void add_between(const char *function, int line)
{
	if (strcmp(function, "afield__counter_sum") != 0)
		return;
	scene.visits = line == scene.line ? scene.visits + 1 : 1;
	scene.line = line;
	if (scene.visits != 2) /* the second visit of one line: the second stripe */
		return;
	at_access = NULL;
	add_at(0, scene.first);
	add_at(1, scene.second);
}

static enum afield_verdict verdict_of(int64_t first, int64_t second, int64_t *sum)
{
	struct afield_recorder *recorder = afield_recorder_create(2, 4, AFIELD_CLOCK_TICKET);
	struct afield_log *log = recorder ? afield_recorder_log(recorder, 0) : NULL;
	struct afield_history *history;
	struct afield_report report;
	enum afield_verdict verdict;

	if (!recorder)
		abort();
	memset(&scene, 0, sizeof(scene));
	scene.first = first;
	scene.second = second;
	scene.log = afield_recorder_log(recorder, 1);
	afield__counter_add_slow(&scene.counter.counter, 0); /* makes the stripes */
	afield_record_call(log, READ);
	at_access = add_between;
	*sum = afield_counter_sum(&scene.counter);
	at_access = NULL;
	afield_record_return1(log, *sum);
	history = afield_recorder_history(recorder, afield_counter_model());
	if (!history)
		abort();
	afield_history_set_initial(history, 0);
	afield_check(history, NULL, &report);
	verdict = report.verdict;
	if (verdict == AFIELD_NONLIN)
		afield_report_text(&report, stdout);
	afield_report_fini(&report);
	afield_history_free(history);
	afield_recorder_free(recorder);
	TEST_CHECK(afield_counter_sum(&scene.counter) == first + second);
	afield_counter_type()->fini(afield_counter_type(), &scene.counter);
	return verdict;
}

static void a_sum_beside_units_fits(void)
{
	int64_t sum = 0;

	TEST_CHECK(verdict_of(1, 1, &sum) == AFIELD_LIN && sum == 1);
	TEST_CHECK(verdict_of(-1, -1, &sum) == AFIELD_LIN && sum == -1);
}

/* The count goes 0, 2, 6, and the sum says 4: between, and never there. */
static void a_sum_beside_larger_steps_need_not_fit(void)
{
	int64_t sum = 0;

	TEST_CHECK(verdict_of(2, 4, &sum) == AFIELD_NONLIN);
	TEST_CHECK(sum == 4);
}

/* The count goes 0, 1, 0, and the sum says -1. */
static void a_sum_beside_mixed_signs_is_not_even_between(void)
{
	int64_t sum = 0;

	TEST_CHECK(verdict_of(1, -1, &sum) == AFIELD_NONLIN);
	TEST_CHECK(sum == -1);
}

int main(void)
{
	TEST_RUN(unit_increments_are_linearizable);
	TEST_RUN(a_sum_beside_units_fits);
	TEST_RUN(a_sum_beside_larger_steps_need_not_fit);
	TEST_RUN(a_sum_beside_mixed_signs_is_not_even_between);
	return test_done();
}
