/* SPDX-License-Identifier: MIT */
/*
 * lock: what the tests of kinds share whose value is used under a lock of the field: locked,
 * rwlocked, and cell, whose locks are borrows. A program names the kind first; for lock_alone.h and
 * lock_waiting.h also its block that has the value alone and, if there is one, its block that has
 * it beside other readers:
 *
 *	#include <afield/rwlocked.h>
 *	#define LOCK_KIND rwlocked
 *	#define LOCK_WRITING AFIELD_WRITING
 *	#define LOCK_READING AFIELD_READING
 *	#include "lock.h"
 *
 * Then `pair_field` protects a struct pair, and LOCK_OF makes a field of anything else. What is
 * tested with them stands in lock_alone.h, lock_waiting.h, lock_stress.h and lock_soak.h.
 */
#ifndef AFIELD_TESTS_LOCK_H
#define AFIELD_TESTS_LOCK_H

#include <afield/record.h>

#ifndef LOCK_READING
#define LOCK_READING LOCK_WRITING
#endif

#define LOCK_OF(name, ...) LOCK_OF_KIND(LOCK_KIND, name, __VA_ARGS__)
#define LOCK_OF_KIND(kind, name, ...) AFIELD_TYPE(name, kind, __VA_ARGS__)
#define LOCK_NAME LOCK_NAME_OF(LOCK_KIND)
#define LOCK_NAME_OF(kind) LOCK_QUOTED(kind)
#define LOCK_QUOTED(kind) #kind

#define PAIR(member) member(int64_t, low) member(int64_t, high)
AFIELD_RECORD(pair, PAIR);
LOCK_OF(pair_field, struct pair);

static inline struct pair pair_of(int64_t low, int64_t high)
{
	struct pair pair = {low, high};

	return pair;
}

#endif
