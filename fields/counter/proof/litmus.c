/* SPDX-License-Identifier: MIT */
/*
 * litmus: two threads add to a fresh counter, a third sums it.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/counter/proof/litmus.c -lpthread
 *
 * What must hold in every execution: no addition is lost or counted twice, whichever of the two
 * makes the stripes; a sum lies between none and all; what it counts, its thread may read the news
 * of. The steps of an addition are those of counter.h and counter.c, without the allocation;
 * each thread stands on a processor of its own.
 */
#include "../counter_core.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static struct afield__counter counter;
static int news; /* plain: written before the first thread's addition */

/* What each thread would publish. A thread writes the first line, as one that allocates does. */
static struct {
	struct afield__counter_block block;
	struct afield__counter_stripe stripes[2];
} memory[2];

static void add(size_t place, int64_t amount)
{
	struct afield__counter_block *block = afield__counter_block(&counter);

	if (!block && afield__counter_try_alone(&counter, amount))
		return;
	if (!block) {
		memory[place].block.mask = 1;
		block = afield__counter_publish(&counter, &memory[place].block);
	}
	afield__counter_add_at(block, place, amount);
}

static void *add_two(void *unused)
{
	news = 42;
	add(0, 2);
	return unused;
}

static void *add_one(void *unused)
{
	add(1, 1);
	return unused;
}

static void *sum(void *unused)
{
	int64_t seen = afield__counter_sum(&counter);

	assert(seen >= 0 && seen <= 3);
	if (seen >= 2)
		assert(news == 42);
	return unused;
}

int main(void)
{
	static void *(*const bodies[])(void *) = {add_two, add_one, sum};
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, bodies[i], NULL))
			assert(0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert(afield__counter_sum(&counter) == 3);
	return 0;
}
