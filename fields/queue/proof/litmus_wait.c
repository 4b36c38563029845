/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: a fresh queue. One thread pushes twice, a second pops once, and a third looks for a
 * value, counts itself in, looks again, and sleeps.
 *
 * What must hold in every execution: when the third goes to sleep although a value is left, the
 * first finds it counted and wakes it after the push of that value. The count and the order of the
 * steps are those of afield_wait and afield_wake_one; the sleep and the wakes are notes that are
 * compared at the end.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "../queue_core.h"

static struct afield__queue_words queue;
static struct afield__queue_node nodes[2];
static AFIELD_ATOMIC(uint32_t) count;
static int wakes[2]; /* written by the one who pushes: after which push */
static int sleeps;   /* written by the one who waits */

static void *push_twice(void *unused)
{
	for (int i = 0; i < 2; i++) {
		AFIELD_STORE(&nodes[i].next, NULL, relaxed);
		afield__queue_append(&queue, &nodes[i]);
		if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&count, seq_cst) != 0)
			wakes[i] = 1;
	}
	return unused;
}

static struct afield__queue_node *take(void)
{
	struct afield__queue_node *old;

	return afield__queue_take(&queue, &old);
}

static void *pop(void *unused)
{
	(void)take();
	return unused;
}

static void *await(void *unused)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (!take())
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	return unused;
}

int main(void)
{
	pthread_t threads[3];

	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&nodes[i].next, &nodes[i], relaxed);
	if (pthread_create(&threads[0], NULL, push_twice, NULL) ||
	    pthread_create(&threads[1], NULL, pop, NULL) ||
	    pthread_create(&threads[2], NULL, await, NULL))
		abort();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	/* The last push is behind the look that found nothing, or its value was taken already. */
	assert(!sleeps || wakes[1] || afield__queue_is_empty(&queue));
	return 0;
}
