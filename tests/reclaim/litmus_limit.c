/* SPDX-License-Identifier: MIT */
/*
 * The limit of the backlog. Who finds too many objects counts itself in, looks again, and sleeps.
 * What must hold in every execution: when the load comes down to half of the limit after that,
 * whoever brought it down, or set the limit, finds the sleeper counted and wakes it.
 */
#include "litmus_retired_list.h"

static struct afield__limit limit;
static AFIELD_ATOMIC(uint32_t) waiters;
static bool wakes[2]; /* written by the thread with that number */
static bool sleeps;   /* written by the one who waits */

static void begin_with(uint64_t number, uint64_t objects_limit, uint64_t units_limit)
{
	begin();
	AFIELD_STORE(&load, afield__load_of(number, number), relaxed);
	AFIELD_STORE(&limit.objects, objects_limit, relaxed);
	AFIELD_STORE(&limit.units, units_limit, relaxed);
	AFIELD_STORE(&waiters, 0, relaxed);
}

/* A callback has returned. */
static void count_out(int self)
{
	uint64_t one = afield__load_of(1, 1);
	uint64_t before = afield__load_subtract(&load, one);

	if (AFIELD_MUTANT("miss_the_wake"))
		return;
	if (!afield__load_fits(before, &limit, 1) && afield__load_fits(before - one, &limit, 1) &&
	    AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes[self] = true;
}

static uint64_t await(void)
{
	uint64_t seen;

	AFIELD_FETCH_ADD(&waiters, 1, seq_cst);
	seen = afield__load_see(&load);
	if (!afield__load_fits(seen, &limit, 1))
		sleeps = true;
	return seen;
}

/*
 * Three objects wait, the limit is two, so that who waits is woken at one. The callbacks of two
 * return, each in a thread of its own. Who sees that an object is gone sees what its callback did.
 */
static int done[2]; /* plain: what the callback of that object did */

static void call_back(int self)
{
	done[self] = 1;
	count_out(self);
}

static void wait_for_half(int self)
{
	if (await() == afield__load_of(1, 1))
		assert(done[0] && done[1]);
}

PROGRAM(load_comes_down)
{
	begin_with(3, 2, 2);
	RUN(call_back, call_back, wait_for_half);
	assert(!sleeps || wakes[0] || wakes[1]);
	assert(afield__load_see(&load) == afield__load_of(1, 1));
}

/*
 * Two objects wait. The callback of one returns; a second thread sets a new limit, half of which
 * then has room. There is room in the end.
 */
static uint64_t new_units;

static void set_limit(int self)
{
	afield__limit_set(&limit, 2, new_units);
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes[self] = true;
}

static void wait_for_room(int self)
{
	(void)await();
}

static void change_limit(uint64_t objects_limit, uint64_t from_units, uint64_t to_units)
{
	begin_with(2, objects_limit, from_units);
	new_units = to_units;
	RUN(count_out, set_limit, wait_for_room);
	assert(!sleeps || wakes[0] || wakes[1]);
	assert(afield__load_fits(afield__load_see(&load), &limit, 1));
}

/* The limit in units is out of reach. */
PROGRAM(limit_goes_down)
{
	change_limit(4, 100, 100);
}

PROGRAM(both_limits_go_up)
{
	change_limit(0, 0, 2);
}

PROGRAMS(load_comes_down, limit_goes_down, both_limits_go_up)
