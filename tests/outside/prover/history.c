/* SPDX-License-Identifier: MIT */
/*
 * A history of somebody else's object, checked by the installed library: a count that four threads
 * add to. With an argument the additions are a load and a store, and the history has no order.
 */
#include <sched.h>
#include <string.h>

#include <afield/atomic.h>
#include <afield/check.h>

enum { THREADS = 4, OPERATIONS = 10 };

static afield_i64 count;
static bool is_torn;

static int64_t add_one(void)
{
	int64_t before;

	if (!is_torn)
		return afield_i64_fetch_add(&count, 1);
	before = afield_i64_load(&count);
	sched_yield();
	afield_i64_store(&count, before + 1);
	return before;
}

static void work(void *verb, struct afield_log *log, unsigned thread, unsigned round)
{
	(void)thread;
	(void)round;
	for (int i = 0; i < OPERATIONS; i++) {
		afield_record_call1(log, *(unsigned *)verb, 1);
		afield_record_return1(log, add_one());
	}
}

int main(int argc, char **argv)
{
	const struct afield_model *model = afield_model_find("counter");
	unsigned verb = (unsigned)afield_model_verb(model, "add");
	struct afield_rounds rounds;
	struct afield_history *history;
	int status;

	(void)argv;
	is_torn = argc > 1;
	memset(&rounds, 0, sizeof(rounds));
	rounds.threads = THREADS;
	rounds.rounds = 200;
	rounds.operations = OPERATIONS;
	rounds.work = work;
	rounds.subject = &verb;
	history = afield_rounds_run(&rounds, model);
	if (!history)
		return 3;
	status = afield_check_print("history", history, NULL, stdout);
	afield_history_free(history);
	return status;
}
