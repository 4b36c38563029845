/* SPDX-License-Identifier: MIT */
/*
 * map: the operations, on keys and values of any type.
 *
 * Each is one or two calls into liburcu's hash table inside one read section; everything that may
 * wait, allocate or run a host's code comes before or after it. The linearization points are
 * liburcu's: of a write, the compare-and-swap that links, replaces or marks a node; of a read, the
 * load of a node's link that finds it unmarked, or of the last link of its chain.
 *
 * A node owns one reference to its key object and one to its value object. Who takes the node out
 * of the table gives them up at once, as a slot does, while other threads may still look at the
 * node. So a reader that wants the object tries to take a reference (which a dying object refuses),
 * and then looks whether the node has left the table meanwhile: if not, the node owned its
 * reference all the while, and the object is the one that was meant. If so, the reader may have got
 * hold of anything; it gives that back, outside the section, and begins again.
 */
#include "map_search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afield/host.h>

#include <urcu/rculfhash.h>

_Static_assert(sizeof(((struct afield__map_node *)0)->link) >= sizeof(struct cds_lfht_node),
	       "afield: struct afield__map_node has no room for liburcu's struct cds_lfht_node");
_Static_assert(sizeof(struct afield__map_node) % 8 == 0,
	       "afield: a value behind struct afield__map_node is not aligned");

/*
 * Whether the map has another table than the one that was looked into, which is then *table: in the
 * child of a fork once, when the first table could not be put right (map_fork.c).
 */
static bool is_replaced(const struct afield__map *map, struct afield__map_table **table)
{
	struct afield__map_table *before = *table;

	*table = AFIELD_LOAD(&map->table, acquire);
	return *table != before;
}

static int match_in_place(struct cds_lfht_node *link, const void *unused)
{
	(void)unused;
	AFIELD_TSAN_ACQUIRE(link);
	return !afield__map_value_has_ended(&afield__map_node_of(link)->value);
}

static int match_wide(struct cds_lfht_node *link, const void *unused)
{
	(void)unused;
	AFIELD_TSAN_ACQUIRE(link);
	return 1;
}

/* The shortest way to a value that is no object, by an integer, which its hash tells. */
static int get_by_integer(struct afield__map_table *table, const struct afield__map_layout *layout,
			  uint64_t word, void *value)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;
	uint64_t copy;

	afield_read_lock();
	cds_lfht_lookup(table->hash, afield__map_mix(word ^ table->seed),
			afield__map_is_in_place(layout) ? match_in_place : match_wide, NULL, &iter);
	link = cds_lfht_iter_get_node(&iter);
	AFIELD_PAUSE("map: found");
	if (link && value)
		afield__map_copy(value, afield__map_value(layout, afield__map_node_of(link), &copy),
				 layout->value.size);
	afield_read_unlock();
	return link ? 0 : -ENODATA;
}

/* Not inlined: the struct would be filled for every value. */
__attribute__((noinline)) static int get_generally(const struct afield__map *map,
						   const struct afield__map_layout *layout,
						   uint64_t word, void *value)
{
	struct afield__map_key key = {word, NULL, 0, 0, NULL, NULL, 0, NULL, 0};

	return afield__map_get(map, layout, &key, value);
}

int afield__map_get_by_integer(const struct afield__map *map,
			       const struct afield__map_layout *layout, uint64_t word, void *value)
{
	/* Acquire: pairs with the exchange that publishes the table. */
	struct afield__map_table *table = AFIELD_LOAD(&map->table, acquire);
	int error;

	if (layout->value.type_code == AFIELD_OBJECT)
		return get_generally(map, layout, word, value);
	if (!table)
		return -ENODATA;
	do
		error = get_by_integer(table, layout, word, value);
	while (__builtin_expect(error, 0) && is_replaced(map, &table));
	return error;
}

int afield__map_get(const struct afield__map *map, const struct afield__map_layout *layout,
		    struct afield__map_key *key, void *value)
{
	/* Acquire: as above. */
	struct afield__map_table *table = AFIELD_LOAD(&map->table, acquire);
	struct afield__map_node *node = NULL;
	struct search search;
	int error;

	if (afield__map_has_integers(layout) && layout->value.type_code != AFIELD_OBJECT)
		return afield__map_get_by_integer(map, layout, key->word, value);
	if (!table)
		return -ENODATA;
	search_init(&search, table, layout, key);
	do {
		afield_read_lock();
		error = find(&search, &node);
		AFIELD_PAUSE("map: found");
		if (!error)
			error = copy_out(&search, node, value);
	} while (leave(&search, error) || (error && is_replaced(map, &search.table)));
	return error;
}

static int may_keep(const struct afield__map_layout *layout, const struct afield__map_key *key,
		    const void *value)
{
	int error = afield_may_keep(&layout->value, value, "map");

	if (!error && layout->key.type_code == AFIELD_OBJECT)
		error = afield_may_keep(&layout->key, &key->object, "map");
	return error;
}

static int change(struct afield__map *map, const struct afield__map_layout *layout,
		  struct afield__map_key *key, const struct afield__map_writing *writing)
{
	struct afield__map_table *table;
	struct search search;
	int done = may_keep(layout, key, writing->value);

	if (done)
		return done;
	table = afield__map_table_make(map, layout);
	if (!table || key->size > UINT32_MAX)
		return table ? -E2BIG : -ENOMEM;
	search_init(&search, table, layout, key);
	return afield__map_is_in_place(layout) ? afield__map_change_in_place(&search, writing)
					       : afield__map_change_nodes(&search, writing);
}

int afield__map_set(struct afield__map *map, const struct afield__map_layout *layout,
		    struct afield__map_key *key, const void *value, void *old)
{
	struct afield__map_writing writing = {AFIELD__MAP_PUT, NULL, value, old, NULL};

	return change(map, layout, key, &writing);
}

int afield__map_get_or_insert(struct afield__map *map, const struct afield__map_layout *layout,
			      struct afield__map_key *key, const void *value, void *found)
{
	struct afield__map_writing writing = {AFIELD__MAP_INSERT, NULL, value, NULL, found};
	int done = afield__map_get(map, layout, key, found);

	if (done != -ENODATA)
		return done;
	done = change(map, layout, key, &writing);
	if (done == 0 && found) {
		memcpy(found, value, layout->value.size);
		afield_retain(&layout->value, value);
	}
	return done == 0 ? 1 : done == 2 ? 0 : done;
}

int afield__map_compare_exchange(struct afield__map *map, const struct afield__map_layout *layout,
				 struct afield__map_key *key, const void *expected,
				 const void *desired, void *seen)
{
	struct afield__map_writing writing = {AFIELD__MAP_COMPARE, expected, desired, NULL, seen};
	int done;

	/* Relaxed: the table is not looked at; `change` loads it. */
	if (!AFIELD_LOAD(&map->table, relaxed))
		return -ENODATA;
	done = change(map, layout, key, &writing);
	return done == 2 ? 0 : done;
}

int afield__map_reserve(struct afield__map *map, const struct afield__map_layout *layout,
			size_t count)
{
	struct afield__map_table *table = afield__map_table_make(map, layout);

	return table ? afield__map_table_reserve(table, count) : -ENOMEM;
}

int afield__map_remove(struct afield__map *map, const struct afield__map_layout *layout,
		       struct afield__map_key *key, void *old)
{
	struct afield__map_table *table = afield__map_table_of(map);
	struct afield__map_node *node = NULL;
	struct search search;
	int error;

	if (!table)
		return -ENODATA;
	search_init(&search, table, layout, key);
	do {
		afield_read_lock();
		error = find(&search, &node);
		/* Refused: another thread has taken it out, or put another in its place. */
		if (!error && !afield__map_take(table, layout, node))
			error = AFIELD__MAP_AGAIN;
		AFIELD_PAUSE("map: removed");
	} while (leave(&search, error));
	if (error)
		return error;
	afield__map_table_count(table, -1);
	afield__map_node_drop(layout, node, afield__map_object(layout, node), old, true);
	return 0;
}
