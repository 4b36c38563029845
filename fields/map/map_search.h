/* SPDX-License-Identifier: MIT */
/*
 * map_search: one operation under way, and whether a node has its key. For map.c.
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: a search is its thread's own. The match functions look at nodes inside a read
 * section.
 */
#ifndef AFIELD_MAP_SEARCH_H
#define AFIELD_MAP_SEARCH_H

#include "map_hash_table.h"

#include <urcu/rculfhash.h>

/* One operation under way. */
struct search {
	struct afield__map_table *table;
	const struct afield__map_layout *layout;
	struct afield__map_key *key;
	unsigned long hash;
	struct cds_lfht_iter iter;
	/* Of which others must say whether they are the key. A lookup passes them; an insert
	 * stops. */
	const struct afield__map_node *undecided[AFIELD__MAP_CANDIDATES];
	size_t undecided_count;
	bool may_pass;
	size_t asked; /* the known key that comes next in the chain */
	void *lost;   /* a reference to give up outside the section */
};

static inline void search_init(struct search *search, struct afield__map_table *table,
			       const struct afield__map_layout *layout, struct afield__map_key *key)
{
	search->table = table;
	search->layout = layout;
	search->key = key;
	search->undecided_count = 0;
	search->lost = NULL;
	search->hash = afield__map_has_text(layout)
			       ? afield__map_hash(key->data, key->size, table->seed)
			       : afield__map_mix(key->word ^ table->seed);
}

/* Whether the bytes are the same. */
static inline bool has_bytes(const struct afield__map_layout *layout,
			     const struct afield__map_node *node, const struct afield__map_key *key)
{
	if (afield__map_size(layout, node) != key->size)
		return false;
	return !key->size || memcmp(afield__map_bytes(layout, node), key->data, key->size) == 0;
}

/* For liburcu, which calls them for nodes of the same hash. */
static inline int match_integer(struct cds_lfht_node *link, const void *opaque)
{
	AFIELD_TSAN_ACQUIRE(link);
	return afield__map_node_of(link)->name == ((const struct search *)opaque)->key->word;
}

static inline int match_bytes(struct cds_lfht_node *link, const void *opaque)
{
	const struct search *search = (const struct search *)opaque;

	AFIELD_TSAN_ACQUIRE(link);
	return has_bytes(search->layout, afield__map_node_of(link), search->key);
}

/* Whether a node's object is the key: 1 or 0, or -1 when that is yet to be asked. */
static inline int is_key(struct search *search, const struct afield__map_node *node)
{
	const struct afield__map_key *key = search->key;
	const void *object = afield__map_object(search->layout, node);

	if (object == key->object)
		return 1;
	if (afield__map_tag(node) && key->tag)
		return afield__map_tag(node) == key->tag && has_bytes(search->layout, node, key);
	/* They were asked in the order in which the chain has them. */
	if (search->asked < key->memo_count && key->memo[search->asked].object == object)
		return key->memo[search->asked++].is_equal;
	for (size_t i = 0; i < key->memo_count; i++)
		if (key->memo[i].object == object)
			return key->memo[i].is_equal;
	return -1;
}

/*
 * A lookup notes the undecided keys and goes on: what it finds behind them is the key, for no two
 * in the table are equal. To an insert an undecided key is as good as an equal one: it stops there,
 * and nothing is inserted beside it.
 */
static inline int match_object(struct cds_lfht_node *link, const void *opaque)
{
	struct search *search = (struct search *)(uintptr_t)opaque;
	int is_equal;

	AFIELD_TSAN_ACQUIRE(link);
	is_equal = is_key(search, afield__map_node_of(link));
	if (is_equal >= 0) {
		search->undecided_count = is_equal ? 0 : search->undecided_count;
		return is_equal;
	}
	search->undecided[search->undecided_count++] = afield__map_node_of(link);
	return !search->may_pass || search->undecided_count == AFIELD__MAP_CANDIDATES;
}

static inline cds_lfht_match_fct match_of(const struct afield__map_layout *layout)
{
	if (layout->key.type_code == AFIELD_OBJECT)
		return match_object;
	return afield__map_has_text(layout) ? match_bytes : match_integer;
}

#endif
