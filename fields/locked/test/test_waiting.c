/* SPDX-License-Identifier: MIT */
/*
 * locked beside a host with a lock of its own: nobody waits while attached, nobody holds a lock
 * while waiting to attach, and a wait by the table ends when the host asks.
 */
#include <afield/locked.h>

#define LOCK_KIND locked
#define LOCK_WRITING AFIELD_LOCKED
#include "lock_waiting.h"

static int exchange(void)
{
	struct pair value = pair_of(1, 1);

	return pair_field_exchange(&lock_field, &value);
}

static int scope(void)
{
	int error = -EDEADLK;

	AFIELD_LOCKED(pair_field, pair, &lock_field)
	error = pair->high > 1;
	return error;
}

static const struct waiting_case cases[] = {
	{lock_hold_for_writing, lock_load, WAITING_IS_KEPT, NULL},
	{lock_hold_for_writing, exchange, WAITING_IS_KEPT, NULL},
	{lock_hold_for_writing, scope, WAITING_IS_KEPT, NULL},
	{lock_hold_for_writing, lock_table_load, WAITING_MAY_END, lock_read_until},
	{lock_hold_for_writing, lock_table_store, WAITING_MAY_END, NULL},
};

static uint32_t waiters(void)
{
	return AFIELD_LOAD(&lock_field.lock.waiters.count, relaxed);
}

int main(void)
{
	WAITING_RUN(cases, lock_hold_for_writing, waiters);
	waiting_run_last(lock_hold_for_writing, exchange);
	return test_done();
}
