/* SPDX-License-Identifier: MIT */
/*
 * container_history: histories of the operations of a container (container.h), by the clock. Short
 * rounds of all operations against the kind's model, and long ones of push and pop against the
 * checker's own model of that kind. A twin whose count adds up two looks, and one whose pop gives
 * up, are caught.
 *
 *	container_room.model = afield_queue_model;
 *	container_room.pop = numbers_pop;
 *	container_run();
 *	return container_done();
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_CONTAINER_HISTORY_H
#define AFIELD_TESTS_CONTAINER_HISTORY_H

#include <afield/check.h>

#include "history.h"
#include "container.h"
#include "test.h"

#include <sched.h>

enum { CONTAINER_OPERATIONS = 6, CONTAINER_LONG_OPERATIONS = 1000 };

/* What the recorder calls a verb, in either model: push and pop are add and remove. */
enum { CONTAINER_PUSH, CONTAINER_POP, CONTAINER_COUNT, CONTAINER_IS_EMPTY, CONTAINER_OWN };

static enum container_twin {
	CONTAINER_HONEST,
	CONTAINER_ESTIMATES,
	CONTAINER_GIVES_UP,
	CONTAINER_OWN_TWIN
} container_twin;

/* What a kind says, before its first test. */
static struct {
	const struct afield_model *(*model)(void);
	bool (*pop)(numbers *container, int64_t *value);
	/* Does and records CONTAINER_OWN, the kind's fifth verb; or NULL. */
	void (*own)(numbers *container, struct afield_log *log);
} container_room;

struct container_run {
	numbers container;
	unsigned operations;
	unsigned kinds; /* the first so many verbs are used, push and pop more often */
};

static inline void container_record_push(numbers *container, struct afield_log *log, int64_t value)
{
	afield_record_call1(log, CONTAINER_PUSH, value);
	if (numbers_push(container, value) != 0)
		abort();
	afield_record_return(log);
}

/* Says that there is nothing when there is a lot. */
static inline bool container_give_up(numbers *container, int64_t *value)
{
	return numbers_count(container) < 3 && numbers_pop(container, value);
}

static inline void container_record_pop(struct container_run *run, struct afield_log *log)
{
	int64_t value = 0;
	bool is_there;

	afield_record_call(log, CONTAINER_POP);
	is_there = container_twin == CONTAINER_GIVES_UP
			   ? container_give_up(&run->container, &value)
			   : container_room.pop(&run->container, &value);
	afield_record_return1(log, is_there ? value : AFIELD_EMPTY);
}

/* Adds what came since the first count, and is in the second one already. */
static inline size_t container_estimate(const numbers *container)
{
	size_t first = numbers_count(container), second;

	sched_yield();
	second = numbers_count(container);
	return second > first ? second + (second - first) : second;
}

static inline void container_record_look(const numbers *container, struct afield_log *log,
					 unsigned verb)
{
	int64_t seen;

	afield_record_call(log, verb);
	if (verb == CONTAINER_COUNT)
		seen = (int64_t)(container_twin == CONTAINER_ESTIMATES
					 ? container_estimate(container)
					 : numbers_count(container));
	else
		seen = numbers_is_empty(container);
	afield_record_return1(log, seen);
}

static inline void container_work(void *subject, struct afield_log *log, unsigned thread,
				  unsigned round)
{
	struct container_run *run = (struct container_run *)subject;
	unsigned state = 1 + thread + round * 8;

	for (unsigned i = 0; i < run->operations; i++) {
		int64_t value = (int64_t)(round * run->operations + i) * 8 + thread + 1;
		unsigned which = (state = state * 1103515245 + 12345) >> 16;
		unsigned verb = which / 6 % 2;

		if (run->kinds > 2 && which % 3 == 0)
			verb = CONTAINER_COUNT + which / 3 % (run->kinds - 2);
		if (verb == CONTAINER_PUSH)
			container_record_push(&run->container, log, value);
		else if (verb == CONTAINER_POP)
			container_record_pop(run, log);
		else if (verb == CONTAINER_OWN)
			container_room.own(&run->container, log);
		else
			container_record_look(&run->container, log, verb);
	}
}

/* By the kind's model all verbs in short rounds, by another push and pop in long ones. */
static inline enum afield_verdict container_check(const struct afield_model *model,
						  unsigned threads, unsigned round_count,
						  enum afield_clock clock)
{
	bool is_long = model != container_room.model();
	struct container_run run;
	struct afield_rounds rounds;
	enum afield_verdict verdict;

	memset(&run, 0, sizeof(run));
	run.operations = is_long ? CONTAINER_LONG_OPERATIONS : CONTAINER_OPERATIONS;
	run.kinds = is_long ? 2 : container_room.own ? 5 : 4;
	rounds = history_rounds(threads, round_count, run.operations, clock, container_work, &run);
	verdict = history_verdict(&rounds, model, NULL,
				  container_twin == CONTAINER_HONEST ? numbers_type()->kind : NULL);
	numbers_fini(&run.container);
	return verdict;
}

static inline void container_operations_are_linearizable(void)
{
	long histories = test_scaled(3);

	for (long i = 0; i < histories; i++)
		for (unsigned threads = 2; threads <= 4; threads++) {
			TEST_CHECK(container_check(container_room.model(), threads, 100,
						   AFIELD_CLOCK_AUTO) == AFIELD_LIN);
			TEST_CHECK(container_check(container_room.model(), threads, 100,
						   AFIELD_CLOCK_TICKET) == AFIELD_LIN);
		}
}

/* With AFIELD_STRESS=long 25 million operations: history after history, to bound the memory. */
static inline void container_long_runs_are_linearizable(void)
{
	const struct afield_model *model = afield_model_find(numbers_type()->kind);
	long histories = test_scaled(3);

	for (long i = 0; i < histories; i++)
		for (unsigned threads = 2; threads <= 8; threads *= 2)
			TEST_CHECK(container_check(model, threads, 6, AFIELD_CLOCK_AUTO) ==
				   AFIELD_LIN);
}

static inline void container_twin_is_caught(enum container_twin twin)
{
	bool is_caught = false;

	container_twin = twin;
	for (struct test_tries tries = {0}; !is_caught && test_try(&tries);)
		is_caught = container_check(container_room.model(), 4, 200, AFIELD_CLOCK_AUTO) ==
			    AFIELD_NONLIN;
	TEST_CHECK(is_caught);
	container_twin = CONTAINER_HONEST;
}

static inline void container_estimate_is_caught(void)
{
	container_twin_is_caught(CONTAINER_ESTIMATES);
}

static inline void container_pop_that_gives_up_is_caught(void)
{
	container_twin_is_caught(CONTAINER_GIVES_UP);
}

static inline void container_run(void)
{
	TEST_RUN(container_operations_are_linearizable);
	TEST_RUN(container_long_runs_are_linearizable);
	TEST_RUN(container_estimate_is_caught);
	TEST_RUN(container_pop_that_gives_up_is_caught);
}

#endif
