/* SPDX-License-Identifier: MIT */
/*
 * Two threads exchange at once, for model checkers: each version is replaced once, by one of them,
 * and whoever gets it has all that its maker did.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/rcu fields/rcu/proof/litmus_exchange.c -lpthread
 */
#include <assert.h>
#include <pthread.h>

#include "../rcu_core.h"

static struct afield__rcu field;
static int versions[2];
static int *got[2]; /* what each thread replaced */

static void *replace(void *opaque)
{
	int *mine = (int *)opaque;

	*mine = 7;
	got[mine - versions] = (int *)afield__rcu_exchange(&field, mine);
	if (got[mine - versions])
		assert(*got[mine - versions] == 7);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];
	int *last;

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, replace, &versions[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	last = (int *)afield__rcu_exchange(&field, NULL);
	assert((last == &versions[0] && got[0] == &versions[1] && got[1] == NULL) ||
	       (last == &versions[1] && got[1] == &versions[0] && got[0] == NULL));
	return 0;
}
