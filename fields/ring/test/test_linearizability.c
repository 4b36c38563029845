/* SPDX-License-Identifier: MIT */
/*
 * ring: recorded runs of push, pop and count are those of a queue of that capacity, one operation
 * after another. "Full" and "empty" are recorded like any other result.
 *
 * Small capacities and many threads make all three results frequent. A run of many rounds is
 * checked in parts, so that any number of operations fits into memory. In every other part threads
 * give their processor up in the middle of operations, which by itself happens rarely.
 */
#define AFIELD_PAUSES
#include <afield/check.h>
#include <afield/ring.h>
#include <afield/ring_spsc.h>

#include "history.h"
#include "test.h"

#include <sched.h>

void afield_ring_model(struct afield_model *model, int64_t capacity);

enum { PUSH, POP, COUNT, OPERATIONS = 14 };
enum { ROUNDS = 200 }; /* of one part */

AFIELD_TYPE(long_ring, ring, int64_t, 1);
AFIELD_TYPE(long_spsc, ring_spsc, int64_t, 1);

static long_ring ring;
static long_spsc spsc;
static unsigned part;    /* read by all, written between runs */
static long full, empty; /* __atomic */

/* At each access inside an operation. */
void afield_pause(const char *function, int line, const char *name)
{
	static __thread uint32_t random = 1;

	(void)function, (void)line, (void)name;
	random = random * 1664525 + 1013904223;
	if (part % 2 && random >> 27 == 0)
		sched_yield();
}

static void push_or_pop(void *unused, struct afield_log *log, unsigned thread, unsigned round)
{
	int64_t value = 0, number;

	(void)unused;
	for (unsigned i = 0; i < OPERATIONS; i++) {
		unsigned verb = (thread * 3 + i * 5 + round + (i >> 2)) % 9;
		int error;

		if (verb == 8) {
			afield_record_call(log, COUNT);
			number = (int64_t)long_ring_count(&ring);
			afield_record_return1(log, number);
		} else if (verb % 2) {
			number = (int64_t)((round * OPERATIONS + i) * 16 + thread);
			afield_record_call1(log, PUSH, number);
			error = long_ring_push(&ring, number);
			afield_record_return1(log, error ? AFIELD_FAIL : AFIELD_OK);
			if (error)
				__atomic_fetch_add(&full, 1, __ATOMIC_RELAXED);
		} else {
			afield_record_call(log, POP);
			number = long_ring_pop(&ring, &value) ? value : AFIELD_EMPTY;
			afield_record_return1(log, number);
			if (number == AFIELD_EMPTY)
				__atomic_fetch_add(&empty, 1, __ATOMIC_RELAXED);
		}
		if ((thread + i + round + part) % 11 == 0)
			sched_yield(); /* more threads than processors meet only so */
	}
}

/* One thread pushes, the other pops, and both count. */
static void push_or_pop_alone(void *unused, struct afield_log *log, unsigned thread, unsigned round)
{
	int64_t value = 0, number;

	(void)unused;
	for (unsigned i = 0; i < OPERATIONS; i++) {
		number = (int64_t)(round * OPERATIONS + i);
		if ((thread * 3 + i + round) % 8 == 7) {
			afield_record_call(log, COUNT);
			number = (int64_t)long_spsc_count(&spsc);
			afield_record_return1(log, number);
		} else if (thread == 0) {
			afield_record_call1(log, PUSH, number);
			number = long_spsc_push(&spsc, number) ? AFIELD_FAIL : AFIELD_OK;
			afield_record_return1(log, number);
		} else {
			afield_record_call(log, POP);
			number = long_spsc_pop(&spsc, &value) ? value : AFIELD_EMPTY;
			afield_record_return1(log, number);
		}
	}
}

/* No threads: the ring with one thread at each end. */
static bool part_is_linearizable(unsigned threads, int64_t capacity, enum afield_clock clock)
{
	struct afield_rounds rounds;
	struct afield_model model;
	bool is_good;

	rounds = history_rounds(threads ? threads : 2, ROUNDS, OPERATIONS, clock,
				threads ? push_or_pop : push_or_pop_alone, NULL);
	afield_ring_model(&model, capacity);
	TEST_CHECK(long_ring_open(&ring, (size_t)capacity) == 0);
	TEST_CHECK(long_spsc_open(&spsc, (size_t)capacity) == 0);
	is_good = history_verdict(&rounds, &model, NULL, "ring") == AFIELD_LIN;
	long_ring_fini(&ring);
	long_spsc_fini(&spsc);
	return is_good;
}

static void histories_are_linearizable(void)
{
	static const unsigned workers[] = {2, 3, 4, 8};
	static const int64_t capacities[] = {1, 2, 3, 5};

	for (part = 0; part < (unsigned)test_scaled(16); part++)
		TEST_CHECK(part_is_linearizable(workers[part % 4], capacities[part / 4 % 4],
						part / 16 % 3 == 2 ? AFIELD_CLOCK_TICKET
								   : AFIELD_CLOCK_AUTO));
	printf("  %zu operations checked, %ld full, %ld empty\n", history_checked, full, empty);
	TEST_CHECK(full > 0 && empty > 0);
}

static void so_are_those_of_one_thread_at_each_end(void)
{
	history_checked = 0;
	for (part = 0; part < (unsigned)test_scaled(8); part++)
		TEST_CHECK(part_is_linearizable(0, 1 + part % 3,
						part / 2 % 3 == 2 ? AFIELD_CLOCK_TICKET
								  : AFIELD_CLOCK_AUTO));
	printf("  %zu operations checked\n", history_checked);
}

/* The checker can say no: a full ring that is said to be so while it has room. */
static void a_false_full_is_found(void)
{
	struct afield_model model;
	struct afield_history *history;
	static const afield_value values[] = {1, AFIELD_FAIL};
	struct afield_operation operation;
	struct afield_report report;

	memset(&operation, 0, sizeof(operation));
	operation.ret = 1;
	operation.values = values;
	operation.argument_count = 1;
	operation.result_count = 1;
	afield_ring_model(&model, 1);
	history = afield_history_create(&model);
	TEST_CHECK(history && afield_history_add(history, &operation));
	afield_check(history, NULL, &report);
	TEST_CHECK(report.verdict == AFIELD_NONLIN);
	afield_report_fini(&report);
	afield_history_free(history);
}

int main(void)
{
	TEST_RUN(histories_are_linearizable);
	TEST_RUN(so_are_those_of_one_thread_at_each_end);
	TEST_RUN(a_false_full_is_found);
	return test_done();
}
