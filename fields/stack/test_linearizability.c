/*
 * stack: histories of its operations, by the clock. Short rounds of all operations against the
 * room's model, and long ones of push and pop against the checker's own. Twins whose count
 * adds up two looks, whose pop gives up, and whose pop_all pops one by one are caught.
 */
#include <afield/check.h>
#include <afield/stack.h>
#include <afield/reclaim.h>

#include "test.h"

#include <sched.h>

enum { OPERATIONS = 6, LONG_OPERATIONS = 1000, TRIES = 40 };

AFIELD_TYPE(numbers, stack, int64_t);

const struct afield_model *afield_stack_model(void);

enum { PUSH, POP, COUNT, IS_EMPTY, POP_ALL };
static enum { HONEST, ESTIMATES, GIVES_UP, POPS_EACH } twin;

struct run {
	numbers stack;
	unsigned operations;
	unsigned kinds; /* the first so many verbs are used, push and pop more often */
};

/* What the recorder calls a verb, in either model: push and pop are add and remove. */
static void record_push(struct run *run, struct afield_log *log, int64_t value)
{
	afield_record_call1(log, PUSH, value);
	if (!numbers_push(&run->stack, value))
		abort();
	afield_record_return(log);
}

/* Says that there is nothing when there is a lot. */
static bool give_up(numbers *stack, int64_t *value)
{
	return numbers_count(stack) < 3 && numbers_pop(stack, value);
}

static bool pop(struct run *run, int64_t *value)
{
	return twin == GIVES_UP ? give_up(&run->stack, value) : numbers_pop(&run->stack, value);
}

static void record_pop(struct run *run, struct afield_log *log)
{
	int64_t value = 0;
	bool is_there;

	afield_record_call(log, POP);
	is_there = pop(run, &value);
	afield_record_return1(log, is_there ? value : AFIELD_EMPTY);
}

/* Adds what came since the look before, which is in the second look already. */
static size_t estimate(const numbers *stack)
{
	size_t first = numbers_count(stack), second;

	sched_yield();
	second = numbers_count(stack);
	return second > first ? second + (second - first) : second;
}

static void fold(int64_t *value, void *opaque)
{
	uint32_t *sum = (uint32_t *)opaque;

	*sum = *sum * 31 + (uint32_t)*value;
}

/* One after the other, as long as there are any. */
static size_t pop_each(numbers *stack, uint32_t *sum)
{
	size_t count = 0;
	int64_t value;

	for (; numbers_pop(stack, &value); count++) {
		fold(&value, sum);
		sched_yield();
	}
	return count;
}

static void record_pop_all(struct run *run, struct afield_log *log)
{
	uint32_t sum = 0;
	size_t count;

	afield_record_call(log, POP_ALL);
	count = twin == POPS_EACH ? pop_each(&run->stack, &sum)
				  : numbers_pop_all(&run->stack, fold, &sum);
	afield_record_return2(log, (int64_t)count, (int64_t)sum);
}

static void record_look(struct run *run, struct afield_log *log, unsigned verb)
{
	int64_t seen;

	afield_record_call(log, verb);
	if (verb == COUNT)
		seen = (int64_t)(twin == ESTIMATES ? estimate(&run->stack)
						   : numbers_count(&run->stack));
	else
		seen = numbers_is_empty(&run->stack);
	afield_record_return1(log, seen);
}

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	struct run *run = (struct run *)subject;
	unsigned state = 1 + thread + round * 8;

	for (unsigned i = 0; i < run->operations; i++) {
		int64_t value = (int64_t)(round * run->operations + i) * 8 + thread + 1;
		unsigned which = (state = state * 1103515245 + 12345) >> 16;
		unsigned verb =
			run->kinds > 2 && which % 3 == 0 ? COUNT + which / 3 % 3 : which / 6 % 2;

		if (verb == PUSH)
			record_push(run, log, value);
		else if (verb == POP)
			record_pop(run, log);
		else if (verb == POP_ALL)
			record_pop_all(run, log);
		else
			record_look(run, log, verb);
	}
}

static enum afield_verdict check(unsigned threads, unsigned round_count, unsigned operations,
				 const struct afield_model *model, enum afield_clock clock)
{
	struct run run;
	struct afield_rounds rounds;
	struct afield_history *history;
	struct afield_report report;
	enum afield_verdict verdict;

	memset(&run, 0, sizeof(run));
	run.operations = operations;
	run.kinds = model == afield_stack_model() ? 5 : 2;
	memset(&rounds, 0, sizeof(rounds));
	rounds.threads = threads;
	rounds.rounds = round_count;
	rounds.operations = operations;
	rounds.clock = clock;
	rounds.work = work;
	rounds.subject = &run;
	history = afield_rounds_run(&rounds, model);
	if (!history)
		abort();
	if (twin != HONEST) {
		afield_check(history, NULL, &report);
		verdict = report.verdict;
		afield_report_fini(&report);
	} else {
		verdict = (enum afield_verdict)afield_check_print("stack", history, NULL, stdout);
	}
	afield_history_free(history);
	numbers_fini(&run.stack);
	return verdict;
}

static void every_operation_is_linearizable(void)
{
	const struct afield_model *model = afield_stack_model();
	long histories = test_scaled(3);

	for (long i = 0; i < histories; i++)
		for (unsigned threads = 2; threads <= 4; threads++) {
			TEST_CHECK(check(threads, 100, OPERATIONS, model, AFIELD_CLOCK_AUTO) ==
				   AFIELD_LIN);
			TEST_CHECK(check(threads, 100, OPERATIONS, model, AFIELD_CLOCK_TICKET) ==
				   AFIELD_LIN);
		}
}

/* With AFIELD_STRESS=long 25 million operations: history after history, to bound the memory. */
static void long_runs_are_linearizable(void)
{
	const struct afield_model *model = afield_model_find("stack");
	long histories = test_scaled(3);

	for (long i = 0; i < histories; i++)
		for (unsigned threads = 2; threads <= 8; threads *= 2)
			TEST_CHECK(check(threads, 6, LONG_OPERATIONS, model, AFIELD_CLOCK_AUTO) ==
				   AFIELD_LIN);
}

static void a_twin_is_caught(void)
{
	int caught = 0;

	for (int i = 0; i < TRIES && !caught; i++)
		caught = check(4, 200, OPERATIONS, afield_stack_model(), AFIELD_CLOCK_AUTO) ==
			 AFIELD_NONLIN;
	TEST_CHECK(caught);
}

static void a_count_of_two_looks_is_caught(void)
{
	twin = ESTIMATES;
	a_twin_is_caught();
	twin = HONEST;
}

static void a_pop_that_gives_up_is_caught(void)
{
	twin = GIVES_UP;
	a_twin_is_caught();
	twin = HONEST;
}

static void a_pop_all_one_by_one_is_caught(void)
{
	twin = POPS_EACH;
	a_twin_is_caught();
	twin = HONEST;
}

int main(void)
{
	TEST_RUN(every_operation_is_linearizable);
	TEST_RUN(long_runs_are_linearizable);
	TEST_RUN(a_count_of_two_looks_is_caught);
	TEST_RUN(a_pop_that_gives_up_is_caught);
	TEST_RUN(a_pop_all_one_by_one_is_caught);
	TEST_CHECK(afield_barrier() == 0);
	return test_done();
}
