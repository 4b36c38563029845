/* SPDX-License-Identifier: MIT */
/*
 * litmus_two_resets: resets on two counters stand in one order with everything else.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/counter/proof/litmus_two_resets.c -lpthread
 *
 * Each part runs two threads to their end before the next begins.
 */
#include "../counter_core.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static struct afield__counter counters[2];
static struct {
	struct afield__counter_block block;
	struct afield__counter_stripe stripes[2];
} blocks[2];
static int64_t seen[2];

static void run(void *(*left)(void *), void *(*right)(void *))
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, left, NULL) ||
	    pthread_create(&threads[1], NULL, right, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

/* Each makes the stripes of one, adds, and takes from the other: one of them takes something. */
static void add_and_take(int mine, int other)
{
	afield__counter_add_at(afield__counter_publish(&counters[mine], &blocks[mine].block), 1, 1);
	seen[other] = afield__counter_reset(&counters[other]);
}

static void *add_left(void *unused)
{
	add_and_take(0, 1);
	return unused;
}

static void *add_right(void *unused)
{
	add_and_take(1, 0);
	return unused;
}

/* Each takes from one and looks at the other: one of them sees that it has been taken. */
static void *take_left(void *unused)
{
	assert(afield__counter_reset(&counters[0]) == 1);
	seen[1] = afield__counter_sum(&counters[1]);
	return unused;
}

static void *take_right(void *unused)
{
	assert(afield__counter_reset(&counters[1]) == 1);
	seen[0] = afield__counter_sum(&counters[0]);
	return unused;
}

int main(void)
{
	for (int i = 0; i < 2; i++)
		blocks[i].block.mask = 1;
	run(add_left, add_right);
	assert(seen[0] == 1 || seen[1] == 1);
	for (int i = 0; i < 2; i++)
		assert(afield__counter_reset(&counters[i]) == 1 - seen[i]);
	/* One in the first word here, one in a stripe there. */
	afield__counter_add_alone(&counters[0], 1);
	afield__counter_add_at(&blocks[1].block, 0, 1);
	assert(afield__counter_sum(&counters[1]) == 1);
	run(take_left, take_right);
	assert(seen[0] == 0 || seen[1] == 0);
	assert(afield__counter_sum(&counters[1]) == 0);
	return 0;
}
