/* SPDX-License-Identifier: MIT */
/*
 * module: a copy of afield, static or shared, behind one function. See copy.h.
 */
#include <afield/locked.h>
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/rcu.h>

#include "copy.h"

struct pair {
	long low, high;
};
AFIELD_TYPE(pair_rcu, rcu, struct pair);
AFIELD_TYPE(pair_locked, locked, struct pair);
AFIELD_TYPE(long_queue, queue, long);
AFIELD_TYPE(long_map, map, int64_t, long);

static pair_rcu current;
static pair_locked shared;
static long_queue queue;
static long_map map;

static void work(void)
{
	for (long i = 0; i < 20; i++) {
		struct pair pair = {i, i};
		struct pair *version = pair_rcu_new(&pair);
		long popped;

		if (version)
			pair_rcu_store(&current, version);
		(void)!long_queue_push(&queue, i);
		(void)long_queue_pop(&queue, &popped);
		(void)!long_map_set(&map, i, i);
		if (i % 3 == 0)
			(void)long_map_remove(&map, i, NULL);
		AFIELD_READ_SECTION
		{
			const struct pair *seen = pair_rcu_load(&current);

			if (seen && seen->low != seen->high)
				__builtin_trap();
		}
	}
}

static bool settle(void)
{
	work();
	return afield_barrier() == 0 && afield_backlog() == 0;
}

static uint64_t thread(void)
{
	return afield_thread_id();
}

static int try_lock(void *lock)
{
	pair_locked *locked = (pair_locked *)lock;

	if (pair_locked_is_mine(locked))
		return 1;
	return pair_locked_try_lock(locked) ? 0 : -1;
}

static void unlock(void *lock)
{
	pair_locked_unlock((pair_locked *)lock);
}

static void prepare(void)
{
	afield_fork_prepare();
}

static void parent(void)
{
	afield_fork_parent();
}

AFIELD_EXPORT struct copy copy_of_afield(void);
struct copy copy_of_afield(void)
{
	struct copy copy = {work,   settle,  thread, afield_thread_is_gone, &shared, try_lock,
			    unlock, prepare, parent, afield_fork_child};

	return copy;
}
