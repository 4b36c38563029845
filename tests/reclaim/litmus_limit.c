/* SPDX-License-Identifier: MIT */
/*
 * litmus_limit: the limit of the backlog, for model checkers. Three objects wait, the limit is two,
 * so that who waits is woken at one. The callbacks of two return, each in a thread of its own; a
 * third finds too many, counts itself in, looks again, and sleeps.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ilib tests/reclaim/litmus_limit.c -lpthread
 *
 * What must hold in every execution: when the third goes to sleep and the load then comes down to
 * half of the limit, whoever brought it down finds the sleeper counted and wakes it; and who sees
 * that an object is gone sees what its callback did.
 */
#include "litmus_retired_list.h"

static struct afield__limit limit;
static AFIELD_ATOMIC(uint32_t) waiters;
static int done[2];  /* plain: what the callback of that object did */
static int wakes[2]; /* written by the thread with that number */
static int sleeps;   /* written by the one who waits */

static void count_out(int self)
{
	uint64_t one = afield__load_of(1, 1);
	uint64_t before = afield__load_subtract(&retired_list, one);

	if (AFIELD_MUTANT("miss_the_wake"))
		return;
	if (!afield__load_fits(before, &limit, 1) && afield__load_fits(before - one, &limit, 1) &&
	    AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes[self] = 1;
}

static void *call_back(void *number)
{
	int self = (int)(intptr_t)number;

	done[self] = 1;
	count_out(self);
	return NULL;
}

static void *wait_for_room(void *unused)
{
	uint64_t seen;

	AFIELD_FETCH_ADD(&waiters, 1, seq_cst);
	seen = afield__load_see(&retired_list);
	if (!afield__load_fits(seen, &limit, 1))
		sleeps = 1;
	if (seen == afield__load_of(1, 1))
		assert(done[0] && done[1]);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	begin();
	AFIELD_STORE(&retired_list.load, afield__load_of(3, 3), relaxed);
	AFIELD_STORE(&limit.objects, 2, relaxed);
	AFIELD_STORE(&limit.units, 2, relaxed);
	AFIELD_STORE(&waiters, 0, relaxed);
	start(&threads[0], call_back, 0);
	start(&threads[1], call_back, 1);
	start(&threads[2], wait_for_room, 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(!sleeps || wakes[0] || wakes[1]);
	assert(afield__load_see(&retired_list) == afield__load_of(1, 1));
	return 0;
}
