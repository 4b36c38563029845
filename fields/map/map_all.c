/* SPDX-License-Identifier: MIT */
/*
 * map_all: what concerns all elements of a map: their number, a look at each, their end, and what a
 * host's collector asks of the field's table.
 */
#include "map_table.h"

#include <afield/host.h>

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

	return table ? AFIELD_LOAD(&table->room, relaxed) : 0;
}

int afield__map_visit(const struct afield__map *map,
		      int (*visit)(struct afield__map_node *node, uint64_t hash, void *argument),
		      void *argument)
{
	(void)table_of(map);
	return afield__map_visit_as_is(map, visit, argument);
}

int afield__map_visit_as_is(const struct afield__map *map,
			    int (*visit)(struct afield__map_node *node, uint64_t hash,
					 void *argument),
			    void *argument)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, acquire);
	struct afield__map_node *node;
	struct afield__map_walk walk;
	uint64_t tag;
	int result = 0;

	if (!table)
		return 0;
	AFIELD_READ_SECTION
	{
		node = afield__map_first(&table->buckets, &walk);
		for (; node && !result; node = afield__map_next(&walk)) {
			AFIELD_PAUSE("map: walking");
			tag = afield__map_value_tag(&node->value);
			if (!(tag & AFIELD__MAP_HAS_ENDED))
				result = visit(node, tag | walk.odd, argument);
		}
	}
	return result;
}

/* Takes out every element that the walk meets, linked through memory that is the remover's. */
static struct afield_retired *take_all(struct afield__map_table *table)
{
	struct afield_retired *taken = NULL;
	struct afield__map_node *node;
	struct afield__map_walk walk;
	uint64_t tag;

	AFIELD_READ_SECTION
	{
		node = afield__map_first(&table->buckets, &walk);
		for (; node; node = afield__map_next(&walk)) {
			tag = afield__map_value_tag(&node->value);
			if (!afield__map_take(table, tag | walk.odd, node, NULL))
				continue;
			node->retired.next = taken;
			taken = &node->retired;
		}
	}
	return taken;
}

static void drop_all(struct afield__map_table *table, const struct afield__map_layout *layout,
		     bool may_wait)
{
	struct afield_retired *next, *taken = take_all(table);

	for (; taken; taken = next) {
		struct afield__map_node *node = afield__map_node_of_retired(taken);

		next = taken->next;
		afield__map_removed(table);
		afield__map_node_drop(layout, node, NULL, may_wait);
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

static int traverse_node(struct afield__map_node *node, uint64_t hash, void *opaque)
{
	const struct traversal *traversal = (const struct traversal *)opaque;
	const struct afield__map_layout *layout = traversal->layout;
	uint64_t word = afield__map_value_load(&node->value);
	void *value = afield__object_of(&layout->value, afield__map_value(layout, &word));
	void *key = afield__map_object(layout, node);
	int result = key ? traversal->visit(key, traversal->argument) : 0;

	(void)hash;
	return result || !value ? result : traversal->visit(value, traversal->argument);
}

/*
 * The threads that could change the map stand still, outside their sections, or wait for the
 * collector's lock; the section here is for the shrink, which may go on. A node that left the table
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
