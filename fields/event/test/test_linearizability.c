/* SPDX-License-Identifier: MIT */
/*
 * event: recorded runs are those of a flag, waits included; and the test would notice if they were
 * not: a wait that believes an old look is caught.
 */
#include <afield/event.h>

#include "history.h"
#include "test.h"

#include <errno.h>

const struct afield_model *afield_event_model(void);

enum { SET, CLEAR, IS_SET, WAIT, OPERATIONS = 16 };

static bool is_hasty; /* the broken twin: its waits answer with what the thread saw before */

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	afield_event *event = (afield_event *)subject;
	struct timespec deadline;
	bool seen = false;
	int error;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		switch ((thread * 3 + i * 5 + round) % 7 % 4) {
		case SET:
			afield_record_call(log, SET);
			afield_event_set(event);
			afield_record_return(log);
			break;
		case CLEAR:
			afield_record_call(log, CLEAR);
			afield_event_clear(event);
			afield_record_return(log);
			break;
		case IS_SET:
			afield_record_call(log, IS_SET);
			seen = afield_event_is_set(event);
			afield_record_return1(log, seen);
			break;
		default:
			afield_deadline(i % 8 ? 0 : 2e-6, &deadline);
			afield_record_call(log, WAIT);
			error = is_hasty ? (seen ? 0 : -ETIMEDOUT)
					 : afield_event_wait(event, &deadline);
			afield_record_return1(log, error ? AFIELD_FAIL : AFIELD_OK);
		}
	}
}

static enum afield_verdict check(unsigned threads, enum afield_clock clock, unsigned count,
				 bool is_quiet)
{
	afield_event event;
	struct afield_rounds rounds;

	memset(&event, 0, sizeof(event));
	rounds = history_rounds(threads, count, OPERATIONS, clock, work, &event);
	return history_verdict(&rounds, afield_event_model(), NULL, is_quiet ? NULL : "event");
}

static void waits_are_linearizable(void)
{
	is_hasty = false;
	history_portions(check, 1200);
}

static void hasty_waits_are_caught(void)
{
	is_hasty = true;
	history_catches(check, 20);
}

int main(void)
{
	TEST_RUN(waits_are_linearizable);
	TEST_RUN(hasty_waits_are_caught);
	return test_done();
}
