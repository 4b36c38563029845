/*
 * rwlocked: recorded runs of load, store and update are those of a register, and recorded turns of
 * writers those of a mutex.
 */
#include <afield/rwlocked.h>

#include "history.h"
#include "test.h"

const struct afield_model *afield_rwlocked_model(void);

AFIELD_TYPE(pair_rw, rwlocked, struct history_pair);

static struct history_pair read_it(void *it)
{
	struct history_pair value;

	TEST_CHECK(pair_rw_load((pair_rw *)it, &value) == 0);
	return value;
}

static void write_it(void *it, struct history_pair value)
{
	TEST_CHECK(pair_rw_store((pair_rw *)it, value) == 0);
}

struct exchange {
	int64_t expected;
	struct history_pair desired;
};

static bool exchange(struct history_pair *value, void *argument)
{
	const struct exchange *exchange = (const struct exchange *)argument;

	if (value->number != exchange->expected)
		return false;
	*value = exchange->desired;
	return true;
}

static bool compare_exchange_it(void *it, int64_t expected, struct history_pair desired)
{
	struct exchange arguments = {expected, desired};

	return pair_rw_update((pair_rw *)it, exchange, &arguments) == 1;
}

static void values_are_a_register(void)
{
	static pair_rw it;
	static const struct history_field field = {&it, read_it, write_it, compare_exchange_it};

	TEST_CHECK(history_is_linearizable("rwlocked", &field, afield_rwlocked_model()));
}

enum { ACQUIRE, RELEASE };

/* Writers exclude each other as at a mutex. */
static void take_turns(void *subject, struct afield_log *log, unsigned thread, unsigned round)
{
	pair_rw *it = (pair_rw *)subject;

	for (unsigned i = 0; i < 8; i++) {
		afield_record_call(log, ACQUIRE);
		if ((thread + i + round) % 2)
			while (!pair_rw_try_write_lock(it))
				AFIELD_SPIN();
		else
			TEST_CHECK(pair_rw_write_lock(it) != NULL);
		afield_record_return(log);
		afield_record_call(log, RELEASE);
		pair_rw_write_unlock(it);
		afield_record_return(log);
	}
}

static void writers_turns_are_a_mutex(void)
{
	static pair_rw it;
	struct afield_rounds rounds;
	struct afield_history *history;

	memset(&rounds, 0, sizeof(rounds));
	rounds.threads = 4;
	rounds.rounds = (unsigned)test_scaled(200);
	rounds.operations = 16;
	rounds.work = take_turns;
	rounds.subject = &it;
	history = afield_rounds_run(&rounds, afield_model_find("mutex"));
	TEST_CHECK(history && afield_check_print("rwlocked-mutex", history, NULL, stdout) == 0);
	afield_history_free(history);
}

int main(void)
{
	TEST_RUN(values_are_a_register);
	TEST_RUN(writers_turns_are_a_mutex);
	return test_done();
}
