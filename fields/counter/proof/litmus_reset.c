/* SPDX-License-Identifier: MIT */
/*
 * litmus_reset: additions beside two resets. Each is taken once, or stays.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/counter/proof/litmus_reset.c -lpthread
 *
 * The thread that adds makes the stripes in between, so that a reset may come with and without
 * them.
 */
#include "../counter_core.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static struct afield__counter counter;
static struct {
	struct afield__counter_block block;
	struct afield__counter_stripe stripes[2];
} memory;
static int64_t taken[2];

static void *add(void *unused)
{
	afield__counter_add_alone(&counter, 1);
	memory.block.mask = 1;
	afield__counter_add_at(afield__counter_publish(&counter, &memory.block), 1, 2);
	return unused;
}

static void *reset_first(void *unused)
{
	taken[0] = afield__counter_reset(&counter);
	return unused;
}

static void *reset_second(void *unused)
{
	taken[1] = afield__counter_reset(&counter);
	return unused;
}

int main(void)
{
	static void *(*const bodies[])(void *) = {add, reset_first, reset_second};
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, bodies[i], NULL))
			assert(0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(taken[0] >= 0 && taken[0] <= 3 && taken[1] >= 0 && taken[1] <= 3);
	assert(taken[0] + taken[1] + afield__counter_sum(&counter) == 3);
	assert(afield__counter_reset(&counter) + taken[0] + taken[1] == 3);
	assert(afield__counter_sum(&counter) == 0);
	return 0;
}
