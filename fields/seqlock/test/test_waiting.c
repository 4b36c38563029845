/* SPDX-License-Identifier: MIT */
/*
 * seqlock with a host that has a lock of its own: a writer, and a reader of a field of one slot,
 * who find a writer at work wait detached; by the table a wait ends when the host asks.
 */
#include <afield/seqlock.h>

#include "waiting_cases.h"

struct pair {
	int64_t low, high;
};
AFIELD_TYPE(pair_seq, seqlock, struct pair, 1);

static pair_seq field;

static bool change(struct pair *pair, void *meanwhile)
{
	(*(void (**)(void))meanwhile)();
	pair->low++;
	return true;
}

static void hold(void (*meanwhile)(void))
{
	TEST_CHECK(pair_seq_update(&field, change, &meanwhile));
}

static int load(void)
{
	struct pair value = pair_seq_load(&field);

	TEST_CHECK(value.high == 0 || value.high == 1);
	return 0;
}

static int store(void)
{
	struct pair value = {1, 1};

	pair_seq_store(&field, value);
	return 0;
}

static int table_store(void)
{
	struct pair value = {1, 1};

	return pair_seq_type()->store(pair_seq_type(), &field, &value);
}

static const struct waiting_case cases[] = {
	{hold, load, WAITING_IS_KEPT, NULL},
	{hold, store, WAITING_IS_KEPT, NULL},
	{hold, table_store, WAITING_MAY_END, NULL},
};

static uint32_t waiters(void)
{
	return AFIELD_LOAD(&field.lock.waiters.count, relaxed);
}

int main(void)
{
	WAITING_RUN(cases, hold, waiters);
	waiting_run_last(hold, store);
	return test_done();
}
