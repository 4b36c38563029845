/* SPDX-License-Identifier: MIT */
/*
 * magazine: memory for nodes, taken and given back by size, mostly without malloc and free.
 *
 * What a thread gives back it keeps at hand for its next take, up to two magazines of each size
 * (magazine_core.h), and a depot keeps a few more for all threads. What is more than that is
 * retired, a magazine at once, and freed after a grace period. So is everything, by
 * afield_barrier, but for what other threads have at hand.
 *
 *	AFIELD_READ_SECTION
 *	{
 *		... finds a block, and loads its two words ...
 *		... an exchange that fails if the block has left meanwhile ...
 *	}
 *	afield__block_give(block, size);      // other threads may still load its two words
 *
 * A block comes back at once, perhaps in another structure, while a reader still looks at its two
 * words: he finds other numbers there, but memory that is a block's. Who follows pointers for
 * longer than that, as readers of rcu do, cannot give its memory back so: it retires.
 *
 * With AddressSanitizer there are no magazines: each take is a malloc, and each give retires one
 * block, so that it sees who uses one that was given back.
 *
 * When to use it: in a kind of this library whose pointers carry a tag. When not: elsewhere.
 *
 *                                  [1] [2]
 *   [1] block_take, block_give      -   -    (- concurrent with it; not in a signal handler)
 *   [2] magazines_trim              -   -
 *
 * A thread that ends gives what it has at hand to the depot, or retires it. In the child of a
 * fork, and where a thread ended without a word, the next thread that gets its record has it; one
 * block or one magazine that such a thread was moving is lost.
 */
#ifndef AFIELD_DETAIL_MAGAZINE_H
#define AFIELD_DETAIL_MAGAZINE_H

#include <stdbool.h>
#include <stddef.h>

#include <afield/detail/magazine_core.h>
#include <afield/detail/self.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__SANITIZE_ADDRESS__)
#define AFIELD__HAS_MAGAZINES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AFIELD__HAS_MAGAZINES 0
#endif
#endif
#ifndef AFIELD__HAS_MAGAZINES
#define AFIELD__HAS_MAGAZINES 1
#endif

/*
 * The sizes, in steps of 16. Of the smallest malloc makes 48 bytes with its own 8, and it has room
 * for what reclamation writes behind the two words. Larger blocks than the largest come from malloc
 * and are retired one by one.
 */
enum { AFIELD__MAGAZINE_LEAST = 40, AFIELD__MAGAZINE_STEP = 16 };

/* Which size it is: AFIELD__MAGAZINE_SIZES or more when it is none. */
static inline size_t afield__block_size_at(size_t size)
{
	return size <= AFIELD__MAGAZINE_LEAST
		       ? 0
		       : (size - AFIELD__MAGAZINE_LEAST + AFIELD__MAGAZINE_STEP - 1) /
				 AFIELD__MAGAZINE_STEP;
}

/* Blocks in a full magazine: some five KiB at most. */
static inline size_t afield__magazine_full(size_t at)
{
	return (size_t)64 >> at / 4;
}

/* This thread's magazine of that size; NULL when it has no record yet, or there are none. */
static inline struct afield__magazine *afield__magazine_own(size_t at)
{
	struct afield__self *self = afield__self;

	if (!AFIELD__HAS_MAGAZINES || !afield__is_record(self) || at >= AFIELD__MAGAZINE_SIZES)
		return NULL;
	return &self->magazines[at];
}

struct afield__block *afield__block_take_slow(size_t size);
void afield__block_give_slow(struct afield__block *block, size_t size, bool may_wait);

/*
 * A block of at least so many bytes, its two words included, aligned to 16.
 *   Concurrent with: everything; not in a signal handler. Progress: wait-free, or that of malloc.
 *   Ordering: acquire. Returns NULL when out of memory.
 */
static inline struct afield__block *afield__block_take(size_t size)
{
	struct afield__magazine *magazine = afield__magazine_own(afield__block_size_at(size));
	struct afield__block *block = magazine ? afield__magazine_take(magazine) : NULL;

	return block ? block : afield__block_take_slow(size);
}

/*
 * Gives it back, with the size that it was taken with. Outside of read sections it may wait, as
 * afield_retire does; the _nowait form never waits.
 *   Concurrent with: everything; not in a signal handler. Progress: wait-free, or that of
 *   afield_retire. Ordering: release. Never fails.
 */
static inline void afield__block_give(struct afield__block *block, size_t size)
{
	size_t at = afield__block_size_at(size);
	struct afield__magazine *magazine = afield__magazine_own(at);

	if (!magazine || !afield__magazine_give(magazine, block, afield__magazine_full(at)))
		afield__block_give_slow(block, size, true);
}
static inline void afield__block_give_nowait(struct afield__block *block, size_t size)
{
	afield__block_give_slow(block, size, false);
}

/*
 * Retires what this thread, the depot and threads that are gone have at hand.
 *   Concurrent with: everything. Progress: lock-free. Ordering: none. Never fails.
 */
void afield__magazines_trim(void);

#ifdef __cplusplus
}
#endif

#endif
