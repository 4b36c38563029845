/*
 * flags_core: the operations on one word of bits. For flags.h, flags.c and the litmus programs.
 *
 * Each is one access, which is where it takes effect, and each is seq_cst: it is done when it
 * returns, and all operations of all flags stand in one order. Were it weaker, two threads that
 * each set a bit of their own word and look at the other's could both miss it; were a change
 * relaxed, or a look, who sees a bit could miss what was written before it was set.
 */
#ifndef AFIELD_FLAGS_CORE_H
#define AFIELD_FLAGS_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__flags_word;

/* All of them: beside everything here. Progress: wait-free, but the last two lock-free. */
static inline uint64_t afield__flags_snapshot(const afield__flags_word *word)
{
	return AFIELD_LOAD(word, seq_cst);
}

static inline void afield__flags_store(afield__flags_word *word, uint64_t bits)
{
	AFIELD_STORE(word, bits, seq_cst);
}

/* Nobody asks for the value before, so the compiler takes the one instruction that gives none. */
static inline void afield__flags_set(afield__flags_word *word, uint64_t bits)
{
	(void)AFIELD_FETCH_OR(word, bits, seq_cst);
}

static inline void afield__flags_clear(afield__flags_word *word, uint64_t bits)
{
	(void)AFIELD_FETCH_AND(word, ~bits, seq_cst);
}

static inline void afield__flags_toggle(afield__flags_word *word, uint64_t bits)
{
	(void)AFIELD_FETCH_XOR(word, bits, seq_cst);
}

static inline uint64_t afield__flags_test_and_set(afield__flags_word *word, uint64_t bits)
{
	return AFIELD_FETCH_OR(word, bits, seq_cst) & bits;
}

static inline uint64_t afield__flags_test_and_clear(afield__flags_word *word, uint64_t bits)
{
	return AFIELD_FETCH_AND(word, ~bits, seq_cst) & bits;
}

#ifdef __cplusplus
}
#endif

#endif
