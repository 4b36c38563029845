/*
 * seqlock_core: the seqlock algorithm on words. For seqlock.h, seqlock.c and the litmus programs.
 *
 * A field is one sequence and `slot_count` slots of `word_count` words. The sequence is twice the
 * version, plus one while a writer is at work; version v lives in slot v % slot_count. The odd bit
 * is also the writers' lock. Zero is fresh: version 0, in slot 0, is all zero.
 *
 *   writer   lock: sequence 2v -> 2v+1; fill the slot of version v+1; publish: sequence := 2v+2
 *   reader   read the sequence, which names the version; copy its slot; read the sequence again
 *
 * When a copy is good: the slot of version v is filled next by the writer of version v+N (N is the
 * slot count), whose lock sets the sequence to 2(v+N-1)+1 = 2v+2N-1. If the second reading is at
 * most 2v+2N-2, that writer has not begun in a way that this reader could have seen any word of it.
 * With N = 1 this is the classic seqlock: nothing may have moved, and an odd sequence never
 * passes. With N >= 2 a writer that is at work, or stopped there, does not disturb readers: the
 * version before it is in another slot.
 *
 * Why the fences (Boehm, Can Seqlocks Get Along with Programming Language Memory Models?, MSPC
 * 2012): a reader that has read one word of a writer must then see that writer's lock. The words
 * are relaxed, so that is a matter of two fences: the writer's release fence stands between its
 * lock and its words, the reader's acquire fence between its words and the second reading. The
 * obvious code, a release store of the lock and an acquire load for the second reading, has both
 * on the wrong side: words may move up before the lock, and down past the second reading.
 *
 * Where an operation takes effect: a store at its publish; a load at its first reading of the
 * sequence, when the copy was good; an operation under the lock at its publish or its unlock.
 *
 * The sequence wraps after 2^63 writes, which is 2900 years of one write each 10 ns.
 *
 * A value of W words arrives as W-1 words in memory and the last one apart, because a value may end
 * inside it: so a struct is copied to and from its own storage, without a second buffer.
 */
#ifndef AFIELD_SEQLOCK_CORE_H
#define AFIELD_SEQLOCK_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__seqlock_sequence;

/* A word of a value outside the field: part of some T, at any address. */
#ifdef AFIELD_MODEL
typedef uintptr_t afield__seqlock_raw;
#else
typedef uintptr_t __attribute__((may_alias, aligned(1))) afield__seqlock_raw;
#endif

/* For functions that are good only when the layout is constant in them: no loop is left then. */
#define AFIELD__SEQLOCK_INLINE static inline __attribute__((always_inline))

/* How many slots a field has, and how many words a slot. Both are at least 1. */
struct afield__seqlock_layout {
	size_t slot_count;
	size_t word_count;
};

/* Where the version of a sequence lives. */
AFIELD__SEQLOCK_INLINE size_t afield__seqlock_slot(uint64_t sequence,
						   struct afield__seqlock_layout layout)
{
	return (size_t)((sequence >> 1) % layout.slot_count) * layout.word_count;
}

/* Copies a slot out. Only a lock that is held, or a second reading, makes the copy good. */
AFIELD__SEQLOCK_INLINE void afield__seqlock_copy(const afield_word *slot, size_t word_count,
						 afield__seqlock_raw *value, uintptr_t *last)
{
/* Compilers do not join atomic loads; unrolled, they at least keep small values in registers. */
#pragma GCC unroll 8
	for (size_t i = 0; i + 1 < word_count; i++)
		value[i] = AFIELD_LOAD(&slot[i], relaxed);
	*last = AFIELD_LOAD(&slot[word_count - 1], relaxed);
}

/*
 * One attempt to read.
 *   Beside it: everything here.
 *   Progress: wait-free.
 *   Ordering: seq_cst, at the first reading.
 *   Returns false when the copy is torn, or may be; the value is then unspecified.
 */
AFIELD__SEQLOCK_INLINE bool afield__seqlock_try_read(const afield__seqlock_sequence *sequence,
						     const afield_word *slots,
						     struct afield__seqlock_layout layout,
						     afield__seqlock_raw *value, uintptr_t *last)
{
	/*
	 * Acquire, for it pairs with the publish: words of the version are seen, not older ones.
	 * And seq_cst, because the publish is: of two threads that store to one field and then load
	 * the other, at least one sees the other's store. With acquire both could miss it.
	 */
	uint64_t first = AFIELD_LOAD(sequence, seq_cst);
	const afield_word *slot = slots + afield__seqlock_slot(first, layout);
	uint64_t second;

	if (layout.slot_count == 1 && first % 2 != 0)
		return false; /* the only slot is being filled: spare the copy */
	afield__seqlock_copy(slot, layout.word_count, value, last);
	/* Pairs with the fence in afield__seqlock_fill: a word of a writer shows its lock below. */
	AFIELD_FENCE(acquire, slot);
	second = AFIELD_LOAD(sequence, relaxed);
	if (AFIELD_MUTANT("drop_the_re_check"))
		return true;
	return second - (first - first % 2) <= 2 * (uint64_t)layout.slot_count - 2;
}

/*
 * Takes the writers' lock, if it is free. *held is then the sequence before: hand it on.
 *   Beside it: everything here.
 *   Progress: wait-free.
 *   Ordering: acquire: words of the writer before are seen, and overwritten after it wrote them.
 *   Returns false when another writer has it. That reading is seq_cst, as afield_wait asks.
 */
static inline bool afield__seqlock_try_lock(afield__seqlock_sequence *sequence, uint64_t *held)
{
	*held = AFIELD_LOAD(sequence, seq_cst);
	if (*held % 2 != 0)
		return false;
	/*
	 * Acquire: pairs with the publish or unlock of the writer before. The load above has seen
	 * the version's publish, but a writer that came since and left the version has brought the
	 * sequence back; relaxed, what that one did under the lock would race with what follows.
	 *
	 * When the exchange fails, the writer that won it began after the load above, so it gives
	 * the lock back after a waiter has counted itself in.
	 */
	return AFIELD_COMPARE_EXCHANGE(sequence, held, *held + 1, acquire);
}

/* The words of the current version, for the one that holds the lock: nobody writes them. */
AFIELD__SEQLOCK_INLINE void afield__seqlock_peek(const afield_word *slots,
						 struct afield__seqlock_layout layout,
						 uint64_t held, afield__seqlock_raw *value,
						 uintptr_t *last)
{
	afield__seqlock_copy(slots + afield__seqlock_slot(held, layout), layout.word_count, value,
			     last);
}

/* Fills the slot of the next version. The lock is held. */
AFIELD__SEQLOCK_INLINE void afield__seqlock_fill(afield_word *slots,
						 struct afield__seqlock_layout layout,
						 uint64_t held, const afield__seqlock_raw *value,
						 uintptr_t last)
{
	afield_word *slot = slots + afield__seqlock_slot(held + 2, layout);

	/* Pairs with the fence in afield__seqlock_try_read: no word is seen before the lock is. */
	AFIELD_FENCE(release, slot);
#pragma GCC unroll 8
	for (size_t i = 0; i + 1 < layout.word_count; i++)
		AFIELD_STORE(&slot[i], value[i], relaxed);
	AFIELD_STORE(&slot[layout.word_count - 1], last, relaxed);
}

/*
 * Makes the filled slot the current version and gives the lock back.
 *   Ordering: release for the words, which readers of this version see; seq_cst, so that the store
 *   is done when the operation returns, and comes before the look for waiters.
 */
static inline void afield__seqlock_publish(afield__seqlock_sequence *sequence, uint64_t held)
{
	uint64_t next = AFIELD_MUTANT("drop_the_version_bump") ? held : held + 2;

	AFIELD_STORE(sequence, next, seq_cst);
}

/*
 * Gives the lock back and leaves the version. No word was written, so a reader that sees the
 * sequence come back has missed nothing. The order is that of a publish: the next lock pairs with
 * it, and the look for waiters comes after it.
 */
static inline void afield__seqlock_unlock(afield__seqlock_sequence *sequence, uint64_t held)
{
	AFIELD_STORE(sequence, held, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
