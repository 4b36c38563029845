/* SPDX-License-Identifier: MIT */
/*
 * map_search: one operation under way: whether a node has its key, the search for it, and what a
 * search that comes upon a host's objects has to do. For map.c and the two ways to write.
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: a search is its thread's own. The match functions look at nodes inside a read
 * section.
 */
#ifndef AFIELD_MAP_SEARCH_H
#define AFIELD_MAP_SEARCH_H

#include "map_hash_table.h"

#include <errno.h>

#include <afield/host.h>

#include <urcu/rculfhash.h>

/* Inside the kind: the look is to be done again. Not an errno of the kind's. */
enum { AFIELD__MAP_AGAIN = -ESTALE };

/* What a write does to the key. */
enum afield__map_write { AFIELD__MAP_PUT, AFIELD__MAP_INSERT, AFIELD__MAP_COMPARE };

/* One operation under way. */
struct search {
	struct afield__map_table *table;
	const struct afield__map_layout *layout;
	struct afield__map_key *key;
	unsigned long hash;
	struct cds_lfht_iter iter;
	/* Of which others must say whether they are the key. A lookup passes them; an insert
	 * stops. */
	struct afield__map_node *undecided[AFIELD__MAP_CANDIDATES];
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

/*
 * For liburcu, which calls them for nodes of the same hash. An element that has ended is no match,
 * whether its node has left the chain or not: so nobody waits for the thread that takes it out, and
 * the key can be inserted anew.
 */
static inline int match_integer(struct cds_lfht_node *link, const void *opaque)
{
	const struct search *search = (const struct search *)opaque;

	AFIELD_TSAN_ACQUIRE(link);
	return afield__map_is_match(search->layout, afield__map_node_of(link));
}

static inline int match_bytes(struct cds_lfht_node *link, const void *opaque)
{
	const struct search *search = (const struct search *)opaque;
	struct afield__map_node *node = afield__map_node_of(link);

	AFIELD_TSAN_ACQUIRE(link);
	return has_bytes(search->layout, node, search->key) &&
	       afield__map_is_match(search->layout, node);
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
	if (!afield__map_is_match(search->layout, afield__map_node_of(link)))
		return 0;
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

/* Takes a reference to an object of a node that was in the table: 0 or AGAIN. In the section. */
static inline int hold_of(struct search *search, struct afield__map_node *node, void *object)
{
	AFIELD_PAUSE("map: before the count");
	/* Refused: it is dying, so the node has lost it, and the next look sees that. */
	if (!afield__try_retain_object(object))
		return AFIELD__MAP_AGAIN;
	if (!afield__map_is_gone(search->layout, node))
		return 0;
	search->lost = object;
	return AFIELD__MAP_AGAIN;
}

/* The same, of the object that is the value in place. */
static inline int hold_word(struct search *search, struct afield__map_node *node, uint64_t word)
{
	int error = hold_of(search, node, (void *)(uintptr_t)word);

	if (error || afield__map_value_load(&node->value) == word)
		return error;
	search->lost = (void *)(uintptr_t)word;
	return AFIELD__MAP_AGAIN;
}

/* Copies a value out of a node, with a reference: 0 or AGAIN. In the section. */
static inline int copy_out(struct search *search, struct afield__map_node *node, void *value)
{
	const struct afield__map_layout *layout = search->layout;
	uint64_t word;
	const void *at;
	int error = 0;

	if (!value)
		return 0;
	at = afield__map_value(layout, node, &word);
	if (layout->value.type_code == AFIELD_OBJECT)
		error = hold_word(search, node, word);
	if (!error)
		afield__map_copy(value, at, layout->value.size);
	return error;
}

/* Hands the undecided keys over: -EAGAIN, or AGAIN when all have left meanwhile. In the section. */
static inline int settle(struct search *search)
{
	struct afield__map_key *key = search->key;

	for (size_t i = 0; i < search->undecided_count && !search->lost; i++) {
		void *object = afield__map_object(search->layout, search->undecided[i]);

		if (!hold_of(search, search->undecided[i], object))
			key->candidates[key->candidate_count++] = object;
	}
	return key->candidate_count ? -EAGAIN : AFIELD__MAP_AGAIN;
}

static inline void begin(struct search *search, bool may_pass)
{
	search->undecided_count = 0;
	search->asked = 0;
	search->may_pass = may_pass;
}

/* Finds the key: 0 and *node, -ENODATA, -EAGAIN or AGAIN. In the section. */
static inline int find(struct search *search, struct afield__map_node **node)
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

/* Links `node` unless the key is there: 0; 1 when it is, and *found; AGAIN or -EAGAIN. In the
 * section. */
static inline int insert(struct search *search, struct afield__map_node *node,
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
	return search->undecided_count ? settle(search) : 1;
}

/* Leaves the section: only now may what was lost run its end. Returns whether to go on. */
static inline bool leave(struct search *search, int error)
{
	afield_read_unlock();
	if (search->lost)
		afield__release_object(search->lost);
	search->lost = NULL;
	return error == AFIELD__MAP_AGAIN;
}

/*
 * Every write with an element at its end, of the two sorts of values: map_in_place.c and
 * map_replace.c. The value that was replaced goes to *old, unless that is NULL, with its reference.
 *   Concurrent with them: everything but fini. Progress: lock-free, and that of malloc and of
 *   afield_retire. Ordering: a full barrier where they write.
 *   Return 0: the key was not there, and is; 1: its value is replaced; 2: it is left as it is, and
 *   in *seen; or as afield__map_set.
 */
struct afield__map_writing {
	enum afield__map_write write;
	const void *expected;
	const void *value;
	void *old;
	void *seen;
};
int afield__map_change_in_place(struct search *search, const struct afield__map_writing *writing);
int afield__map_change_nodes(struct search *search, const struct afield__map_writing *writing);

#endif
