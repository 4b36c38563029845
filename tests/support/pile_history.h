/*
 * pile_history: histories of the operations of a pile (pile.h), by the clock. Short rounds of all
 * operations against the room's model, and long ones of push and pop against the checker's own
 * model of that kind. A twin whose count adds up two looks, and one whose pop gives up, are caught.
 *
 *	pile_room.model = afield_queue_model;
 *	pile_room.pop = numbers_pop;
 *	TEST_RUN(pile_operations_are_linearizable);
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_PILE_HISTORY_H
#define AFIELD_TESTS_PILE_HISTORY_H

#include <afield/check.h>

#include "history.h"
#include "pile.h"
#include "test.h"

#include <sched.h>

enum { PILE_OPERATIONS = 6, PILE_LONG_OPERATIONS = 1000, PILE_TRIES = 40 };

/* What the recorder calls a verb, in either model: push and pop are add and remove. */
enum { PILE_PUSH, PILE_POP, PILE_COUNT, PILE_IS_EMPTY, PILE_OWN };

static enum pile_twin { PILE_HONEST, PILE_ESTIMATES, PILE_GIVES_UP, PILE_OWN_TWIN } pile_twin;

/* What a room says, before its first test. */
static struct {
	const struct afield_model *(*model)(void);
	bool (*pop)(numbers *pile, int64_t *value);
	/* Does and records PILE_OWN, the room's fifth verb; or NULL. */
	void (*own)(numbers *pile, struct afield_log *log);
} pile_room;

struct pile_run {
	numbers pile;
	unsigned operations;
	unsigned kinds; /* the first so many verbs are used, push and pop more often */
};

static inline void pile_record_push(numbers *pile, struct afield_log *log, int64_t value)
{
	afield_record_call1(log, PILE_PUSH, value);
	if (!numbers_push(pile, value))
		abort();
	afield_record_return(log);
}

/* Says that there is nothing when there is a lot. */
static inline bool pile_give_up(numbers *pile, int64_t *value)
{
	return numbers_count(pile) < 3 && numbers_pop(pile, value);
}

static inline void pile_record_pop(struct pile_run *run, struct afield_log *log)
{
	int64_t value = 0;
	bool is_there;

	afield_record_call(log, PILE_POP);
	is_there = pile_twin == PILE_GIVES_UP ? pile_give_up(&run->pile, &value)
					      : pile_room.pop(&run->pile, &value);
	afield_record_return1(log, is_there ? value : AFIELD_EMPTY);
}

/* Adds what came since the look before, which is in the second look already. */
static inline size_t pile_estimate(const numbers *pile)
{
	size_t first = numbers_count(pile), second;

	sched_yield();
	second = numbers_count(pile);
	return second > first ? second + (second - first) : second;
}

static inline void pile_record_look(const numbers *pile, struct afield_log *log, unsigned verb)
{
	int64_t seen;

	afield_record_call(log, verb);
	if (verb == PILE_COUNT)
		seen = (int64_t)(pile_twin == PILE_ESTIMATES ? pile_estimate(pile)
							     : numbers_count(pile));
	else
		seen = numbers_is_empty(pile);
	afield_record_return1(log, seen);
}

static inline void pile_work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	struct pile_run *run = (struct pile_run *)subject;
	unsigned state = 1 + thread + round * 8;

	for (unsigned i = 0; i < run->operations; i++) {
		int64_t value = (int64_t)(round * run->operations + i) * 8 + thread + 1;
		unsigned which = (state = state * 1103515245 + 12345) >> 16;
		unsigned verb = which / 6 % 2;

		if (run->kinds > 2 && which % 3 == 0)
			verb = PILE_COUNT + which / 3 % (run->kinds - 2);
		if (verb == PILE_PUSH)
			pile_record_push(&run->pile, log, value);
		else if (verb == PILE_POP)
			pile_record_pop(run, log);
		else if (verb == PILE_OWN)
			pile_room.own(&run->pile, log);
		else
			pile_record_look(&run->pile, log, verb);
	}
}

/* By the room's model all verbs in short rounds, by another push and pop in long ones. */
static inline enum afield_verdict pile_check(const struct afield_model *model, unsigned threads,
					     unsigned round_count, enum afield_clock clock)
{
	bool is_long = model != pile_room.model();
	struct pile_run run;
	struct afield_rounds rounds;
	enum afield_verdict verdict;

	memset(&run, 0, sizeof(run));
	run.operations = is_long ? PILE_LONG_OPERATIONS : PILE_OPERATIONS;
	run.kinds = is_long ? 2 : pile_room.own ? 5 : 4;
	memset(&rounds, 0, sizeof(rounds));
	rounds.threads = threads;
	rounds.rounds = round_count;
	rounds.operations = run.operations;
	rounds.clock = clock;
	rounds.work = pile_work;
	rounds.subject = &run;
	verdict = history_verdict(&rounds, model, NULL,
				  pile_twin == PILE_HONEST ? numbers_type()->kind : NULL);
	numbers_fini(&run.pile);
	return verdict;
}

static inline void pile_operations_are_linearizable(void)
{
	long histories = test_scaled(3);

	for (long i = 0; i < histories; i++)
		for (unsigned threads = 2; threads <= 4; threads++) {
			TEST_CHECK(pile_check(pile_room.model(), threads, 100, AFIELD_CLOCK_AUTO) ==
				   AFIELD_LIN);
			TEST_CHECK(pile_check(pile_room.model(), threads, 100,
					      AFIELD_CLOCK_TICKET) == AFIELD_LIN);
		}
}

/* With AFIELD_STRESS=long 25 million operations: history after history, to bound the memory. */
static inline void pile_long_runs_are_linearizable(void)
{
	const struct afield_model *model = afield_model_find(numbers_type()->kind);
	long histories = test_scaled(3);

	for (long i = 0; i < histories; i++)
		for (unsigned threads = 2; threads <= 8; threads *= 2)
			TEST_CHECK(pile_check(model, threads, 6, AFIELD_CLOCK_AUTO) == AFIELD_LIN);
}

static inline void pile_twin_is_caught(enum pile_twin twin)
{
	bool is_caught = false;

	pile_twin = twin;
	for (int i = 0; i < PILE_TRIES && !is_caught; i++)
		is_caught =
			pile_check(pile_room.model(), 4, 200, AFIELD_CLOCK_AUTO) == AFIELD_NONLIN;
	TEST_CHECK(is_caught);
	pile_twin = PILE_HONEST;
}

static inline void pile_estimate_is_caught(void)
{
	pile_twin_is_caught(PILE_ESTIMATES);
}

static inline void pile_pop_that_gives_up_is_caught(void)
{
	pile_twin_is_caught(PILE_GIVES_UP);
}

#endif
