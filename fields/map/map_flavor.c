/* SPDX-License-Identifier: MIT */
/*
 * map_flavor: what liburcu's hash table asks of the one who has the read sections.
 *
 * liburcu's data structures work with any of its flavours, and find the functions of one in a
 * struct. This one is afield's own (reclaim.h). A table waits for a grace period only when it
 * shrinks, which it does in a callback, where nobody else runs one.
 *
 * Synchronization: constant.
 */
#include "map_hash_table.h"

#include <afield/reclaim.h>

#include <urcu/flavor.h>

static void read_lock(void)
{
	afield_read_lock();
}

static void read_unlock(void)
{
	afield_read_unlock();
}

static int read_ongoing(void)
{
	return afield_is_reading();
}

/* A thread that liburcu starts, to fill a large table, is one like any other. */
static void nothing(void)
{
}

const struct rcu_flavor_struct afield__map_flavor = {
	.read_lock = read_lock,
	.read_unlock = read_unlock,
	.read_ongoing = read_ongoing,
	.read_quiescent_state = nothing,
	.update_synchronize_rcu = afield__wait_in_callback,
	.thread_offline = nothing,
	.thread_online = nothing,
	.register_thread = nothing,
	.unregister_thread = nothing,
};
