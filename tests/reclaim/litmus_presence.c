/* SPDX-License-Identifier: MIT */
/*
 * litmus_presence: the thread that reclaims ends while somebody retires, for model checkers.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ilib tests/reclaim/litmus_presence.c -lpthread
 *
 * What must hold in every execution: an object on the stack has somebody who will take it, and it
 * is one thread only.
 */
#include "litmus_retired_list.h"

static afield__presence presence;
static int made;   /* threads that retirers have made; each its own */
static int stayed; /* whether the thread goes on; written by it */

static void *retire(void *unused)
{
	push(0);
	if (!AFIELD_MUTANT("ask_nobody") && !afield__presence_is_there(&presence))
		made += afield__presence_claim(&presence);
	return unused;
}

static void *end(void *unused)
{
	if (AFIELD_MUTANT("look_before_it_leaves")) {
		stayed = !afield__retired_list_is_empty(&retired_list);
		if (!stayed)
			afield__presence_leave(&presence);
		return unused;
	}
	afield__presence_leave(&presence);
	stayed = !afield__retired_list_is_empty(&retired_list) && afield__presence_claim(&presence);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	begin();
	AFIELD_STORE(&presence, 1, relaxed);
	start(&threads[0], retire, 0);
	start(&threads[1], end, 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert(made + stayed == 1);
	assert(afield__presence_is_there(&presence));
	return 0;
}
