/* SPDX-License-Identifier: MIT */
/*
 * flags_core: the operations on one word of bits. For flags.h, flags.c and the litmus programs.
 *
 * A word is a row of 64 bits, each a yes or a no of its own. Threads change them without a lock,
 * because the processor changes a word in one step: it sets, clears or toggles some bits and leaves
 * the others as they are, whatever other threads do to those at the same moment. The same step can
 * tell what the bits were before; so of several threads that set one bit, one knows that it was
 * the first.
 *
 * Each operation is one access, which is where it linearizes, and each is seq_cst: all operations
 * of all flags stand in one order. Were it weaker, two threads that each set a bit of their own
 * word and look at the other's could both miss it; were a change relaxed, or a look, who sees a bit
 * could miss what was written before it was set. So what tells its caller something (1) (6) (7)
 * pairs with all that change bits, and is ordered with them.
 */
#ifndef AFIELD_FLAGS_CORE_H
#define AFIELD_FLAGS_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__flags_word;

/*
 * All of them: beside everything here. Progress: wait-free, but the last two lock-free.
 *   (1) seq_cst, pairs with (2) (3) (4) (5) (6) (7), ordered with (2) (3) (4) (5) (6) (7).
 */
static inline uint64_t afield__flags_load(const afield__flags_word *word)
{
	return AFIELD_LOAD(word, seq_cst);
}

/* (2) seq_cst, pairs with (1) (6) (7), ordered with (1) (6) (7). */
static inline void afield__flags_store(afield__flags_word *word, uint64_t bits)
{
	AFIELD_STORE(word, bits, seq_cst);
}

/*
 * Nobody asks for the value before, so the compiler takes the one instruction that gives none.
 *   (3) seq_cst, pairs with (1) (6) (7), ordered with (1) (6) (7).
 */
static inline void afield__flags_set(afield__flags_word *word, uint64_t bits)
{
	(void)AFIELD_FETCH_OR(word, bits, seq_cst);
}

/* (4) seq_cst, pairs with (1) (6) (7), ordered with (1) (6) (7). */
static inline void afield__flags_clear(afield__flags_word *word, uint64_t bits)
{
	(void)AFIELD_FETCH_AND(word, ~bits, seq_cst);
}

/* (5) seq_cst, pairs with (1) (6) (7), ordered with (1) (6) (7). */
static inline void afield__flags_toggle(afield__flags_word *word, uint64_t bits)
{
	(void)AFIELD_FETCH_XOR(word, bits, seq_cst);
}

/*
 * (6) seq_cst, pairs with (1) (2) (3) (4) (5) (6) (7), ordered with (1) (2) (3) (4) (5) (6) (7): it
 * changes and tells.
 */
static inline uint64_t afield__flags_test_and_set(afield__flags_word *word, uint64_t bits)
{
	return AFIELD_FETCH_OR(word, bits, seq_cst) & bits;
}

/*
 * (7) seq_cst, pairs with (1) (2) (3) (4) (5) (6) (7), ordered with (1) (2) (3) (4) (5) (6) (7): as
 * (6).
 */
static inline uint64_t afield__flags_test_and_clear(afield__flags_word *word, uint64_t bits)
{
	return AFIELD_FETCH_AND(word, ~bits, seq_cst) & bits;
}

#ifdef __cplusplus
}
#endif

#endif
