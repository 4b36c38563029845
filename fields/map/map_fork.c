/* SPDX-License-Identifier: MIT */
/*
 * map_fork: what the child of a fork does to a map before it first writes, counts or walks. See
 * map_hash_table.h.
 *
 * No operation of the parent's threads goes on in the child, and none of the child's begins before
 * this is over, but for those that look up one key. So the elements can be counted: they are what a
 * walk meets. When a resize was left behind, they are copied to a new table, node by node, as they
 * are; the new nodes have the old ones' references. Then the old nodes leave the old table, all
 * before anybody may take a node out of the new one. The empty table is never freed. So a lookup
 * that still stands in the old table, and finds its node in it after it has counted its reference,
 * has counted a live one (map.c), and one that finds nothing looks which table the map has.
 */
#include "map_hash_table.h"

#include <stdlib.h>

#include <afield/wait.h>

#include <urcu/rculfhash.h>

static int count_node(struct afield__map_node *node, void *count)
{
	(void)node;
	++*(int64_t *)count;
	return 0;
}

static bool is_gone(const afield__map_thread *thread)
{
	return afield_thread_is_gone(AFIELD_LOAD(thread, relaxed));
}

struct copying {
	const struct afield__map_layout *layout;
	struct afield__map_table *to;
};

static int copy_node(struct afield__map_node *node, void *opaque)
{
	const struct copying *copying = (const struct copying *)opaque;
	size_t size =
		afield__map_bytes_at(copying->layout) + afield__map_size(copying->layout, node);
	struct afield__map_node *copy = (struct afield__map_node *)malloc(size);

	if (!copy)
		return 1;
	memcpy(copy, node, size);
	if (afield__map_is_in_place(copying->layout))
		afield__map_value_start(&copy->value, afield__map_value_load(&node->value));
	AFIELD_TSAN_RELEASE(copy);
	cds_lfht_add(copying->to->hash, afield__map_hash_of(node), afield__map_link_of(copy));
	return 0;
}

/* The same elements in a new table, which nobody knows yet; NULL when out of memory. */
static struct afield__map_table *copy_table(struct afield__map *map,
					    struct afield__map_table *table, int64_t count)
{
	struct copying copying = {table->layout, NULL};
	size_t buckets = afield__map_right_size(table, count);

	copying.to = afield__map_table_new(table->layout, buckets, table);
	if (!copying.to)
		return NULL;
	AFIELD_STORE(&copying.to->reserved, AFIELD_LOAD(&table->reserved, relaxed), relaxed);
	AFIELD_STORE(&copying.to->count, count, relaxed);
	if (afield__map_visit_as_is(map, copy_node, &copying) == 0)
		return copying.to;
	afield__map_table_free(copying.to);
	return NULL;
}

/* A request that a fork left in the middle is not run any more. */
static void forget_request(struct afield__map_table *table)
{
	if (!is_gone(&table->runner))
		return;
	AFIELD_STORE(&table->runner, 0, relaxed);
	AFIELD_STORE(&table->is_requested, false, relaxed);
	AFIELD_FETCH_SUB(&table->users, 1, relaxed); /* the field is another user */
}

/* What the adopter does. Returns the table that it has made right. */
static struct afield__map_table *put_right(struct afield__map *map, struct afield__map_table *table)
{
	struct afield__map_table *fresh = NULL;
	int64_t count = 0;

	(void)afield__map_visit_as_is(map, count_node, &count);
	forget_request(table);
	AFIELD_STORE(&table->count, count, relaxed);
	if (is_gone(&table->resizer))
		fresh = copy_table(map, table, count);
	if (!fresh)
		return table;
	/* Until the old nodes have left, nobody may write to the new table. */
	AFIELD_STORE(&fresh->generation, AFIELD_LOAD(&table->generation, relaxed), relaxed);
	AFIELD_STORE(&fresh->adopter, afield_thread_id(), relaxed);
	/* Release: pairs with the loads of the field. Seq_cst: who waits and looks once more before
	 * it sleeps (is_decided) looks at this table. */
	AFIELD_STORE(&map->table, fresh, seq_cst);
	afield__map_table_leave(table);
	return fresh; /* the old one stays: who looks up a key may have it in hand */
}

struct adoption {
	struct afield__map *map;
	struct afield__map_table *table;
	bool is_begun; /* by this thread */
};

/* Ends the wait when this thread is the adopter, or there is nothing left to do. Seq_cst: the looks
 * come behind the waiter's count, and pair with the stores of the adopter, before its wake. */
static bool is_decided(void *opaque)
{
	struct adoption *adoption = (struct adoption *)opaque;
	struct afield__map_table *table = AFIELD_LOAD(&adoption->map->table, seq_cst);
	uint64_t adopter;

	adoption->table = table;
	if (AFIELD_LOAD(&table->generation, seq_cst) == afield_fork_generation())
		return true;
	adopter = AFIELD_LOAD(&table->adopter, relaxed);
	if (adopter != 0 && !afield_thread_is_gone(adopter))
		return false;
	adoption->is_begun =
		AFIELD_COMPARE_EXCHANGE(&table->adopter, &adopter, afield_thread_id(), relaxed);
	return adoption->is_begun;
}

struct afield__map_table *afield__map_adopt(struct afield__map *map)
{
	struct afield_waiters *waiters = afield_waiters_of(map);
	struct adoption adoption = {map, NULL, false};
	struct afield__map_table *table;

	afield_wait_uninterrupted(waiters, is_decided, &adoption);
	if (!adoption.is_begun)
		return adoption.table;
	table = put_right(map, adoption.table);
	/* Release: pairs with every writer's look at the generation; weaker, it could write to a
	 * table that is not counted yet. Seq_cst: comes before the look for waiters. */
	AFIELD_STORE(&table->generation, afield_fork_generation(), seq_cst);
	afield_wake(waiters);
	return table;
}
