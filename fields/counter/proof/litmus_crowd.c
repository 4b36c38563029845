/* SPDX-License-Identifier: MIT */
/*
 * litmus_crowd: two threads that both failed to add to the first word make stripes, and add to the
 * same one.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/counter/proof/litmus_crowd.c -lpthread
 *
 * What must hold in every execution: one block is published and both use it, so that both additions
 * are counted. Before that, both add to the first word, as they do without memory.
 */
#include "../counter_core.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static struct afield__counter counter;

static struct {
	struct afield__counter_block block;
	struct afield__counter_stripe stripes[2];
} memory[2];

static void add(int self)
{
	struct afield__counter_block *block;

	afield__counter_add_alone(&counter, 1);
	block = afield__counter_block(&counter);
	if (!block) {
		memory[self].block.mask = 1;
		block = afield__counter_publish(&counter, &memory[self].block);
	}
	afield__counter_add_at(block, 1, 1);
}

static void *add_first(void *unused)
{
	add(0);
	return unused;
}

static void *add_second(void *unused)
{
	add(1);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, add_first, NULL) ||
	    pthread_create(&threads[1], NULL, add_second, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(afield__counter_sum(&counter) == 4);
	return 0;
}
