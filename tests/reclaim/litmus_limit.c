/*
 * litmus_limit: the limit of the backlog, for model checkers. Two objects wait and the limit is
 * one. The callbacks of both return, each in a thread of its own; a
 * third finds the backlog above the limit, counts itself in, looks again, and sleeps.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ilib tests/reclaim/litmus_limit.c -lpthread
 *
 * What must hold in every execution: when the third goes to sleep and the backlog then comes down
 * to the limit, whoever brought it down finds the sleeper counted and wakes it; and who sees that
 * an object is gone sees what its callback did.
 */
#include "reclaim_core.h"

#include <assert.h>
#include <pthread.h>

enum { LIMIT = 1 };
static afield__traffic traffic;
static AFIELD_ATOMIC(uint32_t) waiters;
static int done[2];  /* plain: what the callback of that object did */
static int wakes[2]; /* written by the thread with that number */
static int sleeps;   /* written by the one who waits */

static void leave(int self, uint64_t amount)
{
	uint64_t before = afield__traffic_leave(&traffic, amount);

	if (AFIELD_MUTANT("miss_the_wake"))
		return;
	if (afield__traffic_crosses(before, amount, LIMIT) && AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes[self] = 1;
}

static void *call_back(void *number)
{
	int self = (int)(intptr_t)number;

	done[self] = 1;
	leave(self, 1);
	return NULL;
}

static void *wait_for_room(void *unused)
{
	uint64_t seen;

	AFIELD_FETCH_ADD(&waiters, 1, seq_cst);
	seen = afield__traffic_look(&traffic) & AFIELD__TRAFFIC_BACKLOG;
	if (seen > LIMIT)
		sleeps = 1;
	if (seen == 0)
		assert(done[0] && done[1]);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	AFIELD_STORE(&traffic, 2, relaxed);
	AFIELD_STORE(&waiters, 0, relaxed);
	if (pthread_create(&threads[0], NULL, call_back, (void *)0) ||
	    pthread_create(&threads[1], NULL, call_back, (void *)1) ||
	    pthread_create(&threads[2], NULL, wait_for_room, NULL))
		assert(0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(!sleeps || wakes[0] || wakes[1]);
	assert(afield__traffic_look(&traffic) == 0);
	return 0;
}
