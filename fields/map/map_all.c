/* SPDX-License-Identifier: MIT */
/*
 * map_all: what concerns all elements of a map: their number, a walk over them, their end, and what
 * a host and its collector ask of the field's table.
 */
#include "map_hash_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
	struct afield__map_table *table = AFIELD_LOAD(&map->table, seq_cst);

	return table ? AFIELD_LOAD(&table->buckets, relaxed) : 0;
}

/*
 * A node that is replaced while the walk stands on it is left by the link it had before, which goes
 * past its heir: so the walk itself never meets an element twice. Who finds that the node has left
 * looks for the heir (afield__map_heir), so that no element is missed either.
 */
int afield__map_visit(const struct afield__map *map,
		      int (*visit)(const struct afield__map_node *node, void *argument),
		      void *argument)
{
	(void)table_of(map);
	return afield__map_visit_as_is(map, visit, argument);
}

int afield__map_visit_as_is(const struct afield__map *map,
			    int (*visit)(const struct afield__map_node *node, void *argument),
			    void *argument)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, seq_cst);
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
			result = visit((const struct afield__map_node *)(const void *)link,
				       argument);
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
	while (node && cds_lfht_del(table->hash, afield__map_link_of(node)))
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

static int traverse_node(const struct afield__map_node *node, void *opaque)
{
	const struct traversal *traversal = (const struct traversal *)opaque;
	const struct afield__map_layout *layout = traversal->layout;
	void *value = afield__object_of(&layout->value, afield__map_value(layout, node));
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

/* References that a walk took by mistake, to be given up when it has left its section. */
struct lost {
	struct lost *next;
	void *object;
};

struct walk {
	const struct afield__map_layout *layout;
	struct afield__map_table *table;
	int (*each)(const void *key, const void *value, void *argument);
	void *argument;
	struct lost *lost;
	void *last[2]; /* the same, for which there was no memory, and so the walk ended */
};

/* 0: the walk may go on; -ENOMEM. */
static int lose(struct walk *walk, void *object)
{
	struct lost *lost = (struct lost *)malloc(sizeof(*lost));

	if (!lost) {
		walk->last[walk->last[0] != NULL] = object;
		return -ENOMEM;
	}
	lost->object = object;
	lost->next = walk->lost;
	walk->lost = lost;
	return 0;
}

/* A reference to an object of a node that is in the table: 1; 0 when the node has left. */
static int hold_object(struct walk *walk, const struct afield__map_node *node, void *object)
{
	AFIELD_PAUSE("map: before the count");
	if (!object)
		return 1;
	if (!afield__try_retain_object(object))
		return 0;
	return afield__map_is_gone(node) ? lose(walk, object) : 1;
}

/* References to both objects of a node: 1; 0 when the node has left; -ENOMEM. */
static int hold_both(struct walk *walk, const struct afield__map_node *node)
{
	const struct afield__map_layout *layout = walk->layout;
	void *value = afield__object_of(&layout->value, afield__map_value(layout, node));
	void *key = afield__map_object(layout, node);
	int held = hold_object(walk, node, key);
	int error;

	if (held <= 0)
		return held;
	held = hold_object(walk, node, value);
	if (held > 0 || !key)
		return held;
	/* The node left between its key and its value. */
	error = lose(walk, key);
	return held < 0 ? held : error;
}

/* The integer of a key in its own width, at the start of *integer. */
static void narrow(const struct afield_value_type *key, uint64_t word, uint64_t *integer)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word <<= 64 - 8 * key->size;
#endif
	(void)key;
	*integer = word;
}

static int give(const struct walk *walk, const struct afield__map_node *node)
{
	const struct afield_value_type *key = &walk->layout->key;
	struct afield_bytes bytes = {afield__map_bytes(walk->layout, node),
				     afield__map_size(walk->layout, node)};
	const void *value = afield__map_value(walk->layout, node);
	void *object = afield__map_object(walk->layout, node);
	uint64_t integer;

	if (key->type_code == AFIELD_OBJECT)
		return walk->each(&object, value, walk->argument);
	if (afield__map_has_text(walk->layout))
		return walk->each(&bytes, value, walk->argument);
	narrow(key, node->name, &integer);
	return walk->each(&integer, value, walk->argument);
}

/* Each turn of the loop but the last means that another thread gave the key a new value. */
static int walk_node(const struct afield__map_node *candidates, void *opaque)
{
	struct walk *walk = (struct walk *)opaque;
	struct afield__map_node *node = (struct afield__map_node *)(uintptr_t)candidates;
	int held = 0;

	while (node) {
		held = hold_both(walk, node);
		if (held)
			break;
		node = afield__map_heir(walk->table, walk->layout, node);
	}
	return held > 0 ? give(walk, node) : held;
}

int afield__map_table_walk(const struct afield_type *type, void *field,
			   int (*each)(const void *key, const void *value, void *argument),
			   void *argument)
{
	struct walk walk = {layout_of(type), NULL, each, argument, NULL, {NULL, NULL}};
	struct lost *next;
	int result;

	walk.table = table_of((const struct afield__map *)field);
	if (!walk.table)
		return 0; /* another thread may make one before the visit */
	result = afield__map_visit((const struct afield__map *)field, walk_node, &walk);
	for (; walk.lost; walk.lost = next) {
		next = walk.lost->next;
		afield__release_object(walk.lost->object);
		free(walk.lost);
	}
	for (int i = 0; i < 2; i++)
		if (walk.last[i])
			afield__release_object(walk.last[i]);
	return result;
}

/* Takes out the first element that a walk meets and gets: *taken, or NULL. 0, or what each said. */
static int take_first(const struct walk *walk, struct afield__map_node **taken)
{
	struct afield__map_table *table = walk->table;
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;
	int error = 0;

	*taken = NULL;
	AFIELD_READ_SECTION
	{
		cds_lfht_for_each(table->hash, &iter, link)
		{
			struct afield__map_node *node = afield__map_node_of(link);

			AFIELD_TSAN_ACQUIRE(link);
			AFIELD_PAUSE("map: taking any");
			/* Before it is taken: what cannot be copied stays. */
			while (node && !(error = give(walk, node)) &&
			       cds_lfht_del(table->hash, afield__map_link_of(node)))
				node = afield__map_heir(table, walk->layout, node);
			if (!node)
				continue;
			*taken = error ? NULL : node;
			break;
		}
	}
	return error;
}

/* A walk that got none is repeated while others change the number of elements: one may have come
 * in front of it. */
int afield__map_table_take_any(const struct afield_type *type, void *field,
			       int (*each)(const void *key, const void *value, void *argument),
			       void *argument)
{
	struct walk walk = {layout_of(type), NULL, each, argument, NULL, {NULL, NULL}};
	struct afield__map_node *taken = NULL;
	int64_t before;
	int error;

	walk.table = table_of((const struct afield__map *)field);
	if (!walk.table)
		return -ENODATA;
	do {
		before = AFIELD_LOAD(&walk.table->count, relaxed);
		error = take_first(&walk, &taken);
	} while (!error && !taken && AFIELD_LOAD(&walk.table->count, relaxed) != before);
	if (!taken)
		return error ? error : -ENODATA;
	afield__map_table_count(walk.table, -1);
	afield__map_node_retire(walk.layout, taken, true);
	return 0;
}
