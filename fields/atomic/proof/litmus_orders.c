/* SPDX-License-Identifier: MIT */
/*
 * Bare verbs stand in one total order. Each of two threads writes a word of its own and then reads
 * the other's. What must hold in every execution: at least one reads what the other wrote.
 */
#include "../../../tests/support/litmus.h"
#include "../atomic.h"

static afield_i64 stored[2];
static int64_t saw_stored[2]; /* written by the thread with that number, as those below */

static void store_and_load(int self)
{
	afield_i64_store(&stored[self], 1);
	saw_stored[self] = afield_i64_load(&stored[1 - self]);
}

PROGRAM(stores_have_one_order)
{
	RUN(store_and_load, store_and_load);
	assert(saw_stored[0] == 1 || saw_stored[1] == 1);
}

/* The verbs that read and write. Each part has words of its own, so that none helps another. */
static afield_i64 added[2], raised[2];
static int64_t saw_added[2], saw_raised[2];

static void change_and_load(int self)
{
	afield_i64_fetch_add(&added[self], 1);
	saw_added[self] = afield_i64_load(&added[1 - self]);
	afield_i64_fetch_max(&raised[self], 1);
	saw_raised[self] = afield_i64_load(&raised[1 - self]);
	/* A maximum that changes nothing is a load. */
	afield_i64_store(&stored[self], 1);
	saw_stored[self] = afield_i64_fetch_max(&stored[1 - self], 0);
}

PROGRAM(changes_have_one_order)
{
	RUN(change_and_load, change_and_load);
	assert(saw_added[0] == 1 || saw_added[1] == 1);
	assert(saw_raised[0] == 1 || saw_raised[1] == 1);
	assert(saw_stored[0] == 1 || saw_stored[1] == 1);
}

PROGRAMS(changes_have_one_order, stores_have_one_order)
