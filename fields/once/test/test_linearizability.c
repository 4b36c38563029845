/* SPDX-License-Identifier: MIT */
/*
 * once: recorded runs on many fresh fields are those of a value that is made once.
 */
#include <afield/once.h>

#include "history.h"

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
	pair_once *once = (pair_once *)subject;

	(void)round;
	for (unsigned i = 0; i < OPERATIONS; i++) {
		int64_t number = (int64_t)(thread * OPERATIONS + i + 1);
		const struct pair *found = NULL;
		struct pair value = {number, number};
		int error;

		switch ((thread + i) % 4) {
		case 0:
			afield_record_call(log, GET);
			afield_record_return1(log, seen(pair_once_get(once)));
			break;
		case 1:
			afield_record_call1(log, INIT, number);
			pair_once_get_or_init(once, make, &number, &found);
			afield_record_return1(log, seen(found));
			break;
		case 2:
			afield_record_call(log, TRY);
			error = pair_once_get_or_init(once, give_up, &number, &found);
			afield_record_return1(log, error ? AFIELD_FAIL : seen(found));
			break;
		default:
			afield_record_call1(log, SET, number);
			error = pair_once_set(once, value);
			afield_record_return1(log, error ? AFIELD_FAIL : AFIELD_OK);
		}
	}
}

static void begin(void *field)
{
	memset(field, 0, sizeof(pair_once));
}

static void end(void *field)
{
	TEST_CHECK(pair_once_get((pair_once *)field) != NULL);
}

static void values_are_made_once(void)
{
	static pair_once field;
	struct history_runs runs = { test_scaled(600), OPERATIONS, work, &field, begin, end };

	TEST_CHECK(history_runs_are_linearizable("once", &runs, afield_once_model()));
}

int main(void)
{
	TEST_RUN(values_are_made_once);
	return test_done();
}
