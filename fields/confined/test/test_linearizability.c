/* SPDX-License-Identifier: MIT */
/*
 * confined: recorded runs on many fresh fields are those of a value that the first to come owns.
 */
#include <afield/confined.h>

#include "history.h"

const struct afield_model *afield_confined_model(void);

AFIELD_TYPE(number_confined, confined, int64_t);

enum { CLAIM, LOAD, STORE, OWNER, OPERATIONS = 6, MOST_THREADS = 4 };

/* The threads of a run by the numbers that the field knows them by. */
struct run {
	number_confined field;
	uint64_t ids[MOST_THREADS];
};

static afield_value thread_of(const struct run *run, uint64_t id)
{
	for (unsigned i = 0; i < MOST_THREADS && id != 0; i++)
		if (__atomic_load_n(&run->ids[i], __ATOMIC_SEQ_CST) == id)
			return (afield_value)i + 1;
	return id ? -1 : 0; /* nobody is -1 */
}

static afield_value is_done(int error)
{
	TEST_CHECK(error == 0 || error == -EPERM);
	return error ? AFIELD_FAIL : AFIELD_OK;
}

static void work(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	struct run *run = (struct run *)subject;
	afield_value self = (afield_value)thread + 1;
	int64_t value = 0;
	int error;

	(void)round;
	__atomic_store_n(&run->ids[thread], afield_thread_id(), __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < OPERATIONS; i++) {
		int64_t number = (int64_t)(thread * OPERATIONS + i + 1);

		/* All want it at once; then they look who has it. */
		switch (i == 0 ? (thread % 2 ? STORE : CLAIM) : (thread * 3 + i * 7 + i * i) % 4) {
		case CLAIM:
			afield_record_call1(log, CLAIM, self);
			afield_record_return1(log, is_done(number_confined_claim(&run->field)));
			break;
		case LOAD:
			afield_record_call1(log, LOAD, self);
			error = number_confined_load(&run->field, &value);
			afield_record_return1(log, error ? AFIELD_FAIL : value);
			break;
		case STORE:
			afield_record_call2(log, STORE, self, number);
			error = number_confined_store(&run->field, number);
			afield_record_return1(log, is_done(error));
			break;
		default:
			afield_record_call(log, OWNER);
			afield_record_return1(log,
					      thread_of(run, number_confined_owner(&run->field)));
		}
	}
}

static void begin(void *run)
{
	memset(run, 0, sizeof(struct run));
}

static void end(void *run)
{
	number_confined_fini(&((struct run *)run)->field);
}

static void one_owner_for_ever(void)
{
	static struct run run;
	struct history_runs runs = {test_scaled(2000), OPERATIONS, work, &run, begin, end};

	TEST_CHECK(history_runs_are_linearizable("confined", &runs, afield_confined_model()));
}

int main(void)
{
	TEST_RUN(one_owner_for_ever);
	return test_done();
}
