/*
 * litmus_new_limit: the limit of the backlog changes, for model checkers. Two objects wait. The
 * callback of one returns; a second thread sets a new limit, which then has room; a third counts
 * itself in, looks, and sleeps when there is none. The limit goes down, or with
 * -DFROM=0 up.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ilib tests/reclaim/litmus_new_limit.c -lpthread
 *
 * What must hold in every execution: the sleeper is woken, by the one or the other.
 */
#include "reclaim_core.h"

#include <assert.h>
#include <pthread.h>

#ifndef FROM
#define FROM 2
#endif
#define TO 1

static afield__traffic traffic;
static afield__limit limit;
static AFIELD_ATOMIC(uint32_t) waiters;
static int wakes[2]; /* written by the one who leaves, and by the one who sets */
static int sleeps;   /* written by the one who waits */

static void *leave(void *unused)
{
	uint64_t before = afield__traffic_leave(&traffic, 1);

	if (afield__traffic_crosses(before, 1, afield__traffic_limit(&limit)) &&
	    AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes[0] = 1;
	return unused;
}

static void *set_limit(void *unused)
{
	afield__traffic_set_limit(&limit, TO);
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes[1] = 1;
	return unused;
}

static void *wait_for_room(void *unused)
{
	AFIELD_FETCH_ADD(&waiters, 1, seq_cst);
	if (!afield__traffic_has_room(&traffic, afield__traffic_limit(&limit)))
		sleeps = 1;
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	AFIELD_STORE(&traffic, 2, relaxed);
	AFIELD_STORE(&limit, FROM, relaxed);
	AFIELD_STORE(&waiters, 0, relaxed);
	if (pthread_create(&threads[0], NULL, leave, NULL) ||
	    pthread_create(&threads[1], NULL, set_limit, NULL) ||
	    pthread_create(&threads[2], NULL, wait_for_room, NULL))
		assert(0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(!sleeps || wakes[0] || wakes[1]);
	return 0;
}
