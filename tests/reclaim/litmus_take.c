/* SPDX-License-Identifier: MIT */
/*
 * litmus_take: two threads retire, a third takes, twice, for model checkers.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ilib tests/reclaim/litmus_take.c -lpthread
 *
 * What must hold in every execution: every object is taken once, whole, or is still on the stack;
 * one retirer at least is told that the stack was empty; and both are counted in.
 */
#include "litmus_retired_list.h"

static int number;        /* of objects that were taken */
static bool was_empty[2]; /* written by the retirer of that number */

static void *retire(void *which)
{
	afield__load_add(&retired_list, afield__load_of(1, 3));
	was_empty[(intptr_t)which] = push((int)(intptr_t)which);
	return NULL;
}

static void *take_twice(void *unused)
{
	for (int i = 0; i < 2; i++)
		number += count(afield__retired_list_take(&retired_list));
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	begin();
	start(&threads[0], retire, 0);
	start(&threads[1], retire, 1);
	start(&threads[2], take_twice, 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(number + count(AFIELD_LOAD(&retired_list.newest, relaxed)) == 2);
	assert(was_empty[0] || was_empty[1]);
	assert(afield__load_see(&retired_list) == afield__load_of(2, 6));
	return 0;
}
