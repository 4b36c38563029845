/* SPDX-License-Identifier: MIT */
/*
 * map_all: what concerns all elements of a map: their number, a look at each, their end, and what a
 * host's collector asks of the field's table.
 */
#include "map_hash_table.h"

#include <afield/host.h>

#include <urcu/rculfhash.h>

/* Counting and walking do not change the map, but the child of a fork may have to put it right. */
static struct afield__map_table *table_of(const struct afield__map *map)
{
	return afield__map_table_of((struct afield__map *)(uintptr_t)map);
}

size_t afield__map_len(const struct afield__map *map)
{
	struct afield__map_table *table = table_of(map);
	int64_t count = table ? AFIELD_LOAD(&table->count, relaxed) : 0;

	return count > 0 ? (size_t)count : 0;
}

size_t afield__map_buckets(const struct afield__map *map)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, acquire);

	return table ? AFIELD_LOAD(&table->buckets, relaxed) : 0;
}

/*
 * A node that is replaced while the walk stands on it is left by the link it had before, which goes
 * past its heir: so the walk itself never meets an element twice. Who finds that the node has left
 * looks for the heir (afield__map_heir), so that no element is missed either.
 */
int afield__map_visit(const struct afield__map *map,
		      int (*visit)(struct afield__map_node *node, void *argument), void *argument)
{
	(void)table_of(map);
	return afield__map_visit_as_is(map, visit, argument);
}

int afield__map_visit_as_is(const struct afield__map *map,
			    int (*visit)(struct afield__map_node *node, void *argument),
			    void *argument)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, acquire);
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;
	int result = 0;

	if (!table)
		return 0;
	AFIELD_READ_SECTION
	{
		cds_lfht_for_each(table->hash, &iter, link)
		{
			AFIELD_TSAN_ACQUIRE(link);
			AFIELD_PAUSE("map: walking");
			if (!afield__map_is_match(table->layout, afield__map_node_of(link)))
				continue;
			result = visit(afield__map_node_of(link), argument);
			if (result)
				break;
		}
	}
	return result;
}

/*
 * Takes an element out, by its node or the one that has taken its place: the node, which is the
 * caller's, or NULL when another thread took the element out. In the section of the walk.
 */
static struct afield__map_node *take(struct afield__map_table *table,
				     const struct afield__map_layout *layout,
				     struct afield__map_node *node)
{
	while (node && !afield__map_take(table, layout, node))
		node = afield__map_heir(table, layout, node);
	return node;
}

/* Takes out every element that the walk meets, linked through memory that is the remover's. */
static struct afield_retired *take_all(struct afield__map_table *table,
				       const struct afield__map_layout *layout)
{
	struct afield_retired *taken = NULL;
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;

	AFIELD_READ_SECTION
	{
		cds_lfht_for_each(table->hash, &iter, link)
		{
			struct afield__map_node *node;

			AFIELD_TSAN_ACQUIRE(link);
			node = take(table, layout, afield__map_node_of(link));
			if (!node)
				continue;
			node->retired.next = taken;
			taken = &node->retired;
		}
	}
	return taken;
}

void afield__map_table_leave(struct afield__map_table *table)
{
	struct afield_retired *next, *taken = take_all(table, table->layout);

	for (; taken; taken = next) {
		next = taken->next;
		afield__map_node_retire(table->layout, afield__map_node_of_retired(taken), false);
	}
}

static void drop_all(struct afield__map_table *table, const struct afield__map_layout *layout,
		     bool may_wait)
{
	struct afield_retired *next, *taken = take_all(table, layout);

	for (; taken; taken = next) {
		struct afield__map_node *node = afield__map_node_of_retired(taken);

		next = taken->next;
		afield__map_table_count(table, -1);
		afield__map_node_drop(layout, node, afield__map_object(layout, node), NULL,
				      may_wait);
	}
}

void afield__map_clear(struct afield__map *map, const struct afield__map_layout *layout)
{
	struct afield__map_table *table = table_of(map);

	if (table)
		drop_all(table, layout, true);
}

/* Objects end here, in the thread of their host; nodes without any go with the table. */
void afield__map_fini(struct afield__map *map, const struct afield__map_layout *layout)
{
	struct afield__map_table *table = table_of(map);

	if (!table)
		return;
	AFIELD_STORE(&map->table, NULL, relaxed);
	if (layout->key.type_code == AFIELD_OBJECT || layout->value.type_code == AFIELD_OBJECT)
		drop_all(table, layout, false);
	afield__map_table_end(table);
}

static const struct afield__map_layout *layout_of(const struct afield_type *type)
{
	return (const struct afield__map_layout *)type->detail;
}

void afield__map_table_fini(const struct afield_type *type, void *field)
{
	afield__map_fini((struct afield__map *)field, layout_of(type));
}

/* A collection must not wait for the backlog. */
void afield__map_table_clear(const struct afield_type *type, void *field)
{
	struct afield__map_table *table = table_of((struct afield__map *)field);

	if (table)
		drop_all(table, layout_of(type), false);
}

struct traversal {
	const struct afield__map_layout *layout;
	int (*visit)(void *object, void *argument);
	void *argument;
};

static int traverse_node(struct afield__map_node *node, void *opaque)
{
	const struct traversal *traversal = (const struct traversal *)opaque;
	const struct afield__map_layout *layout = traversal->layout;
	uint64_t word;
	void *value = afield__object_of(&layout->value, afield__map_value(layout, node, &word));
	void *key = afield__map_object(layout, node);
	int result = key ? traversal->visit(key, traversal->argument) : 0;

	return result || !value ? result : traversal->visit(value, traversal->argument);
}

/*
 * The threads that could change the map stand still, outside their sections, or wait for the
 * collector's lock; the section here is for the resize, which may go on. A node that left the table
 * and whose references are still to be given up is not met: its thread counts as one that uses
 * them.
 */
int afield__map_table_traverse(const struct afield_type *type, void *field,
			       int (*visit)(void *object, void *argument), void *argument)
{
	const struct afield__map_layout *layout = layout_of(type);
	struct traversal traversal = {layout, visit, argument};

	if (layout->key.type_code != AFIELD_OBJECT && layout->value.type_code != AFIELD_OBJECT)
		return 0;
	return afield__map_visit_as_is((const struct afield__map *)field, traverse_node,
				       &traversal);
}

size_t afield__map_table_len(const struct afield_type *type, const void *field)
{
	(void)type;
	return afield__map_len((const struct afield__map *)field);
}
