/* SPDX-License-Identifier: MIT */
/*
 * module: what an extension does with fields, for a program that opens it.
 */
#include <afield/locked.h>
#include <afield/queue.h>
#include <afield/rcu.h>

struct pair {
	long low, high;
};
AFIELD_TYPE(pair_rcu, rcu, struct pair);
AFIELD_TYPE(pair_locked, locked, struct pair);
AFIELD_TYPE(long_queue, queue, long);

static pair_rcu current;
static pair_locked sum;
static long_queue queue;

/* 0, or the step that went wrong. */
AFIELD_EXPORT int module_work(void);
int module_work(void)
{
	for (long i = 0; i < 2000; i++) {
		struct pair pair = {i, i};
		struct pair *version = pair_rcu_new(&pair);
		long popped;

		if (!version)
			return 1;
		pair_rcu_store(&current, version);
		AFIELD_READ_SECTION
		{
			const struct pair *seen = pair_rcu_load(&current);

			if (seen->low != seen->high)
				return 2;
		}
		if (long_queue_push(&queue, i) != 0 || !long_queue_pop(&queue, &popped))
			return 3;
		AFIELD_LOCKED(pair_locked, both, &sum)
		{
			both->low++;
			both->high--;
			if (both->low + both->high != 0)
				return 4;
		}
	}
	return afield_barrier() == 0 ? 0 : 5;
}
