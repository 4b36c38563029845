/* SPDX-License-Identifier: MIT */
/*
 * litmus_two_counters: each thread adds to one counter and then sums the other. At least one of
 * them sees the other's addition, whether it went to the first word, to a stripe, or made the
 * stripes.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude fields/counter/proof/litmus_two_counters.c -lpthread
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
static bool is_striping;
static int64_t seen[2];

static void add(int which)
{
	struct afield__counter *counter = &counters[which];

	if (is_striping) {
		afield__counter_publish(counter, &blocks[which].block);
		afield__counter_add_at(afield__counter_block(counter), 1, 1);
	} else if (which == 0) {
		assert(afield__counter_try_alone(counter, 1)); /* nobody else adds to this one */
	} else {
		afield__counter_add_alone(counter, 1);
	}
}

static void *add_left(void *unused)
{
	add(0);
	seen[1] = afield__counter_sum(&counters[1]);
	return unused;
}

static void *add_right(void *unused)
{
	add(1);
	seen[0] = afield__counter_sum(&counters[0]);
	return unused;
}

static void run(void)
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, add_left, NULL) ||
	    pthread_create(&threads[1], NULL, add_right, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(seen[0] == 1 || seen[1] == 1);
	for (int i = 0; i < 2; i++)
		assert(afield__counter_sum(&counters[i]) == 1);
}

int main(void)
{
	for (int i = 0; i < 2; i++)
		blocks[i].block.mask = 1;
	run();
	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&counters[i].alone, 0, relaxed);
	is_striping = true;
	run();
	return 0;
}
