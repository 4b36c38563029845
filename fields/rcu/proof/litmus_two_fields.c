/* SPDX-License-Identifier: MIT */
/*
 * rcu, for model checkers: two fields. Each of two threads publishes in one field and then looks
 * into the other. Operations that are linearizable by the clock cannot both find nothing.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/rcu fields/rcu/proof/litmus_two_fields.c -lpthread
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../rcu_core.h"

static struct afield__rcu fields[2];
static int versions[2] = {1, 2};
static void *seen[2]; /* written by the thread with that number, read after it is joined */

static void *publish_and_look(void *number)
{
	int self = (int)(intptr_t)number;
	void *none = NULL;

	if (self == 0)
		assert(!afield__rcu_exchange(&fields[self], &versions[self]));
	else
		assert(afield__rcu_compare_exchange(&fields[self], &none, &versions[self]));
	seen[self] = afield__rcu_load(&fields[1 - self]);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	AFIELD_STORE(&fields[0].current, NULL, relaxed);
	AFIELD_STORE(&fields[1].current, NULL, relaxed);
	if (pthread_create(&threads[0], NULL, publish_and_look, (void *)0) ||
	    pthread_create(&threads[1], NULL, publish_and_look, (void *)1))
		abort();
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(seen[0] || seen[1]);
	assert(!seen[0] || *(int *)seen[0] == 2);
	assert(!seen[1] || *(int *)seen[1] == 1);
	return 0;
}
