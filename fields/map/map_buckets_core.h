/* SPDX-License-Identifier: MIT */
/*
 * map_buckets_core: how many buckets a table has, and where they are. What they are for is in
 * map_chain_core.h.
 *
 * The buckets come in parts. The first is in the table, and each that follows has as many as all
 * before it: so none ever moves, and a table that is doubled gets a part of zero bytes.
 *
 * A table that shrinks goes three steps, with a grace period before each: `lower`, from which on
 * nobody begins at an upper bucket; the sweep of map_chain_core.h, by which these leave the list; and
 * take_part, when nobody is at them any more. The grace period before the first is for those who
 * would double the table: from then on, until the last, nobody may.
 *
 *                                              [1] [2]
 *   [1] size, bucket_of, give_part, has_part,   -   X    (- concurrent with it; X but for size and
 *       double                                           bucket_of)
 *   [2] lower, take_part                        X   X
 *
 * When to use it: inside the kind. When not: outside.
 *
 * Synchronization: as the table says; [1] in a read section.
 */
#ifndef AFIELD_MAP_BUCKETS_CORE_H
#define AFIELD_MAP_BUCKETS_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Buckets of the smallest table, which are two at least, and of the largest; those of a litmus
 * program are few. */
#ifndef AFIELD__MAP_LEAST_ORDER
#define AFIELD__MAP_LEAST_ORDER 4
#define AFIELD__MAP_MOST_ORDER 40
#endif
#define AFIELD__MAP_LEAST ((uint64_t)1 << AFIELD__MAP_LEAST_ORDER)

typedef AFIELD_ATOMIC(uintptr_t) afield__map_link; /* map_chain_core.h */

struct afield__map_bucket {
	afield__map_link next; /* 0: nobody has begun to link it */
	uint64_t hash;         /* its number; constant once it is in the list */
};

#define AFIELD__MAP_PARTS (AFIELD__MAP_MOST_ORDER - AFIELD__MAP_LEAST_ORDER + 1)
struct afield__map_buckets {
	AFIELD_ATOMIC(uint64_t) size; /* how many are used: a power of two */
	AFIELD_ATOMIC(struct afield__map_bucket *) parts[AFIELD__MAP_PARTS]; /* but the first */
	/* Aligned as all that a link leads to. */
	struct afield__map_bucket first[AFIELD__MAP_LEAST] __attribute__((aligned(16)));
};

/* Which part has the bucket of that number, and how many are in the parts before it. */
static inline unsigned afield__map_part_of(uint64_t number)
{
	return number < AFIELD__MAP_LEAST
		       ? 0
		       : 64 - AFIELD__MAP_LEAST_ORDER - (unsigned)__builtin_clzll(number);
}
static inline uint64_t afield__map_part_begins(unsigned part)
{
	return part == 0 ? 0 : AFIELD__MAP_LEAST << (part - 1);
}

/* The number without its highest bit: that of the bucket in which a bucket comes to stand. */
static inline uint64_t afield__map_parent(uint64_t number)
{
	return number ^ (uint64_t)1 << (63 - __builtin_clzll(number));
}

/*
 * How many buckets are used.
 *   Concurrent with: everything. Progress: wait-free. Ordering: acquire.
 *   (1) acquire, pairs with (5). Weaker, a part could be looked into that is not there yet.
 */
static inline uint64_t afield__map_size(const struct afield__map_buckets *buckets)
{
	return AFIELD_LOAD(&buckets->size, acquire);
}

/*
 * The bucket of a number that is less than the size.
 *   Concurrent with: everything. Progress: wait-free. Ordering: none.
 *   (2) relaxed, carried by (1): a part is there before the size says so.
 */
static inline struct afield__map_bucket *afield__map_bucket_of(struct afield__map_buckets *buckets,
							       uint64_t number)
{
	unsigned highest;

	if (number < AFIELD__MAP_LEAST)
		return &buckets->first[number];
	highest = 63 - (unsigned)__builtin_clzll(number);
	return AFIELD_LOAD(&buckets->parts[highest + 1 - AFIELD__MAP_LEAST_ORDER], relaxed) +
	       (number ^ (uint64_t)1 << highest);
}

/*
 * Gives the table a part, of zero bytes, unless it has one. False: it has.
 *   Concurrent with: [1]. Progress: wait-free. Ordering: acquire and release.
 *   (3) acq_rel, pairs with (3) (4): who finds a part there says by (5) that it is, and by that
 *   hands on who made it. Weaker, a third thread could look into one that is not zero yet.
 */
static inline bool afield__map_give_part(struct afield__map_buckets *buckets, unsigned at,
					 struct afield__map_bucket *part)
{
	struct afield__map_bucket *none = NULL;

	return AFIELD_COMPARE_EXCHANGE(&buckets->parts[at], &none, part, acq_rel);
}

/*
 * A part but the first, or NULL.
 *   Concurrent with: [1]. Progress: wait-free. Ordering: acquire.
 *   (4) acquire, pairs with (3). See there.
 */
static inline struct afield__map_bucket *afield__map_part(const struct afield__map_buckets *buckets,
							  unsigned at)
{
	return AFIELD_LOAD(&buckets->parts[at], acquire);
}

/*
 * Doubles a table of that size, whose next part is there, unless another thread has.
 *   Concurrent with: [1]. Progress: wait-free. Ordering: release.
 *   (5) release, pairs with (1). See there.
 */
static inline void afield__map_double(struct afield__map_buckets *buckets, uint64_t size)
{
	(void)AFIELD_COMPARE_EXCHANGE(&buckets->size, &size, 2 * size, release);
}

/* The first step of a shrink: to that size. */
static inline void afield__map_lower(struct afield__map_buckets *buckets, uint64_t size)
{
	AFIELD_STORE(&buckets->size, size, relaxed);
}

/* The last: a part, which is the caller's then; NULL when there is none. */
static inline struct afield__map_bucket *afield__map_take_part(struct afield__map_buckets *buckets,
							       unsigned at)
{
	struct afield__map_bucket *part = AFIELD_LOAD(&buckets->parts[at], relaxed);

	AFIELD_STORE(&buckets->parts[at], NULL, relaxed);
	return part;
}

#ifdef __cplusplus
}
#endif

#endif
