/* SPDX-License-Identifier: MIT */
/*
 * map_chain_core: all elements of a map in one list, and the buckets that are the ways into it.
 *
 * The list is ordered by the bits of the hashes, from the lowest on. So the elements whose hashes
 * end in the same bits stand together, however many bits these are, and a table of twice the size
 * needs no element to move: it needs a bucket more in the middle of each chain. A bucket is a link
 * of the list, too: it stands in front of the elements whose lowest bits are its number.
 *
 *	bucket 0 -> 0100 -> 1000 -> bucket 2 -> 0010 -> bucket 1 -> 1101 -> 0111 -> the end
 *
 * Four buckets, of which nobody has linked the last: whoever wants 0111 begins at the bucket whose
 * number is 3 without its highest bit. A bucket is a help and no more, so nobody waits for who links
 * one, and a thread that stands still there, or ends, makes a chain longer.
 *
 * An element leaves in two steps. The tag of its value ends it (map_value_core.h), and from then on
 * nobody finds it. Then the lowest bit of its own link says so; a link with that bit is constant,
 * so nothing is put behind what leaves. Whoever wants to change the list takes what has that bit
 * out of it on the way. A thread that has taken its own node out has passed its place in the list,
 * and so nobody finds a way to it who was not on the way already.
 *
 * The tag is the element's hash, but for the lowest bit, which is the end: one look tells both. The
 * bit that is missing is that of the bucket in front, for there are two at least.
 *
 * The lower bits of a link are its owner's (AFIELD__MAP_OWN), but for the highest of them, which
 * says what the link leads to.
 *
 *                                          [1] [2]
 *   [1] find, place, add, leave, ready,     -   -    (- concurrent with it; X with another sweep)
 *       first, next
 *   [2] sweep                               -   X
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: as the table says, and all of it in read sections; a node is freed, and a bucket,
 * after a grace period.
 *
 * Linearization points: add: the exchange that links the node. find: the load of the element's tag;
 * of what is not there, the load of the link that leads past its place.
 *
 * Source: Shalev and Shavit, Split-Ordered Lists, J. ACM 53(3) 2006, on the list of Michael,
 * SPAA 2002. That buckets are linked one by one as elements come is Litwin's linear hashing, VLDB
 * 1980. Of two hashes the one comes first whose lowest bit that differs is 0: so no hash is turned
 * round.
 */
#ifndef AFIELD_MAP_CHAIN_CORE_H
#define AFIELD_MAP_CHAIN_CORE_H

#include "map_list_core.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The last bucket in front of a hash that is in the list, and its link. */
static inline struct afield__map_bucket *afield__map_start(struct afield__map_buckets *buckets,
							   uint64_t hash, uintptr_t *next)
{
	uint64_t number = hash & (afield__map_size(buckets) - 1);
	struct afield__map_bucket *bucket;

	for (;; number = afield__map_parent(number)) {
		bucket = afield__map_bucket_of(buckets, number);
		*next = afield__map_follow(&bucket->next);
		if (__builtin_expect((*next & AFIELD__MAP_READY) != 0, 1))
			return bucket;
	}
}

/*
 * The element of that hash that matches, or NULL.
 *   Concurrent with: everything. Progress: wait-free but for what others link in front of its place.
 *   Ordering: seq_cst.
 */
static inline __attribute__((always_inline)) struct afield__map_node *
afield__map_find(struct afield__map_buckets *buckets, uint64_t hash, afield__map_match *match,
		 void *argument)
{
	uintptr_t link;

	(void)afield__map_start(buckets, hash, &link);
	for (;;) {
		struct afield__map_node *node = afield__map_node_at(link);

		if (link & AFIELD__MAP_TO_BUCKET) {
			struct afield__map_bucket *bucket = afield__map_bucket_at(link);

			if (!afield__map_is_in_front(bucket, hash))
				return NULL;
			link = afield__map_follow(&bucket->next);
			continue;
		}
		if (afield__map_value_tag(&node->value) == afield__map_tag_of(hash) &&
		    match(node, argument))
			return node;
		link = afield__map_follow(&node->next);
	}
}

/* seek, from the last bucket in front of the hash that is in the list. */
static inline __attribute__((always_inline)) struct afield__map_node *
afield__map_place(struct afield__map_buckets *buckets, uint64_t hash, afield__map_match *match,
		  void *argument, struct afield__map_place *place)
{
	uintptr_t next;
	struct afield__map_bucket *bucket = afield__map_start(buckets, hash, &next);

	return afield__map_seek(&bucket->next, hash, false, match, argument, place);
}

/*
 * Links a node at the place where nothing matched, whose hash is that of its tag. False: the place
 * is no more, and something may match now.
 *   Concurrent with: everything. Progress: wait-free. Ordering: seq_cst.
 */
static inline bool afield__map_add(const struct afield__map_place *place,
				   struct afield__map_node *node)
{
	return afield__map_link_in(place, &node->next, 0, (uintptr_t)node);
}

/*
 * Takes the node of an element that this thread has ended out of the list; `place` is where it was
 * found, or NULL.
 *   Concurrent with: everything. Progress: lock-free. Ordering: acquire and release.
 */
static inline void afield__map_leave(struct afield__map_buckets *buckets, uint64_t hash,
				     struct afield__map_node *node, struct afield__map_place *place)
{
	uintptr_t next = afield__map_mark_left(&node->next);
	struct afield__map_place other;

	if (!place || !afield__map_pass(place, next))
		(void)afield__map_place(buckets, hash, afield__map_is_none, NULL, &other);
}

/*
 * Links the bucket of that number, unless a thread has begun to, or there is none.
 *   Concurrent with: everything. Progress: lock-free. Ordering: none; the links carry theirs.
 */
static inline void afield__map_ready(struct afield__map_buckets *buckets, uint64_t number)
{
	struct afield__map_bucket *parent, *bucket;
	struct afield__map_place place;
	uintptr_t next;

	if (number >= afield__map_size(buckets))
		return;
	bucket = afield__map_bucket_of(buckets, number);
	if (!afield__map_claim(&bucket->next))
		return;
	bucket->hash = number;
	parent = afield__map_start(buckets, afield__map_parent(number), &next);
	do
		(void)afield__map_seek(&parent->next, number, true, afield__map_is_none, NULL,
				       &place);
	while (!afield__map_link_in(&place, &bucket->next, AFIELD__MAP_CLAIMED,
				    (uintptr_t)bucket | AFIELD__MAP_TO_BUCKET));
	afield__map_mark_ready(&bucket->next);
}

/* The number that comes behind one in the list of the smallest table; 0 behind the last. */
static inline uint64_t afield__map_next_number(uint64_t number)
{
	uint64_t bit = AFIELD__MAP_LEAST / 2;

	for (; number & bit; bit /= 2)
		number ^= bit;
	return number | bit;
}

/* The buckets of the smallest table, which nobody else knows. The rest is zero. */
static inline void afield__map_start_list(struct afield__map_buckets *buckets)
{
	AFIELD_STORE(&buckets->size, AFIELD__MAP_LEAST, relaxed);
	for (uint64_t number = 0; number < AFIELD__MAP_LEAST; number++) {
		uint64_t next = afield__map_next_number(number);
		uintptr_t to = next ? (uintptr_t)&buckets->first[next] : 0;

		buckets->first[number].hash = number;
		AFIELD_STORE(&buckets->first[number].next,
			     to | AFIELD__MAP_READY | AFIELD__MAP_TO_BUCKET, relaxed);
	}
}

/*
 * The second step of a shrink (map_buckets_core.h): the buckets from `first` on, which is the size or
 * more, leave the list.
 *   Concurrent with: everything but sweep. Progress: lock-free. Ordering: none.
 */
static inline void afield__map_sweep(struct afield__map_buckets *buckets, uint64_t first)
{
	uint64_t size = afield__map_size(buckets);
	struct afield__map_bucket *part, *bucket;
	struct afield__map_place place;
	uintptr_t next;

	for (unsigned at = afield__map_part_of(first); at < AFIELD__MAP_PARTS; at++) {
		part = afield__map_part(buckets, at);
		for (uint64_t i = 0; part && i < afield__map_part_begins(at); i++)
			if (AFIELD_LOAD(&part[i].next, relaxed) != 0)
				(void)afield__map_mark_left(&part[i].next);
	}
	for (uint64_t number = 0; number < size; number++) {
		/* Behind all that stand in the bucket. */
		uint64_t last = number | ~(size - 1);

		bucket = afield__map_start(buckets, number, &next);
		(void)afield__map_seek(&bucket->next, last, false, afield__map_is_none, NULL,
				       &place);
	}
}

/*
 * A walk along the list: every node that is in it all the while, and others, ended or not. The
 * nodes stay while the read section is open.
 *   Concurrent with: everything. Progress: wait-free but for what others link in front of it.
 *   Ordering: seq_cst.
 */
struct afield__map_walk {
	uintptr_t next;
	uint64_t odd; /* the lowest bit of the hash of the node that was met last */
};

static inline struct afield__map_node *afield__map_next(struct afield__map_walk *walk)
{
	struct afield__map_node *node;

	while (walk->next & AFIELD__MAP_TO_BUCKET) {
		struct afield__map_bucket *bucket = afield__map_bucket_at(walk->next);

		if (!bucket)
			return NULL;
		walk->odd = bucket->hash & 1;
		walk->next = afield__map_follow(&bucket->next);
	}
	node = afield__map_node_at(walk->next);
	walk->next = afield__map_follow(&node->next);
	return node;
}

static inline struct afield__map_node *afield__map_first(struct afield__map_buckets *buckets,
							 struct afield__map_walk *walk)
{
	walk->odd = 0;
	walk->next = afield__map_follow(&buckets->first[0].next);
	return afield__map_next(walk);
}

#ifdef __cplusplus
}
#endif

#endif
