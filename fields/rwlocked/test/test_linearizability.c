/* SPDX-License-Identifier: MIT */
/*
 * rwlocked: recorded runs of load, store and update are those of a register, and recorded critical
 * sections of writers those of a mutex.
 */
#include <afield/rwlocked.h>

#include "history.h"

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

static bool compare_exchange_it(void *it, int64_t expected, struct history_pair desired)
{
	struct history_exchange exchange = {expected, desired};

	return pair_rw_update((pair_rw *)it, history_exchange, &exchange) == 1;
}

static void values_are_a_register(void)
{
	static pair_rw it;
	static const struct history_field field = {&it, read_it, write_it, compare_exchange_it};

	TEST_CHECK(history_is_linearizable("rwlocked", &field, afield_rwlocked_model()));
}

static bool acquire(void *it)
{
	return pair_rw_write_lock((pair_rw *)it) != NULL;
}

static bool try_acquire(void *it)
{
	return pair_rw_try_write_lock((pair_rw *)it) != NULL;
}

static void release(void *it)
{
	pair_rw_write_unlock((pair_rw *)it);
}

static void writers_turns_are_a_mutex(void)
{
	static pair_rw it;
	static struct history_lock lock = {&it, acquire, try_acquire, release};

	TEST_CHECK(history_is_mutex("rwlocked-mutex", &lock));
}

int main(void)
{
	TEST_RUN(values_are_a_register);
	TEST_RUN(writers_turns_are_a_mutex);
	return test_done();
}
