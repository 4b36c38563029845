/* SPDX-License-Identifier: MIT */
/*
 * locked: recorded runs of load, store and update are those of a register, and recorded critical
 * sections at the lock those of a mutex.
 */
#include <afield/locked.h>

#include "history.h"

const struct afield_model *afield_locked_model(void);

AFIELD_TYPE(pair_locked, locked, struct history_pair);

static struct history_pair read_it(void *it)
{
	struct history_pair value;

	TEST_CHECK(pair_locked_load((pair_locked *)it, &value) == 0);
	return value;
}

static void write_it(void *it, struct history_pair value)
{
	TEST_CHECK(pair_locked_store((pair_locked *)it, value) == 0);
}

static bool compare_exchange_it(void *it, int64_t expected, struct history_pair desired)
{
	struct history_exchange exchange = {expected, desired};

	return pair_locked_update((pair_locked *)it, history_exchange, &exchange) == 1;
}

static void values_are_a_register(void)
{
	static pair_locked it;
	static const struct history_field field = {&it, read_it, write_it, compare_exchange_it};

	TEST_CHECK(history_is_linearizable("locked", &field, afield_locked_model()));
}

static bool acquire(void *it)
{
	return pair_locked_lock((pair_locked *)it) != NULL;
}

static bool try_acquire(void *it)
{
	return pair_locked_try_lock((pair_locked *)it) != NULL;
}

static void release(void *it)
{
	pair_locked_unlock((pair_locked *)it);
}

static void turns_are_a_mutex(void)
{
	static pair_locked it;
	static struct history_lock lock = {&it, acquire, try_acquire, release};

	TEST_CHECK(history_is_mutex("locked-mutex", &lock));
}

int main(void)
{
	TEST_RUN(values_are_a_register);
	TEST_RUN(turns_are_a_mutex);
	return test_done();
}
