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
 * Where an operation takes effect: an addition at its exchange or its fetch_add. A sum reads one
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
 * The block, for an addition. Acquire: pairs with the publish; if it were relaxed, the mask and the
 * zeros of the stripes could be read as they were before. An addition that misses a block which is
 * there goes to `alone`, and counts as well.
 *   Beside it: everything here. Progress: wait-free.
 */
static inline struct afield__counter_block *
afield__counter_block(const struct afield__counter *counter)
{
	return AFIELD_LOAD(&counter->block, acquire);
}

/*
 * Adds to a stripe. Seq_cst: the addition is done when this returns, for every sum that begins
 * then; with less, a thread could add to one counter, read another, and miss what was added there
 * by one that missed its own.
 *   Beside it: everything here. Progress: wait-free where the processor has the instruction.
 */
static inline void afield__counter_add_at(struct afield__counter_block *block, size_t place,
					  int64_t amount)
{
	AFIELD_FETCH_ADD(&afield__counter_stripe(block, place)->part, amount, seq_cst);
}

/*
 * Adds to `alone` unless another thread comes between: that is how contention shows. The load needs
 * no order, because an old value fails. The exchange is as the addition to a stripe.
 *   Beside it: everything here. Progress: wait-free. Returns false when nothing was added.
 */
static inline bool afield__counter_try_alone(struct afield__counter *counter, int64_t amount)
{
	int64_t seen = AFIELD_LOAD(&counter->alone, relaxed);

	return AFIELD_COMPARE_EXCHANGE(&counter->alone, &seen,
				       (int64_t)((uint64_t)seen + (uint64_t)amount), seq_cst);
}

/* The same whoever comes between. */
static inline void afield__counter_add_alone(struct afield__counter *counter, int64_t amount)
{
	AFIELD_FETCH_ADD(&counter->alone, amount, seq_cst);
}

/*
 * Makes `fresh`, whose stripes are zero, the block. Release, for the zeros; acquire, for those of
 * another thread that was faster; seq_cst, so that a sum which begins after an addition to a stripe
 * also sees the block.
 *   Beside it: everything here. Progress: wait-free.
 *   Returns the block: `fresh`, or another, and then `fresh` is still the caller's.
 */
static inline struct afield__counter_block *
afield__counter_publish(struct afield__counter *counter, struct afield__counter_block *fresh)
{
	struct afield__counter_block *before = NULL;

	return AFIELD_COMPARE_EXCHANGE(&counter->block, &before, fresh, seq_cst) ? fresh : before;
}

/*
 * The sum. Seq_cst, each of them: what was added before the call is seen.
 *   Beside it: everything here. Progress: wait-free, one load for each stripe.
 */
static inline int64_t afield__counter_sum(const struct afield__counter *counter)
{
	struct afield__counter_block *block = AFIELD_LOAD(&counter->block, seq_cst);
	uint64_t sum = (uint64_t)AFIELD_LOAD(&counter->alone, seq_cst);

	for (size_t i = 0; block && i <= block->mask; i++) {
		const struct afield__counter_stripe *stripe = afield__counter_stripe(block, i);

		sum += (uint64_t)AFIELD_LOAD(&stripe->part, seq_cst);
	}
	return (int64_t)sum;
}

/*
 * Takes what is there, word by word. Seq_cst, as the sum.
 *   Beside it: everything here. Progress: wait-free, one exchange for each stripe.
 */
static inline int64_t afield__counter_reset(struct afield__counter *counter)
{
	struct afield__counter_block *block = AFIELD_LOAD(&counter->block, seq_cst);
	uint64_t taken = (uint64_t)AFIELD_EXCHANGE(&counter->alone, 0, seq_cst);

	for (size_t i = 0; block && i <= block->mask; i++) {
		struct afield__counter_stripe *stripe = afield__counter_stripe(block, i);

		taken += (uint64_t)AFIELD_EXCHANGE(&stripe->part, 0, seq_cst);
	}
	return (int64_t)taken;
}

#ifdef __cplusplus
}
#endif

#endif
