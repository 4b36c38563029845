/* SPDX-License-Identifier: MIT */
/*
 * tray: recorded histories have an order that the model allows. Letters are known by their place in
 * a table, so that the content plays no part here.
 */
#include <afield/check.h>

#include "tray.h"

#include "noise.h"
#include "test.h"

enum { THREADS = 4, OPERATIONS = 12, PUT = 0, TAKE = 1 };

static void keep(char *payload)
{
	(void)payload;
}
AFIELD_TYPE(payload_tray, tray, char, keep);

const struct afield_model *tray_model(void);
static payload_tray tray;
static char *payloads;

static void work(void *unused, struct afield_log *log, unsigned thread, unsigned round)
{
	(void)unused;
	for (unsigned i = 0; i < OPERATIONS; i++) {
		char *mine = payloads + (round * THREADS + thread) * OPERATIONS + i + 1;

		if ((thread + i) % 2 == 0) {
			afield_record_call1(log, PUT, mine - payloads);
			afield_record_return1(log, payload_tray_put(&tray, mine));
		} else {
			afield_record_call(log, TAKE);
			mine = payload_tray_take(&tray);
			afield_record_return1(log, mine ? mine - payloads : AFIELD_EMPTY);
		}
	}
}

static void histories_are_linearizable(void)
{
	struct afield_rounds rounds;
	struct afield_history *history;

	memset(&rounds, 0, sizeof(rounds));
	rounds.threads = THREADS;
	rounds.rounds = (unsigned)test_scaled(2000);
	rounds.operations = OPERATIONS;
	rounds.work = work;
	payloads = (char *)malloc((size_t)rounds.rounds * THREADS * OPERATIONS + 1);
	history = afield_rounds_run(&rounds, tray_model());
	TEST_CHECK(history != NULL);
	if (history)
		TEST_CHECK(afield_check_print("tray", history, NULL, stdout) == 0);
	afield_history_free(history);
	free(payloads);
}

int main(void)
{
	TEST_RUN(histories_are_linearizable);
	return test_done();
}
