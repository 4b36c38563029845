/*
 * litmus_crowd: two threads that both failed to add to the first word make stripes, and add to the
 * same one.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/counter/litmus_crowd.c -lpthread
 *
 * What must hold in every execution: one block is published, the other is its maker's to free, and
 * both additions are counted. Before that, both add to the first word, as they do without memory.
 */
#include "counter_core.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct afield__counter counter;

static void *add(void *unused)
{
	struct afield__counter_block *block;

	afield__counter_add_alone(&counter, 1);
	block = afield__counter_block(&counter);
	if (!block) {
		struct afield__counter_block *fresh = (struct afield__counter_block *)calloc(
			1, sizeof(*block) + 2 * sizeof(struct afield__counter_stripe));

		if (!fresh)
			assert(0);
		fresh->mask = 1;
		block = afield__counter_publish(&counter, fresh);
		if (block != fresh)
			free(fresh);
	}
	afield__counter_add_at(block, 1, 1);
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, add, NULL) ||
	    pthread_create(&threads[1], NULL, add, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(afield__counter_sum(&counter) == 4);
	free(AFIELD_LOAD(&counter.block, relaxed));
	return 0;
}
