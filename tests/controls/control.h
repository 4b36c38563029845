/* SPDX-License-Identifier: MIT */
/*
 * control: a recorded run that the checker must reject.
 *
 * Each program here drives a packaged structure of which a defect is known, records what its
 * threads did by the clock, and asks the checker. It stops one thread at a chosen instruction
 * (steps.h), so that what happens once in a long while happens each time. The run is done again
 * until the checker rejects it, for a bounded time; a sound twin, driven in the same way, must be
 * accepted. So a checker that sees nothing fails here, and so does one that rejects everything.
 *
 * Synchronization: one run at a time; each of its threads has a log of its own.
 */
#ifndef AFIELD_TESTS_CONTROL_H
#define AFIELD_TESTS_CONTROL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <afield/check.h>

#include "steps.h"
#include "test.h"

enum { CONTROL_THREADS = 4, CONTROL_OPERATIONS = 64, CONTROL_SECONDS = 20 };

/* One run: its logs, one for each thread, and the thread that is stopped. */
struct control {
	struct afield_recorder *recorder;
	struct afield_log *logs[CONTROL_THREADS];
	struct steps stopped;
};

static inline void control_begin(struct control *control)
{
	control->recorder =
		afield_recorder_create(CONTROL_THREADS, CONTROL_OPERATIONS, AFIELD_CLOCK_AUTO);
	if (!control->recorder)
		abort();
	for (unsigned i = 0; i < CONTROL_THREADS; i++)
		control->logs[i] = afield_recorder_log(control->recorder, i);
}

#if STEPS_WORK
/* Starts the thread, which runs body(control); true when it is held where the hook says. */
static inline bool control_stops(struct control *control, void (*body)(void *control),
				 enum steps_answer (*hook)(struct steps *steps,
							   const greg_t *registers))
{
	memset(&control->stopped, 0, sizeof(control->stopped));
	control->stopped.body = body;
	control->stopped.argument = control;
	control->stopped.hook = hook;
	steps_start(&control->stopped);
	return steps_wait(&control->stopped);
}
#endif

/* What the checker says; `shows` prints the counterexample. Every thread is joined. */
static inline enum afield_verdict control_end(struct control *control, const char *model,
					      bool shows)
{
	struct afield_history *history =
		afield_recorder_history(control->recorder, afield_model_find(model));
	struct afield_report report;
	enum afield_verdict verdict;

	if (!history)
		abort();
	afield_check(history, NULL, &report);
	verdict = report.verdict;
	if (shows && verdict == AFIELD_NONLIN)
		afield_report_text(&report, stdout);
	afield_report_fini(&report);
	afield_history_free(history);
	afield_recorder_free(control->recorder);
	return verdict;
}

/* A run, in the way that shows the defect or in a sound one. */
typedef enum afield_verdict (*control_run)(bool shows, bool has_defect);

/* Runs again until the checker rejects; false when it has not after CONTROL_SECONDS. */
static inline bool control_is_rejected(const char *name, control_run run)
{
	time_t end = time(NULL) + CONTROL_SECONDS;
	long rounds = 1;

	while (run(true, true) != AFIELD_NONLIN) {
		rounds++;
		if (time(NULL) > end)
			return false;
	}
	printf("%s: rejected in round %ld\n", name, rounds);
	return true;
}

static inline int control_main(const char *name, control_run run)
{
	TEST_CHECK(control_is_rejected(name, run));
	TEST_CHECK(run(false, false) == AFIELD_LIN);
	return test_done();
}

/* The program. Where threads cannot be stopped there is no `run`, and it is skipped. */
#if STEPS_WORK
#define CONTROL_MAIN(name, run)                 \
	int main(void)                          \
	{                                       \
		return control_main(name, run); \
	}
#else
#define CONTROL_MAIN(name, run) \
	int main(void)          \
	{                       \
		return 77;      \
	}
#endif

#endif
