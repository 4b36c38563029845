/*
 * once: recorded runs on many fresh fields are those of a value that is made once.
 */
#include <afield/once.h>

#include "history.h"
#include "test.h"

#include <errno.h>

const struct afield_model *afield_once_model(void);

struct pair {
	int64_t number, echo;
};
AFIELD_TYPE(pair_once, once, struct pair);

enum { GET, INIT, SET, TRY, OPERATIONS = 6 };

static int make(struct pair *pair, void *number)
{
	pair->number = *(int64_t *)number;
	AFIELD_SPIN();
	pair->echo = *(int64_t *)number;
	return 0;
}

static int give_up(struct pair *pair, void *number)
{
	pair->number = *(int64_t *)number;
	AFIELD_SPIN();
	return -EIO;
}

static afield_value seen(const struct pair *pair)
{
	if (!pair)
		return AFIELD_NIL;
	return pair->number == pair->echo ? pair->number : -1; /* torn: nobody writes -1 */
}

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	pair_once *field
	= (pair_once *)subject;

	(void)round;
	for (unsigned i = 0; i < OPERATIONS; i++) {
		int64_t number = (int64_t)(thread * OPERATIONS + i + 1);
		const struct pair *found = NULL;
		struct pair value = {number, number};
		int error;

		switch ((thread + i) % 4) {
		case 0:
			afield_record_call(log, GET);
			afield_record_return1(log, seen(pair_once_get(field)));
			break;
		case 1:
			afield_record_call1(log, INIT, number);
			pair_once_get_or_init(field, make, &number, &found);
			afield_record_return1(log, seen(found));
			break;
		case 2:
			afield_record_call(log, TRY);
			error = pair_once_get_or_init(field, give_up, &number, &found);
			afield_record_return1(log, error ? AFIELD_FAIL : seen(found));
			break;
		default:
			afield_record_call1(log, SET, number);
			error = pair_once_set(field, value);
			afield_record_return1(log, error ? AFIELD_FAIL : AFIELD_OK);
		}
	}
}

/* Whose operation comes first decides a run: hence many short ones. */
static void values_are_made_once(void)
{
	long runs = test_scaled(600), failures = 0;

	for (long i = 0; i < runs; i++) {
		pair_once field;
		struct afield_rounds rounds;
		struct afield_history *history;
		struct afield_report report;

		memset(&field, 0, sizeof(field));
		memset(&rounds, 0, sizeof(rounds));
		rounds.threads = 2 + (unsigned)(i % 3);
		rounds.rounds = 1;
		rounds.operations = OPERATIONS;
		rounds.clock = i % 2 ? AFIELD_CLOCK_AUTO : AFIELD_CLOCK_TICKET;
		rounds.work = work;
		rounds.subject = &field;
		history = afield_rounds_run(&rounds, afield_once_model());
		if (!history)
			abort();
		afield_check(history, NULL, &report);
		if (report.verdict != AFIELD_LIN && failures++ == 0)
			afield_check_print("once", history, NULL, stdout);
		afield_report_fini(&report);
		afield_history_free(history);
	}
	printf("  %ld runs, %ld not linearizable\n", runs, failures);
	TEST_CHECK(failures == 0);
}

int main(void)
{
	TEST_RUN(values_are_made_once);
	return test_done();
}
