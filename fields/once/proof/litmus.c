/* SPDX-License-Identifier: MIT */
/*
 * Two threads that make the value and one that reads it. What must hold in every execution: makings
 * do not overlap; one that fails leaves nothing behind for the next; exactly one succeeds; and
 * whoever finds the field set reads the whole value. The value is plain, so that a checker reports
 * a race where the order does not hold.
 */
#include "../../../tests/support/litmus.h"
#include "../once_core.h"

static afield__once_state state;
static int value[2];     /* plain */
static int makings;      /* plain: only the maker touches it */
static int failures;     /* so many makings fail */
static int successes[2]; /* written by the thread with that number */

static void check_value(void)
{
	assert(value[0] == 42 && value[1] == 43);
}

/* The maker's part: true when the value is there. */
static bool make(int self)
{
	assert(value[0] == 0 && value[1] == 0);
	value[0] = 42;
	if (makings++ < failures) {
		value[0] = 0;
		afield__once_abandon(&state);
		return false;
	}
	value[1] = 43;
	successes[self]++;
	afield__once_publish(&state);
	return true;
}

static void get_or_init(int self)
{
	for (;;) {
		uint64_t seen = afield__once_load(&state);

		if (seen == AFIELD__ONCE_SET)
			break;
		if (seen == AFIELD__ONCE_EMPTY &&
		    afield__once_claim(&state, seen, (uint64_t)self + 1) && make(self))
			break;
	}
	check_value();
}

static void get(int self)
{
	if (afield__once_is_set(&state))
		check_value();
}

static void two_make_and_one_reads(void)
{
	RUN(get_or_init, get_or_init, get);
	check_value();
	assert(successes[0] + successes[1] == 1);
	assert(makings == failures + 1);
}

PROGRAM(first_making_fails)
{
	failures = 1;
	two_make_and_one_reads();
}

PROGRAM(first_making_succeeds)
{
	failures = 0;
	two_make_and_one_reads();
}

PROGRAMS(first_making_fails, first_making_succeeds)
