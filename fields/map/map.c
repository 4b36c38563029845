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

/* Inside this file: the look is to be done again. Not an errno of the kind. */
enum { AGAIN = -ESTALE };

/* Takes a reference to an object of a node that was in the table: 0 or AGAIN. In the section. */
static int hold_of(struct search *search, const struct afield__map_node *node, void *object)
{
	AFIELD_PAUSE("map: before the count");
	if (!object)
		return 0;
	/* Refused: it is dying, so the node has left the table, and the next look sees that. */
	if (!afield__try_retain_object(object))
		return AGAIN;
	if (!afield__map_is_gone(node))
		return 0;
	search->lost = object;
	return AGAIN;
}

/* Copies a value out of a node, with a reference: 0 or AGAIN. In the section. */
static int copy_out(struct search *search, const struct afield__map_node *node, void *value)
{
	const struct afield_value_type *value_type = &search->layout->value;
	int error = 0;

	if (!value)
		return 0;
	if (value_type->type_code == AFIELD_OBJECT)
		error = hold_of(
			search, node,
			afield__object_of(value_type, afield__map_value(search->layout, node)));
	if (!error)
		afield__map_copy(value, afield__map_value(search->layout, node), value_type->size);
	return error;
}

/* Hands the undecided keys over: -EAGAIN, or AGAIN when all have left meanwhile. In the section. */
static int settle(struct search *search)
{
	struct afield__map_key *key = search->key;

	for (size_t i = 0; i < search->undecided_count && !search->lost; i++) {
		void *object = afield__map_object(search->layout, search->undecided[i]);

		if (!hold_of(search, search->undecided[i], object))
			key->candidates[key->candidate_count++] = object;
	}
	return key->candidate_count ? -EAGAIN : AGAIN;
}

static void begin(struct search *search, bool may_pass)
{
	search->undecided_count = 0;
	search->asked = 0;
	search->may_pass = may_pass;
}

/* Finds the key: 0 and *node, -ENODATA, -EAGAIN or AGAIN. In the section. */
static int find(struct search *search, struct afield__map_node **node)
{
	struct cds_lfht_node *link;

	begin(search, true);
	cds_lfht_lookup(search->table->hash, search->hash, match_of(search->layout), search,
			&search->iter);
	link = cds_lfht_iter_get_node(&search->iter);
	if (search->undecided_count)
		return settle(search);
	if (!link)
		return -ENODATA;
	*node = afield__map_node_of(link);
	return 0;
}

/* Leaves the section: only now may what was lost run its end. Returns whether to go on. */
static bool leave(struct search *search, int error)
{
	afield_read_unlock();
	if (search->lost)
		afield__release_object(search->lost);
	search->lost = NULL;
	return error == AGAIN;
}

/*
 * Whether the map has another table than the one that was looked into, which is then *table: in the
 * child of a fork once, when the first table could not be put right (map_fork.c).
 */
static bool is_replaced(const struct afield__map *map, struct afield__map_table **table)
{
	struct afield__map_table *before = *table;

	*table = AFIELD_LOAD(&map->table, seq_cst);
	return *table != before;
}

int afield__map_get(const struct afield__map *map, const struct afield__map_layout *layout,
		    struct afield__map_key *key, void *value)
{
	/* Acquire: pairs with the exchange that publishes the table. */
	struct afield__map_table *table = AFIELD_LOAD(&map->table, seq_cst);
	struct afield__map_node *node;
	struct search search;
	int error;

	if (!table)
		return -ENODATA;
	if (afield__map_has_integers(layout) && layout->value.type_code != AFIELD_OBJECT) {
		do
			error = afield__map_table_get(table, layout, key->word, value);
		while (error && is_replaced(map, &table));
		return error;
	}
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

/*
 * Puts `node` in the place of `found`: 0, or AGAIN when another thread took that out first. As in a
 * dict, an element keeps its first key, and the reference to it moves from node to node. Where its
 * bytes need more room than the node has, *capacity says how much. In the section.
 */
static int replace(struct search *search, struct afield__map_node *node,
		   const struct afield__map_node *found, size_t *capacity)
{
	const struct afield__map_layout *layout = search->layout;
	size_t size = afield__map_size(layout, found);

	if (size > *capacity) {
		*capacity = size;
		return AGAIN;
	}
	afield__map_node_give_key(layout, node, afield__map_object(layout, found),
				  afield__map_tag(found), afield__map_bytes(layout, found), size);
	AFIELD_TSAN_RELEASE(node);
	if (!cds_lfht_replace(search->table->hash, &search->iter, search->hash, match_of(layout),
			      search, afield__map_link_of(node)))
		return 0;
	/* It carries the search's own key again. */
	afield__map_node_give_key(layout, node, search->key->object, search->key->tag,
				  search->key->data, search->key->size);
	return AGAIN;
}

/* Links `node` unless the key is there: 0; AGAIN when it is, and *found; -EAGAIN. In the
 * section. */
static int insert(struct search *search, struct afield__map_node *node,
		  struct afield__map_node **found)
{
	struct cds_lfht_node *link;

	begin(search, false);
	AFIELD_TSAN_RELEASE(node);
	link = cds_lfht_add_unique(search->table->hash, search->hash, match_of(search->layout),
				   search, afield__map_link_of(node));
	*found = afield__map_node_of(link);
	if (*found == node)
		return 0;
	return search->undecided_count ? settle(search) : AGAIN;
}

/* What a write does to the key. */
enum write { SET, INSERT, COMPARE_EXCHANGE };

/* One attempt. 0: the key was not there and `node` is; 1: `node` is in place of *found; 2: *found
 * is left as it is, and its value is in *seen. In the section. */
static int try_write(struct search *search, enum write write, const void *expected, void *seen,
		     struct afield__map_node *node, struct afield__map_node **found,
		     size_t *capacity)
{
	const struct afield_value_type *value_type = &search->layout->value;
	int error = find(search, found);

	if (error == -ENODATA)
		return write == COMPARE_EXCHANGE ? error : insert(search, node, found);
	if (error)
		return error;
	if (write == INSERT ||
	    (write == COMPARE_EXCHANGE &&
	     !afield__map_is_same(value_type, afield__map_value(search->layout, *found),
				  expected))) {
		error = copy_out(search, *found, seen);
		return error ? error : 2;
	}
	error = replace(search, node, *found, capacity);
	return error ? error : 1;
}

static int may_keep(const struct afield__map_layout *layout, const struct afield__map_key *key,
		    const void *value)
{
	int error = afield_may_keep(&layout->value, value, "map");

	if (!error && layout->key.type_code == AFIELD_OBJECT)
		error = afield_may_keep(&layout->key, &key->object, "map");
	return error;
}

/*
 * Every write with an element at its end. Returns as try_write; the value that was replaced goes to
 * *old, unless that is NULL, with its reference.
 */
static int change(struct afield__map *map, const struct afield__map_layout *layout,
		  struct afield__map_key *key, enum write write, const void *expected,
		  const void *value, void *old, void *seen)
{
	struct afield__map_table *table;
	struct afield__map_node *node = NULL, *found = NULL;
	size_t room = 0, capacity = key->size;
	struct search search;
	int done = may_keep(layout, key, value);

	if (done)
		return done;
	table = afield__map_table_make(map, layout);
	if (!table || key->size > UINT32_MAX)
		return table ? -E2BIG : -ENOMEM;
	search_init(&search, table, layout, key);
	do {
		if (!node || room < capacity) {
			afield__map_node_discard(layout, node);
			room = capacity;
			node = afield__map_node_new(layout, key, value, room);
		}
		if (!node)
			return -ENOMEM;
		afield_read_lock();
		done = try_write(&search, write, expected, seen, node, &found, &capacity);
		AFIELD_PAUSE("map: written");
	} while (leave(&search, done));
	if (done == 0)
		afield__map_table_count(table, 1);
	else if (done == 1)
		afield__map_node_drop(layout, found, key->object, old, true);
	else
		afield__map_node_discard(layout, node);
	return done;
}

int afield__map_set(struct afield__map *map, const struct afield__map_layout *layout,
		    struct afield__map_key *key, const void *value, void *old)
{
	return change(map, layout, key, SET, NULL, value, old, NULL);
}

int afield__map_get_or_insert(struct afield__map *map, const struct afield__map_layout *layout,
			      struct afield__map_key *key, const void *value, void *found)
{
	int done = afield__map_get(map, layout, key, found);

	if (done != -ENODATA)
		return done;
	done = change(map, layout, key, INSERT, NULL, value, NULL, found);
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
	int done;

	if (!AFIELD_LOAD(&map->table, seq_cst))
		return -ENODATA;
	done = change(map, layout, key, COMPARE_EXCHANGE, expected, desired, NULL, seen);
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
	struct afield__map_node *node;
	struct search search;
	int error;

	if (!table)
		return -ENODATA;
	search_init(&search, table, layout, key);
	do {
		afield_read_lock();
		error = find(&search, &node);
		/* Refused: another thread has taken it out, or put another in its place. */
		if (!error && cds_lfht_del(table->hash, afield__map_link_of(node)))
			error = AGAIN;
		AFIELD_PAUSE("map: removed");
	} while (leave(&search, error));
	if (error)
		return error;
	afield__map_table_count(table, -1);
	afield__map_node_drop(layout, node, afield__map_object(layout, node), old, true);
	return 0;
}
