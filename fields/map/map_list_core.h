/* SPDX-License-Identifier: MIT */
/*
 * map_list_core: the list that has all elements and buckets of a map, and its links. How a map goes
 * about in it is in map_chain_core.h.
 *
 * The list is ordered by the bits of the hashes, from the lowest on; a bucket has its number for a
 * hash, and stands in front of the elements that have the same. A link is an address, and in its
 * lower bits something of whose it is (AFIELD__MAP_OWN), and of where it leads.
 *
 * What leaves says so in its own link, which is constant from then on: so nothing is put behind it.
 * Then whoever comes by takes it out, by an exchange of the link that leads to it. Whose link that
 * is has not left, for then the exchange fails.
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: all of them beside each other, in read sections.
 *
 * Source: Michael, SPAA 2002.
 */
#ifndef AFIELD_MAP_LIST_CORE_H
#define AFIELD_MAP_LIST_CORE_H

#include <afield/reclaim.h>

#include "map_buckets_core.h"
#include "map_value_core.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The lower bits of a link. */
enum {
	AFIELD__MAP_LEFT = 1,     /* what the link is of has left: it is constant */
	AFIELD__MAP_CLAIMED = 2,  /* it is a bucket's, which a thread is linking */
	AFIELD__MAP_READY = 4,    /* it is a bucket's, which is in the list */
	AFIELD__MAP_OWN = 7,      /* all of these */
	AFIELD__MAP_TO_BUCKET = 8 /* it leads to a bucket, or to nothing: the end */
};

/*
 * An element: a block (blocks.h). It ends where its key has no more to say: an integer is told by
 * its hash. Behind it stand the bytes of the key.
 */
struct afield__map_node {
	struct afield_retired retired; /* first; whoever takes the node out writes it */
	afield__map_link next;
	afield_pair value;
	uint64_t name;   /* of bytes, text and objects: how many bytes, and the tag above */
	uint64_t object; /* of objects */
};

/* Where a link leads. */
static inline struct afield__map_node *afield__map_node_at(uintptr_t link)
{
	return (struct afield__map_node *)(link & ~(uintptr_t)15);
}
static inline struct afield__map_bucket *afield__map_bucket_at(uintptr_t link)
{
	return (struct afield__map_bucket *)(link & ~(uintptr_t)15);
}

/* Whether what has the hash a comes before what has the hash b. */
static inline bool afield__map_is_before(uint64_t a, uint64_t b)
{
	uint64_t differ = a ^ b;

	return (b & differ & (0 - differ)) != 0;
}

/*
 * Loads a link.
 *   Concurrent with: everything. Progress: wait-free. Ordering: seq_cst.
 *   (1) seq_cst, pairs with (2) (3) (4) (5), ordered with (3). Acquire: weaker, who comes to a
 *   node finds it unmade. seq_cst, for what is not there: weaker, two threads that have added a key
 *   each could both miss the other's.
 */
static inline uintptr_t afield__map_follow(const afield__map_link *link)
{
	return AFIELD_LOAD(link, seq_cst);
}

/* Whether a bucket that a link leads to stands in front of a hash. */
static inline bool afield__map_is_in_front(const struct afield__map_bucket *bucket, uint64_t hash)
{
	return bucket && (bucket->hash == hash || afield__map_is_before(bucket->hash, hash));
}

/* Says of a node of the right hash whether it is the one that is looked for. */
typedef bool afield__map_match(struct afield__map_node *node, void *argument);

/* A place in the list: a link, and what it was. */
struct afield__map_place {
	afield__map_link *link;
	uintptr_t seen;
};

/*
 * Takes what is behind the place, whose own link is `next`, out of the list. False: the place is no
 * more.
 *   (2) seq_cst, pairs with (1) (4): a new way to what is behind it. Release: weaker, who goes it
 *   finds a node that is not made yet. seq_cst: the grace period of what is taken out begins behind
 *   it; weaker, the explorer finds a reader that this one misses (take_beside_a_neighbour).
 */
static inline bool afield__map_pass(struct afield__map_place *place, uintptr_t next)
{
	uintptr_t seen = place->seen;

	place->seen = (seen & AFIELD__MAP_OWN) | (next & ~(uintptr_t)AFIELD__MAP_OWN);
	return AFIELD_COMPARE_EXCHANGE(place->link, &seen, place->seen, seq_cst);
}

/* Whether a way to a hash passes what stands there: its link, whether it matches, or neither. */
enum afield__map_meeting { AFIELD__MAP_PASSES, AFIELD__MAP_STOPS, AFIELD__MAP_MATCHES };

static inline __attribute__((always_inline)) enum afield__map_meeting
afield__map_meet(struct afield__map_node *node, uint64_t hash, bool is_bucket,
		 afield__map_match *match, void *argument)
{
	uint64_t tag = afield__map_value_tag(&node->value);
	/* The bucket in front has the lowest bit of them all. */
	uint64_t other = (tag & ~AFIELD__MAP_HAS_ENDED) | (hash & 1);

	if (other != hash)
		return afield__map_is_before(other, hash) ? AFIELD__MAP_PASSES : AFIELD__MAP_STOPS;
	if (is_bucket)
		return AFIELD__MAP_STOPS;
	return tag == afield__map_tag_of(hash) && match(node, argument) ? AFIELD__MAP_MATCHES
									: AFIELD__MAP_PASSES;
}

/*
 * Goes from a bucket in front of a hash to where that belongs, and takes out what has left on the
 * way: the element of that hash that matches, at the place; or NULL, and the place is behind all that
 * come before, and of equal hashes. A bucket's own place is in front of these.
 *   Concurrent with: everything. Progress: lock-free. Ordering: seq_cst.
 */
static inline __attribute__((always_inline)) struct afield__map_node *
afield__map_seek(afield__map_link *from, uint64_t hash, bool is_bucket, afield__map_match *match,
		 void *argument, struct afield__map_place *place)
{
	enum afield__map_meeting meeting;

again:
	place->link = from;
	place->seen = afield__map_follow(from);
	for (;;) {
		struct afield__map_bucket *bucket = afield__map_bucket_at(place->seen);
		struct afield__map_node *node = afield__map_node_at(place->seen);
		bool is_at_bucket = (place->seen & AFIELD__MAP_TO_BUCKET) != 0;
		afield__map_link *link;
		uintptr_t next;

		if (is_at_bucket && !bucket)
			return NULL;
		link = is_at_bucket ? &bucket->next : &node->next;
		next = afield__map_follow(link);
		if (next & AFIELD__MAP_LEFT) {
			if (!afield__map_pass(place, next))
				goto again;
			continue;
		}
		if (is_at_bucket)
			meeting = afield__map_is_in_front(bucket, hash) ? AFIELD__MAP_PASSES
									: AFIELD__MAP_STOPS;
		else
			meeting = afield__map_meet(node, hash, is_bucket, match, argument);
		if (meeting != AFIELD__MAP_PASSES)
			return meeting == AFIELD__MAP_MATCHES ? node : NULL;
		place->link = link;
		place->seen = next;
	}
}

/*
 * Links what has the link `own`, with these bits, at the place. False: the place is no more.
 *   (3) seq_cst, pairs with (1) (4), ordered with (1). Release: weaker, who comes to the node finds
 *   it unmade. seq_cst: see (1).
 */
static inline bool afield__map_link_in(const struct afield__map_place *place, afield__map_link *own,
				       uintptr_t bits, uintptr_t to)
{
	uintptr_t seen = place->seen;

	AFIELD_STORE(own, bits | (seen & ~(uintptr_t)AFIELD__MAP_OWN), relaxed);
	return AFIELD_COMPARE_EXCHANGE(place->link, &seen, (seen & AFIELD__MAP_OWN) | to, seq_cst);
}

/* For a way that passes everything. */
static inline bool afield__map_is_none(struct afield__map_node *node, void *argument)
{
	(void)node, (void)argument;
	return false;
}

/*
 * Says in its own link that what it is of leaves: the link, as it stays.
 *   (4) acq_rel, pairs with (1) (2) (3). Release: weaker, who takes it out has not seen what this
 *   thread did before, and so who finds the key gone has not. Acquire: weaker, who comes by (2) to
 *   the node behind it finds that unmade.
 */
static inline uintptr_t afield__map_mark_left(afield__map_link *link)
{
	return AFIELD_FETCH_OR(link, AFIELD__MAP_LEFT, acq_rel);
}

/* Whether this thread is to link a bucket. Relaxed: nobody else does; its number is published with
 * it. */
static inline bool afield__map_claim(afield__map_link *link)
{
	uintptr_t none = 0;

	return AFIELD_LOAD(link, relaxed) == 0 &&
	       AFIELD_COMPARE_EXCHANGE(link, &none, AFIELD__MAP_CLAIMED, relaxed);
}

/*
 * Says that a bucket which this thread has claimed is in the list.
 *   (5) release, pairs with (1). Weaker, who begins at the bucket finds what it leads to unmade.
 */
static inline void afield__map_mark_ready(afield__map_link *link)
{
	AFIELD_FETCH_XOR(link, AFIELD__MAP_CLAIMED | AFIELD__MAP_READY, release);
}

#ifdef __cplusplus
}
#endif

#endif
