/* SPDX-License-Identifier: MIT */
/*
 * litmus_lock: what a lock protects in its litmus programs. It is plain, so that a checker reports
 * a race where the order does not hold.
 */
#ifndef AFIELD_TESTS_LITMUS_LOCK_H
#define AFIELD_TESTS_LITMUS_LOCK_H

#include "litmus.h"

static int value[2];  /* equal but during an exclusive critical section */
static int writes[3]; /* by the thread with that number */

/* The number by which a lock knows the thread: 0 is nobody there. */
static uint64_t number_of(int self)
{
	return (uint64_t)self + 1;
}

/* What a thread does while it shares the lock. */
static void check_value(void)
{
	assert(value[0] == value[1]);
}

/* What it does while it has the lock alone. */
static void change_value(int self)
{
	check_value();
	value[0]++;
	value[1]++;
	writes[self]++;
}

/* When all have ended: no change is lost. */
static void check_all_changes(void)
{
	check_value();
	assert(value[0] == writes[0] + writes[1] + writes[2]);
}

#endif
