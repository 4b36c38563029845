/* SPDX-License-Identifier: MIT */
/*
 * pairs: a value of two halves, which most tests keep equal, and a field of it of each kind whose
 * operations may be in the middle of something. Two halves that differ are those of two values.
 *
 * When to use it: in a test of many such kinds at once.
 */
#ifndef AFIELD_TESTS_PAIRS_H
#define AFIELD_TESTS_PAIRS_H

#include <afield/cell.h>
#include <afield/confined.h>
#include <afield/locked.h>
#include <afield/once.h>
#include <afield/rwlocked.h>
#include <afield/seqlock.h>

struct pair {
	long low, high;
};
AFIELD_TYPE(pair_seq, seqlock, struct pair);
AFIELD_TYPE(pair_seq_one, seqlock, struct pair, 1);
AFIELD_TYPE(pair_locked, locked, struct pair);
AFIELD_TYPE(pair_rwlocked, rwlocked, struct pair);
AFIELD_TYPE(pair_cell, cell, struct pair);
AFIELD_TYPE(pair_once, once, struct pair);
AFIELD_TYPE(pair_confined, confined, struct pair);

static inline struct pair pair_of(long number)
{
	struct pair pair = {number, number};

	return pair;
}

#endif
