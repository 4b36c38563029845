/* SPDX-License-Identifier: MIT */
/*
 * map_search: one operation under way: whether a node has its key, the search for it, and what a
 * search that comes upon a host's objects has to do. For map.c and map_write.c.
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: a search is its thread's own. The match functions look at nodes inside a read
 * section.
 */
#ifndef AFIELD_MAP_SEARCH_H
#define AFIELD_MAP_SEARCH_H

#include "map_table.h"

#include <errno.h>
#include <string.h>

#include <afield/host.h>

/* Inside the kind: the look is to be done again. Not an errno of the kind's. */
enum { AFIELD__MAP_AGAIN = -ESTALE };

/* What a write does to the key. */
enum afield__map_write { AFIELD__MAP_PUT, AFIELD__MAP_INSERT, AFIELD__MAP_COMPARE };

/* One operation under way. */
struct search {
	struct afield__map_table *table;
	const struct afield__map_layout *layout;
	struct afield__map_key *key;
	uint64_t hash;
	struct afield__map_place place; /* of a write */
	/* Of which others must say whether they are the key. */
	struct afield__map_node *undecided[AFIELD__MAP_CANDIDATES];
	size_t undecided_count;
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
			       : AFIELD__MAP_HASH_OF(table, key->word);
}

/* Whether the bytes are the same. */
static inline bool has_bytes(const struct afield__map_layout *layout,
			     const struct afield__map_node *node, const struct afield__map_key *key)
{
	if (afield__map_key_size(layout, node) != key->size)
		return false;
	return !key->size || memcmp(afield__map_bytes(layout, node), key->data, key->size) == 0;
}

/* For a way along the list, which asks about elements of the same hash that are there. */
static inline bool match_integer(struct afield__map_node *node, void *unused)
{
	(void)node, (void)unused;
	return true;
}

static inline bool match_bytes(struct afield__map_node *node, void *opaque)
{
	const struct search *search = (const struct search *)opaque;

	return has_bytes(search->layout, node, search->key);
}

/* Whether a node's object is the key: 1 or 0, or -1 when that is yet to be asked. */
static inline int is_key(struct search *search, const struct afield__map_node *node)
{
	const struct afield__map_key *key = search->key;
	const void *object = afield__map_object(search->layout, node);

	if (object == key->object)
		return 1;
	if (afield__map_key_tag(node) && key->tag)
		return afield__map_key_tag(node) == key->tag &&
		       has_bytes(search->layout, node, key);
	/* They were asked in the order in which the chain has them. */
	if (search->asked < key->memo_count && key->memo[search->asked].object == object)
		return key->memo[search->asked++].is_equal;
	for (size_t i = 0; i < key->memo_count; i++)
		if (key->memo[i].object == object)
			return key->memo[i].is_equal;
	return -1;
}

/*
 * The undecided keys are noted and passed: what is found behind them is the key, for no two in the
 * table are equal. Where none is found they are asked first, and nothing is inserted beside them.
 */
static inline bool match_object(struct afield__map_node *node, void *opaque)
{
	struct search *search = (struct search *)opaque;
	int is_equal = is_key(search, node);

	if (is_equal >= 0) {
		search->undecided_count = is_equal ? 0 : search->undecided_count;
		return is_equal != 0;
	}
	for (size_t i = 0; i < search->undecided_count; i++)
		if (search->undecided[i] == node) /* the search has begun again */
			return false;
	search->undecided[search->undecided_count++] = node;
	return search->undecided_count == AFIELD__MAP_CANDIDATES;
}

/* Takes a reference to an object of a node that was in the table: 0 or AGAIN. In the section. */
static inline int hold_of(struct search *search, struct afield__map_node *node, void *object)
{
	AFIELD_PAUSE("map: before the count");
	/* Refused: it is dying, so the node has lost it, and the next look sees that. */
	if (!afield__try_retain_object(object))
		return AFIELD__MAP_AGAIN;
	if (!afield__map_value_has_ended(&node->value))
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
	int error = 0;

	if (!value)
		return 0;
	word = afield__map_value_load(&node->value);
	if (layout->value.type_code == AFIELD_OBJECT)
		error = hold_word(search, node, word);
	if (!error)
		afield__map_copy(value, afield__map_value(layout, &word), layout->value.size);
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

static inline void begin(struct search *search)
{
	search->undecided_count = 0;
	search->asked = 0;
}

/* Finds the key: 0 and *node, -ENODATA, -EAGAIN or AGAIN. In the section. */
static inline int find(struct search *search, struct afield__map_node **node)
{
	struct afield__map_buckets *buckets = &search->table->buckets;

	begin(search);
	if (afield__map_has_integers(search->layout))
		*node = afield__map_find(buckets, search->hash, match_integer, search);
	else if (afield__map_has_text(search->layout))
		*node = afield__map_find(buckets, search->hash, match_bytes, search);
	else
		*node = afield__map_find(buckets, search->hash, match_object, search);
	if (search->undecided_count)
		return settle(search);
	return *node ? 0 : -ENODATA;
}

/* The same for a write, with the place of the node, or of one that is to come. */
static inline int find_place(struct search *search, struct afield__map_node **node)
{
	struct afield__map_buckets *buckets = &search->table->buckets;
	struct afield__map_place *place = &search->place;

	begin(search);
	if (afield__map_has_integers(search->layout))
		*node = afield__map_place(buckets, search->hash, match_integer, search, place);
	else if (afield__map_has_text(search->layout))
		*node = afield__map_place(buckets, search->hash, match_bytes, search, place);
	else
		*node = afield__map_place(buckets, search->hash, match_object, search, place);
	if (search->undecided_count)
		return settle(search);
	return *node ? 0 : -ENODATA;
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
 * Every write with an element at its end. The value that was replaced goes to *old, unless that is
 * NULL, with its reference.
 *   Concurrent with it: everything but fini. Progress: lock-free, and that of malloc and of
 *   afield_retire. Ordering: seq_cst where it writes.
 *   Returns 0: the key was not there, and is; 1: its value is replaced; 2: it is left as it is, and
 *   in *seen; or as afield__map_set.
 */
struct afield__map_writing {
	enum afield__map_write write;
	const void *expected;
	const void *value;
	void *old;
	void *seen;
};
int afield__map_change(struct search *search, const struct afield__map_writing *writing);

#endif
