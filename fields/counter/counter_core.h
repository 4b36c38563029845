/* SPDX-License-Identifier: MIT */
/*
 * counter_core: one word, and stripes of it once that word is contended. For counter.h, counter.c
 * and the litmus programs.
 *
 * The count is the sum of `alone` and of every stripe. An addition goes to one of them, whichever,
 * and so a sum that meets no addition on its way is exact. `alone` serves until two additions meet
 * there: the exchange of one fails, and that thread publishes a block of stripes, one for each
 * processor and each on a cache line of its own. The block stays until fini, so that nobody ever
 * looks at freed memory.
 *
 * Where an operation linearizes: an addition at its exchange or its fetch_add. A sum reads one
 * word after the other, see counter.h. A reset takes from one word after the other; each addition
 * is taken by one reset, or stays.
 */
#ifndef AFIELD_COUNTER_CORE_H
#define AFIELD_COUNTER_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

struct afield__counter_stripe {
	AFIELD_ATOMIC(int64_t) part;
	char apart[56]; /* the rest of the line */
};

/* The first line of a block. The stripes follow; the block begins at a line. */
struct afield__counter_block {
	size_t mask; /* the number of stripes, a power of two, less one; constant */
	char apart[64 - sizeof(size_t)];
};

struct afield__counter {
	AFIELD_ATOMIC(int64_t) alone;                        /* written until there is a block */
	AFIELD_ATOMIC(struct afield__counter_block *) block; /* written once; NULL before */
};

static inline struct afield__counter_stripe *
afield__counter_stripe(struct afield__counter_block *block, size_t place)
{
	return (struct afield__counter_stripe *)(void *)(block + 1) + (place & block->mask);
}

/*
 * The block, for an addition. An addition that misses a block which is there goes to `alone`, and
 * counts as well.
 *   (1) acquire, pairs with (5). If it were relaxed, the mask and the zeros of the stripes could be
 *   read as they were before.
 *   Concurrent with it: everything here. Progress: wait-free.
 */
static inline struct afield__counter_block *
afield__counter_block(const struct afield__counter *counter)
{
	return AFIELD_LOAD(&counter->block, acquire);
}

/*
 * Adds to a stripe.
 *   (2) seq_cst, ordered with (8) (11). With less, a thread could add to one counter, read another,
 *   and miss what was added there by one that missed its own.
 *   Concurrent with it: everything here. Progress: wait-free where the processor has the
 *   instruction.
 */
static inline void afield__counter_add_at(struct afield__counter_block *block, size_t place,
					  int64_t amount)
{
	AFIELD_FETCH_ADD(&afield__counter_stripe(block, place)->part, amount, seq_cst);
}

/*
 * Adds to `alone` unless another thread comes between: that is how contention shows. The load needs
 * no order, because an old value fails.
 *   (3) seq_cst, ordered with (7) (10), as the addition to a stripe.
 *   Concurrent with it: everything here. Progress: wait-free. Returns false when nothing was added.
 */
static inline bool afield__counter_try_alone(struct afield__counter *counter, int64_t amount)
{
	int64_t seen = AFIELD_LOAD(&counter->alone, relaxed);

	return AFIELD_COMPARE_EXCHANGE(&counter->alone, &seen,
				       (int64_t)((uint64_t)seen + (uint64_t)amount), seq_cst);
}

/* The same whoever comes between: (4) seq_cst, ordered with (7) (10). */
static inline void afield__counter_add_alone(struct afield__counter *counter, int64_t amount)
{
	AFIELD_FETCH_ADD(&counter->alone, amount, seq_cst);
}

/*
 * Makes `fresh`, whose stripes are zero, the block.
 *   (5) seq_cst, pairs with (1) (5) (6) (9), ordered with (6) (9). Release, for the zeros; acquire,
 *   for those of another thread that was faster; seq_cst, so that a sum which begins after an
 *   addition to a stripe also sees the block: the publish comes before the addition in the total
 *   order, and the addition before the sum.
 *   Concurrent with it: everything here. Progress: wait-free.
 *   Returns the block: `fresh`, or another, and then `fresh` is still the caller's.
 */
static inline struct afield__counter_block *
afield__counter_publish(struct afield__counter *counter, struct afield__counter_block *fresh)
{
	struct afield__counter_block *before = NULL;

	return AFIELD_COMPARE_EXCHANGE(&counter->block, &before, fresh, seq_cst) ? fresh : before;
}

/*
 * The sum. All of its loads are seq_cst: what was added before the call is seen.
 *   Concurrent with it: everything here. Progress: wait-free, one load for each stripe.
 */
static inline int64_t afield__counter_sum(const struct afield__counter *counter)
{
	/* (6) seq_cst, pairs with (5), ordered with (5): as (1), and the block is not missed. */
	struct afield__counter_block *block = AFIELD_LOAD(&counter->block, seq_cst);
	/* (7) seq_cst, ordered with (3) (4) (10). */
	uint64_t sum = (uint64_t)AFIELD_LOAD(&counter->alone, seq_cst);

	for (size_t i = 0; block && i <= block->mask; i++) {
		const struct afield__counter_stripe *stripe = afield__counter_stripe(block, i);

		/* (8) seq_cst, ordered with (2) (11). */
		sum += (uint64_t)AFIELD_LOAD(&stripe->part, seq_cst);
	}
	return (int64_t)sum;
}

/*
 * Takes what is there, word by word. All seq_cst, as the sum; and a sum that comes behind it does
 * not find what it has taken.
 *   Concurrent with it: everything here. Progress: wait-free, one exchange for each stripe.
 */
static inline int64_t afield__counter_reset(struct afield__counter *counter)
{
	/* (9) seq_cst, pairs with (5), ordered with (5): as (6). */
	struct afield__counter_block *block = AFIELD_LOAD(&counter->block, seq_cst);
	/* (10) seq_cst, ordered with (3) (4) (7). */
	uint64_t taken = (uint64_t)AFIELD_EXCHANGE(&counter->alone, 0, seq_cst);

	for (size_t i = 0; block && i <= block->mask; i++) {
		struct afield__counter_stripe *stripe = afield__counter_stripe(block, i);

		/* (11) seq_cst, ordered with (2) (8). */
		taken += (uint64_t)AFIELD_EXCHANGE(&stripe->part, 0, seq_cst);
	}
	return (int64_t)taken;
}

#ifdef __cplusplus
}
#endif

#endif
