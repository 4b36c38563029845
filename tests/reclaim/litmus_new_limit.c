/* SPDX-License-Identifier: MIT */
/*
 * litmus_new_limit: the limit of the backlog changes, for model checkers. Two objects wait. The
 * callback of one returns; a second thread sets a new limit, half of which then has room; a third
 * counts itself in, looks, and sleeps when there is none. The limit goes down, or with -DFROM=0 up.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ilib tests/reclaim/litmus_new_limit.c -lpthread
 *
 * What must hold in every execution: the sleeper is woken, by the one or the other, and there
 * is room in the end.
 */
#include "litmus_retired_list.h"

#ifndef FROM
#define FROM 4
#endif
#define TO 2
/* Of the two limits, the one in units is out of reach, unless it is to be the same. */
#ifndef UNITS
#define UNITS(number) 100
#endif

static struct afield__limit limit;
static AFIELD_ATOMIC(uint32_t) waiters;
static int wakes[2]; /* written by the one who leaves, and by the one who sets */
static int sleeps;   /* written by the one who waits */

static void *leave(void *unused)
{
	uint64_t one = afield__load_of(1, 1);
	uint64_t before = afield__load_subtract(&retired_list, one);

	if (!afield__load_fits(before, &limit, 1) && afield__load_fits(before - one, &limit, 1) &&
	    AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes[0] = 1;
	return unused;
}

static void *set_limit(void *unused)
{
	afield__limit_set(&limit, TO, UNITS(TO));
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes[1] = 1;
	return unused;
}

static void *wait_for_room(void *unused)
{
	AFIELD_FETCH_ADD(&waiters, 1, seq_cst);
	if (!afield__load_fits(afield__load_see(&retired_list), &limit, 1))
		sleeps = 1;
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	begin();
	AFIELD_STORE(&retired_list.load, afield__load_of(2, 2), relaxed);
	AFIELD_STORE(&limit.objects, FROM, relaxed);
	AFIELD_STORE(&limit.units, UNITS(FROM), relaxed);
	AFIELD_STORE(&waiters, 0, relaxed);
	start(&threads[0], leave, 0);
	start(&threads[1], set_limit, 0);
	start(&threads[2], wait_for_room, 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(!sleeps || wakes[0] || wakes[1]);
	assert(afield__load_fits(afield__load_see(&retired_list), &limit, 1));
	return 0;
}
