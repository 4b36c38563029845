/* SPDX-License-Identifier: MIT */
/*
 * magazine_core: free blocks of one size, at hand for each thread, on words.
 *
 * A thread has two magazines: chains of free blocks. It takes from the one that is loaded, and
 * gives back to it. When that is empty it loads the spare one, when that is full it becomes the
 * spare one; so a thread that goes back and forth at the edge of a magazine asks nobody. Between
 * the threads is a depot: a few slots, each with a magazine or NULL. An empty thread takes one from
 * there, a thread with two full ones puts one there; where no slot is free, the caller gives the
 * magazine's memory back.
 *
 * A block begins with two words, which are accessed by the macros of ordering.h alone, whoever has
 * the block: a thread that found it in some structure, a moment ago, may still look at them. It
 * finds what belongs to another place by then, and its next exchange must tell it so. The rest of
 * a block is its owner's.
 *
 * A thread may end between any two accesses, and a fork copies memory between any two. Who then
 * takes over its magazines finds each block in one place, or in none: the one that was in its
 * hands, or one magazine on its way to the depot or from there. `loaded` and `spare` may be the
 * same chain for a moment, and count as one.
 *
 * When to use it: through magazine.h. When not: elsewhere; this is for its litmus programs.
 *
 *                               [1] [2]
 *   [1] of one thread's           X   -      (- concurrent with it; X needs the caller's own
 *   [2] depot_put, depot_get      -   -      exclusion: magazines belong to one thread)
 *
 * Source: Bonwick and Adams, Magazines and Vmem, USENIX 2001. Here the depot exchanges whole words
 * and reads no block that is not its own, so that nothing can come back in between.
 */
#ifndef AFIELD_DETAIL_MAGAZINE_CORE_H
#define AFIELD_DETAIL_MAGAZINE_CORE_H

#include <stdbool.h>
#include <stddef.h>

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

struct afield__block {
	AFIELD_ATOMIC(struct afield__block *) next;
	AFIELD_ATOMIC(size_t) number; /* in a magazine: how many there are from this one on */
};

/* Written by its thread; atomic, because another has it when this one is gone (self.h). */
struct afield__magazine {
	AFIELD_ATOMIC(struct afield__block *) loaded;
	AFIELD_ATOMIC(struct afield__block *) spare;
};

/* How many sizes of blocks there are: magazine.h. */
enum { AFIELD__MAGAZINE_SIZES = 16 };

#ifndef AFIELD__DEPOT_SLOTS
#define AFIELD__DEPOT_SLOTS 8
#endif

/* Written by all threads. */
struct afield__depot {
	AFIELD_ATOMIC(struct afield__block *) slots[AFIELD__DEPOT_SLOTS];
};

/*
 * Puts a magazine into a slot.
 *   (1) release, pairs with (2): weaker, who gets it finds blocks that are not linked yet.
 *   Concurrent with: everything. Progress: wait-free. Returns false when no slot is free.
 */
static inline bool afield__depot_put(struct afield__depot *depot, struct afield__block *magazine)
{
	for (size_t i = 0; i < AFIELD__DEPOT_SLOTS; i++) {
		struct afield__block *none = NULL;

		/* Spares the line of others a write. Relaxed: the exchange decides. */
		if (AFIELD_LOAD(&depot->slots[i], relaxed))
			continue;
		if (AFIELD_COMPARE_EXCHANGE(&depot->slots[i], &none, magazine, release))
			return true;
	}
	return false;
}

/*
 * Takes a magazine out of a slot.
 *   (2) acquire, pairs with (1).
 *   Concurrent with: everything. Progress: wait-free. Returns NULL when there is none.
 */
static inline struct afield__block *afield__depot_get(struct afield__depot *depot)
{
	for (size_t i = 0; i < AFIELD__DEPOT_SLOTS; i++) {
		struct afield__block *magazine;

		/* As in the put. */
		if (!AFIELD_LOAD(&depot->slots[i], relaxed))
			continue;
		magazine = AFIELD_EXCHANGE(&depot->slots[i], NULL, acquire);
		if (magazine)
			return magazine;
	}
	return NULL;
}

/* Takes the first block of the loaded magazine; NULL when it is empty. */
static inline struct afield__block *afield__magazine_take(struct afield__magazine *magazine)
{
	struct afield__block *block = AFIELD_LOAD(&magazine->loaded, relaxed);

	if (block)
		AFIELD_STORE(&magazine->loaded, AFIELD_LOAD(&block->next, relaxed), relaxed);
	return block;
}

/*
 * Lays a block on the loaded magazine, which then has `number` of them at most; false, and nothing
 * is done, when it has as many.
 *   The number is released for who found the block elsewhere and compares afterwards whether it
 *   was still there (stack_core.h). The release of `loaded` pairs with no access: it keeps the two
 *   in order for a fork, which copies memory as the processors have written it.
 */
static inline bool afield__magazine_give(struct afield__magazine *magazine,
					 struct afield__block *block, size_t number)
{
	struct afield__block *first = AFIELD_LOAD(&magazine->loaded, relaxed);
	size_t count = first ? AFIELD_LOAD(&first->number, relaxed) : 0;

	if (count >= number)
		return false;
	AFIELD_STORE(&block->next, first, relaxed);
	AFIELD_STORE(&block->number, count + 1, release);
	/* For who takes the magazine over from a thread of whose end ThreadSanitizer knows nothing. */
	AFIELD_TSAN_RELEASE(magazine);
	AFIELD_STORE(&magazine->loaded, block, release);
	return true;
}

/*
 * The loaded magazine is empty: loads the spare one, or one of the depot. False when there is none.
 * From the depot, the magazine is in this thread's hands alone for a moment.
 */
static inline bool afield__magazine_refill(struct afield__magazine *magazine,
					   struct afield__depot *depot)
{
	struct afield__block *spare = AFIELD_LOAD(&magazine->spare, relaxed);

	if (spare) {
		AFIELD_STORE(&magazine->loaded, spare, relaxed);
		/* Release, as in give: a take from it comes behind this. */
		AFIELD_STORE(&magazine->spare, NULL, release);
		return true;
	}
	spare = afield__depot_get(depot);
	AFIELD_STORE(&magazine->loaded, spare, relaxed);
	return spare != NULL;
}

/*
 * The loaded magazine is full: it becomes the spare one, and that goes to the depot. Returns it
 * where the depot has no room, else NULL. The spare one leaves its word first, for else it could be
 * in two places when the thread ends.
 */
static inline struct afield__block *afield__magazine_unload(struct afield__magazine *magazine,
							    struct afield__depot *depot)
{
	struct afield__block *spare = AFIELD_LOAD(&magazine->spare, relaxed);

	if (spare) {
		AFIELD_STORE(&magazine->spare, NULL, relaxed);
		if (afield__depot_put(depot, spare))
			spare = NULL;
	}
	AFIELD_STORE(&magazine->spare, AFIELD_LOAD(&magazine->loaded, relaxed), relaxed);
	AFIELD_STORE(&magazine->loaded, NULL, release); /* as in refill */
	return spare;
}

/* Of who takes over a magazine, and has it alone: a chain that is loaded and spare is one. */
static inline void afield__magazine_adopt(struct afield__magazine *magazine)
{
	AFIELD_TSAN_ACQUIRE(magazine); /* as in give */
	if (AFIELD_LOAD(&magazine->loaded, relaxed) == AFIELD_LOAD(&magazine->spare, relaxed))
		AFIELD_STORE(&magazine->spare, NULL, relaxed);
}

/* Takes a whole chain, the loaded one first; NULL when both are empty. */
static inline struct afield__block *afield__magazine_empty(struct afield__magazine *magazine)
{
	struct afield__block *chain = AFIELD_LOAD(&magazine->loaded, relaxed);

	AFIELD_TSAN_ACQUIRE(magazine); /* as in give */
	if (chain) {
		AFIELD_STORE(&magazine->loaded, NULL, relaxed);
	} else {
		chain = AFIELD_LOAD(&magazine->spare, relaxed);
		AFIELD_STORE(&magazine->spare, NULL, relaxed);
	}
	return chain;
}

#endif
