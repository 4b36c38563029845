/* SPDX-License-Identifier: MIT */
/*
 * map_fork: what the child of a fork does to a map before it first writes, counts or walks. See
 * map_table.h.
 *
 * No operation of the parent's threads goes on in the child, and none of the child's begins before
 * this is over, but for those that look up one key. So the elements can be counted: they are what a
 * walk meets. A shrink that was under way goes on, by a request of the child's own: the parent's may
 * wait to be run, or may have been in the middle. An element that a thread had ended and not taken
 * out stays in the list, where nobody finds it, and a bucket that a thread was linking is one that
 * nobody begins at.
 */
#include "map_table.h"

#include <afield/wait.h>

static int count_node(struct afield__map_node *node, uint64_t hash, void *count)
{
	(void)node, (void)hash;
	++*(int64_t *)count;
	return 0;
}

static uint64_t room_of(const struct afield__map_table *table)
{
	uint64_t room = AFIELD__MAP_LEAST;

	for (unsigned at = 1; at < AFIELD__MAP_PARTS; at++)
		if (afield__map_part(&table->buckets, at))
			room += afield__map_part_begins(at);
	return room;
}

/* What the adopter does. */
static void put_right(struct afield__map *map, struct afield__map_table *table)
{
	int64_t count = 0;

	(void)afield__map_visit_as_is(map, count_node, &count);
	AFIELD_STORE(&table->count, count, relaxed);
	AFIELD_STORE(&table->room, room_of(table), relaxed);
	if (afield_thread_is_gone(AFIELD_LOAD(&table->runner, relaxed))) {
		AFIELD_STORE(&table->runner, 0, relaxed);
		AFIELD_FETCH_SUB(&table->users, 1, relaxed); /* the field is another user */
	}
	afield__map_shrink_on(table);
}

struct adoption {
	struct afield__map_table *table;
	bool is_begun; /* by this thread */
};

/* Ends the wait when this thread is the adopter, or there is nothing left to do. Seq_cst: the look
 * comes behind the waiter's count, and pairs with the store of the adopter, before its wake. */
static bool is_decided(void *opaque)
{
	struct adoption *adoption = (struct adoption *)opaque;
	struct afield__map_table *table = adoption->table;
	uint64_t adopted;

	if (AFIELD_LOAD(&table->generation, seq_cst) == afield_fork_generation())
		return true;
	adopted = AFIELD_LOAD(&table->adopted, relaxed);
	if (adopted == afield_fork_generation())
		return false;
	adoption->is_begun = AFIELD_COMPARE_EXCHANGE(&table->adopted, &adopted,
						     afield_fork_generation(), relaxed);
	return adoption->is_begun;
}

void afield__map_adopt(struct afield__map *map, struct afield__map_table *table)
{
	struct afield_waiters *waiters = afield_waiters_of(map);
	struct adoption adoption = {table, false};

	afield_wait_uninterrupted(waiters, is_decided, &adoption);
	if (!adoption.is_begun)
		return;
	put_right(map, table);
	/* Release: pairs with every writer's look at the generation; weaker, it could write to a
	 * table that is not counted yet. Seq_cst: comes before the look for waiters. */
	AFIELD_STORE(&table->generation, afield_fork_generation(), seq_cst);
	afield_wake(waiters);
}
