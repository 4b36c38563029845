/*
 * map_all: what concerns all elements of a map: their number, a walk over them, their end, and what
 * a host and its collector ask of the field's table.
 */
#include "map_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afield/host.h>

#include <urcu/urcu-bp.h>
#include <urcu/rculfhash.h>

size_t afield__map_len(const struct afield__map *map)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, seq_cst);
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
 * past its successor: so an element that changes its value is met once, like any other.
 */
int afield__map_visit(const struct afield__map *map,
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

/* Takes out every node that the walk meets. They are linked through memory that is the remover's. */
static struct afield__map_node *take_all(struct afield__map_table *table)
{
	struct afield__map_node *taken = NULL;
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;

	AFIELD_READ_SECTION
	{
		cds_lfht_for_each(table->hash, &iter, link)
		{
			struct afield__map_node *node = (struct afield__map_node *)(void *)link;

			AFIELD_TSAN_ACQUIRE(link);
			if (cds_lfht_del(table->hash, link))
				continue;
			node->retired.reserved[0] = taken;
			taken = node;
		}
	}
	return taken;
}

static void drop_all(struct afield__map_table *table, const struct afield__map_layout *layout,
		     bool may_wait)
{
	struct afield__map_node *next, *taken = take_all(table);

	for (; taken; taken = next) {
		next = (struct afield__map_node *)taken->retired.reserved[0];
		afield__map_table_count(table, -1);
		afield__map_node_drop(layout, taken, afield__map_object(layout, taken), NULL,
				      may_wait);
	}
}

void afield__map_clear(struct afield__map *map, const struct afield__map_layout *layout)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, seq_cst);

	if (table)
		drop_all(table, layout, true);
}

/* Objects end here, in the thread of their host; nodes without any go with the table. */
void afield__map_fini(struct afield__map *map, const struct afield__map_layout *layout)
{
	struct afield__map_table *table = AFIELD_EXCHANGE(&map->table, NULL, seq_cst);

	if (!table)
		return;
	if (layout->key.shape == AFIELD_OBJECT || layout->value.shape == AFIELD_OBJECT)
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
	struct afield__map_table *table =
		AFIELD_LOAD(&((struct afield__map *)field)->table, seq_cst);

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

	if (layout->key.shape != AFIELD_OBJECT && layout->value.shape != AFIELD_OBJECT)
		return 0;
	return afield__map_visit((const struct afield__map *)field, traverse_node, &traversal);
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
	int (*each)(const void *key, const void *value, void *argument);
	void *argument;
	struct lost *lost;
};

static int lose(struct walk *walk, void *object)
{
	struct lost *lost = (struct lost *)malloc(sizeof(*lost));

	if (!lost)
		return -ENOMEM;
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
	if (!afield__try_hold_object(object))
		return 0;
	return afield__map_is_gone(node) ? lose(walk, object) : 1;
}

/* The integer of a key in its own width, at the start of *integer. */
static void narrow(const struct afield_holds *key, uint64_t word, uint64_t *integer)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word <<= 64 - 8 * key->size;
#endif
	(void)key;
	*integer = word;
}

static int give(const struct walk *walk, const struct afield__map_node *node)
{
	const struct afield_holds *key = &walk->layout->key;
	struct afield_bytes bytes = {afield__map_bytes(walk->layout, node),
				     afield__map_size(walk->layout, node)};
	const void *value = afield__map_value(walk->layout, node);
	void *object = afield__map_object(walk->layout, node);
	uint64_t integer;

	if (key->shape == AFIELD_OBJECT)
		return walk->each(&object, value, walk->argument);
	if (afield__map_has_text(walk->layout))
		return walk->each(&bytes, value, walk->argument);
	narrow(key, node->name, &integer);
	return walk->each(&integer, value, walk->argument);
}

static int walk_node(const struct afield__map_node *node, void *opaque)
{
	struct walk *walk = (struct walk *)opaque;
	const struct afield__map_layout *layout = walk->layout;
	void *value = afield__object_of(&layout->value, afield__map_value(layout, node));
	void *key = afield__map_object(layout, node);
	int held = hold_object(walk, node, key);

	if (held <= 0)
		return held;
	held = hold_object(walk, node, value);
	if (held > 0)
		return give(walk, node);
	/* The node left between its key and its value. */
	return held < 0 || !key ? held : lose(walk, key);
}

int afield__map_table_walk(const struct afield_type *type, void *field,
			   int (*each)(const void *key, const void *value, void *argument),
			   void *argument)
{
	struct walk walk = {layout_of(type), each, argument, NULL};
	struct lost *next;
	int result = afield__map_visit((const struct afield__map *)field, walk_node, &walk);

	for (; walk.lost; walk.lost = next) {
		next = walk.lost->next;
		afield__release_object(walk.lost->object);
		free(walk.lost);
	}
	return result;
}
