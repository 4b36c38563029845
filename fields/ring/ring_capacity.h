/* SPDX-License-Identifier: MIT */
/*
 * ring_capacity: what both rings say of their capacity and of what is in them, and what becomes of
 * elements that are left over. `part` is ring or spsc: the struct afield__<part> and its functions.
 *
 * When to use it: in the generator macros of ring.h and ring_spsc.h.
 *
 * Synchronization: each verb says it.
 */
#ifndef AFIELD_DETAIL_RING_CAPACITY_H
#define AFIELD_DETAIL_RING_CAPACITY_H

#include <errno.h>
#include <stdint.h>

#include <afield/field.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/* Whether a field may get a ring of this capacity, `ring` being the one that it has: 0, -EINVAL or
 * -EEXIST. */
static inline int afield__ring_may_open(const void *ring, uint64_t capacity, uint64_t largest)
{
	if (capacity == 0 || capacity > largest)
		return -EINVAL;
	return ring ? -EEXIST : 0;
}

/* The declaration names a capacity, and a ring can have it. */
#define AFIELD__RING_CAPACITY(name, kind, T, most, largest)                                     \
	AFIELD__ASSERT(sizeof("" #most) > 1,                                                    \
		       "afield: '" #name "' does not say how many elements it can hold; write " \
		       "AFIELD_TYPE(" #name ", " #kind ", " #T                                  \
		       ", 64) with the number in place of 64");                                 \
	AFIELD__ASSERT((most) > 0 && (most) <= (largest),                                       \
		       "afield: '" #name "' has a capacity of " #most ", which no ring can have")

/*
 * name_open: makes room for so many elements, once, before the first push does.
 *   Concurrent with it: everything that may be beside a push. Progress: lock-free, and malloc.
 *   Ordering: release.
 *   Returns 0; -EEXIST when it is open, by another open or by a push; -EINVAL when no ring can have
 *   this capacity; -ENOMEM.
 * name_is_empty, name_count, name_capacity: whether there is nothing, and how many elements there
 * are, at a moment of the call; how many there can be.
 *   Concurrent with them: everything but fini. Progress: is_empty and count lock-free, capacity
 *   wait-free.
 *   Ordering: seq_cst; acquire. Never fails.
 */
#define AFIELD__RING_COUNTS(name, part)                                                           \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_open(name *field, size_t capacity),          \
		       return afield__##part##_open(&field->ring, &name##__detail, capacity));    \
	static inline size_t name##_count(const name *field)                                      \
	{                                                                                         \
		struct afield__##part *ring = afield__##part##_of(&field->ring);                  \
		return ring ? (size_t)afield__##part##_count(ring) : 0;                           \
	}                                                                                         \
	AFIELD__INLINE(bool name##_is_empty(const name *field), return name##_count(field) == 0); \
	static inline size_t name##_capacity(const name *field)                                   \
	{                                                                                         \
		struct afield__##part *ring = afield__##part##_of(&field->ring);                  \
		return ring ? (size_t)ring->capacity : name##__detail.capacity;                   \
	}                                                                                         \
	AFIELD__SEMICOLON

/* What becomes of an element that nobody pops: name__drop takes one out, and gives `value` up. */
#define AFIELD__RING_DROP(name, give_up)                         \
	static inline void name##__give_back(name##_value value) \
	{                                                        \
		(void)value;                                     \
		give_up;                                         \
	}                                                        \
	static inline bool name##__drop(void *field)             \
	{                                                        \
		name##_value value;                              \
		if (!name##_pop((name *)field, &value))          \
			return false;                            \
		name##__give_back(value);                        \
		return true;                                     \
	}                                                        \
	AFIELD__SEMICOLON

#endif
