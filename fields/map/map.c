/* SPDX-License-Identifier: MIT */
/*
 * map: the operations, on keys and values of any type.
 *
 * Each is one or two ways along the list (map_chain_core.h) inside one read section; everything that
 * may wait or run a host's code comes before or after it. The linearization points: of a
 * write, the exchange that links a node or changes the pair of its value; of a read, the load of a
 * half of the pair, or of the link that leads past the place of a key that is not there.
 *
 * A node owns one reference to its key object and one to its value object. Who ends the
 * element gives them up at once, as a slot does, while other threads may still look at the node. So
 * a reader that wants the object tries to take a reference (which a dying object refuses), and then
 * looks whether the element has ended meanwhile: if not, the node owned its
 * reference all the while, and the object is the one that was meant. If so, the reader may have got
 * hold of anything; it gives that back, outside the section, and begins again.
 */
#include "map_search.h"

#include <errno.h>
#include <string.h>

#include <afield/host.h>

_Static_assert(AFIELD__MAP_BOX >= sizeof(struct afield_retired) && AFIELD__MAP_BOX % 16 == 0,
	       "afield: a box has no room for what is retired");

/* The shortest way to a value that is no object, by an integer, which its hash tells. */
static int get_by_integer(struct afield__map_table *table, const struct afield__map_layout *layout,
			  uint64_t word, void *value)
{
	struct afield__map_node *node;
	uint64_t copy;

	afield_read_lock();
	node = afield__map_find(&table->buckets, AFIELD__MAP_HASH_OF(table, word), match_integer,
				NULL);
	AFIELD_PAUSE("map: found");
	if (node && value) {
		copy = afield__map_value_load(&node->value);
		afield__map_copy(value, afield__map_value(layout, &copy), layout->value.size);
	}
	afield_read_unlock();
	return node ? 0 : -ENODATA;
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

	if (layout->value.type_code == AFIELD_OBJECT)
		return get_generally(map, layout, word, value);
	return table ? get_by_integer(table, layout, word, value) : -ENODATA;
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
	} while (leave(&search, error));
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
	return afield__map_change(&search, writing);
}

/* The shortest way to give a value to an integer that is there: a value in place, and no object.
 * False: the key is not there, or the table is not this process's yet. */
static bool set_by_integer(const struct afield__map *map, const struct afield__map_layout *layout,
			   uint64_t word, const void *value, void *old)
{
	struct afield__map_table *table = AFIELD_LOAD(&map->table, acquire);
	struct afield__map_node *node;
	uint64_t desired = 0, before;
	bool is_set;

	if (!table || !afield__map_is_ours(table))
		return false;
	afield__map_copy(&desired, value, layout->value.size);
	afield_read_lock();
	node = afield__map_find(&table->buckets, AFIELD__MAP_HASH_OF(table, word), match_integer,
				NULL);
	is_set = node && afield__map_value_exchange(&node->value, desired, &before);
	AFIELD_PAUSE("map: written");
	afield_read_unlock();
	if (is_set && old)
		afield__map_copy(old, &before, layout->value.size);
	return is_set;
}

int afield__map_set(struct afield__map *map, const struct afield__map_layout *layout,
		    struct afield__map_key *key, const void *value, void *old)
{
	struct afield__map_writing writing = {AFIELD__MAP_PUT, NULL, value, old, NULL};

	if (layout->value.type_code != AFIELD_OBJECT && layout->value.size <= sizeof(uint64_t) &&
	    afield__map_has_integers(layout) && set_by_integer(map, layout, key->word, value, old))
		return 1;
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
		error = find_place(&search, &node);
		/* Refused: another thread has taken it out. */
		if (!error && !afield__map_take(table, search.hash, node, &search.place))
			error = AFIELD__MAP_AGAIN;
		AFIELD_PAUSE("map: removed");
	} while (leave(&search, error));
	if (error)
		return error;
	afield__map_removed(table);
	afield__map_node_drop(layout, node, old, true);
	return 0;
}
