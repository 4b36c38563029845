/*
 * litmus_gate: the gate that a fork shuts, for model checkers. Two threads each hand an object
 * over, a third forks. liburcu's queue is a plain variable for each thread, which only that thread
 * and the fork touch: a data race is a fork that finds half of an enqueue, or an enqueue into what
 * it copies.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ilib tests/reclaim/litmus_gate.c -lpthread
 *
 * What must hold in every execution: no enqueue is under way between shut and open; a retirer that
 * goes to sleep at the gate is woken; and in the end the word counts what is in the queue.
 */
#include "reclaim_core.h"

#include <assert.h>
#include <pthread.h>

static afield__traffic traffic;
static AFIELD_ATOMIC(uint32_t) waiters;
static int queue[2];  /* plain: how many objects thread n has put there */
static int sleeps[2]; /* written by the retirer of that number */
static int wakes;     /* written by the fork */

static void *retire(void *number)
{
	int self = (int)(intptr_t)number;

	if (!afield__traffic_enter(&traffic) && !AFIELD_MUTANT("pass_the_shut_gate")) {
		afield__traffic_leave(&traffic, AFIELD__TRAFFIC_RETIRER + 1);
		AFIELD_FETCH_ADD(&waiters, 1, seq_cst);
		if (afield__traffic_look(&traffic) & AFIELD__TRAFFIC_SHUT)
			sleeps[self] = 1;
		return NULL;
	}
	queue[self]++;
	afield__traffic_leave(&traffic, AFIELD__TRAFFIC_RETIRER);
	return NULL;
}

static void *fork_once(void *unused)
{
	afield__traffic_shut(&traffic);
	while (!AFIELD_MUTANT("fork_beside_a_retirer") && !afield__traffic_is_quiet(&traffic))
		AFIELD_SPIN();
	queue[0] += 10;
	queue[1] += 10;
	afield__traffic_open(&traffic);
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&waiters, seq_cst) != 0)
		wakes = 1;
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	AFIELD_STORE(&traffic, 0, relaxed);
	AFIELD_STORE(&waiters, 0, relaxed);
	if (pthread_create(&threads[0], NULL, retire, (void *)0) ||
	    pthread_create(&threads[1], NULL, retire, (void *)1) ||
	    pthread_create(&threads[2], NULL, fork_once, NULL))
		assert(0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(!(sleeps[0] || sleeps[1]) || wakes);
	assert((int)afield__traffic_look(&traffic) == queue[0] + queue[1] - 20);
	return 0;
}
