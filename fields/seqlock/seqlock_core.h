/* SPDX-License-Identifier: MIT */
/*
 * seqlock_core: the seqlock algorithm on words. For seqlock.h, seqlock.c and the litmus programs.
 *
 * A writer marks a number, writes the value, and then takes the mark off and raises the number. A
 * reader reads the number, copies the value, and reads the number again. When the two are the same,
 * nobody has written meanwhile and the copy is whole; when not, it copies once more. So readers
 * write nothing, and any number of them are in nobody's way. With two slots or more a writer fills
 * another slot than the one that readers copy, and they need not even try again.
 *
 * A field is one sequence and `slot_count` slots of `word_count` words. The sequence is the
 * version, and in its lowest eight bits the writers' lock: 0, or while a writer is at work the mark
 * of the process that it works in. Version v lives in slot v % slot_count. Zero is fresh: version
 * 0, in slot 0, is all zero.
 *
 *   writer   lock: sequence v,0 -> v,mark; fill the slot of version v+1; publish: sequence := v+1,0
 *   reader   read the sequence, which names the version; copy its slot; read the sequence again
 *
 * When a copy is good: the slot of version v is filled next by the writer of version v+N (N is the
 * slot count), whose lock sets the sequence to v+N-1,mark. If the second reading is at most
 * v+N-1,0, that writer has not begun in a way that this reader could have seen any word of it. With
 * N = 1 this is the classic seqlock: nothing may have moved, and a locked sequence never passes.
 * With N >= 2 a writer that is at work, or stopped there, does not disturb readers: the version
 * before it is in another slot.
 *
 * The mark is the generation of the process (thread.h), which is another in the child of a fork. So
 * a child knows a lock orphaned by a fork, and the next writer takes it over: version v is
 * what it was, and the slot of v+1 is filled anew. With N = 1 that is the slot of v, of which some
 * words may be written and others not. Two generations have one mark when there are 255 forks
 * between them, each in the child of the previous one.
 *
 * Why the fences (Boehm, Can Seqlocks Get Along with Programming Language Memory Models?, MSPC
 * 2012): a reader that has read one word of a writer must then see that writer's lock. The words
 * are relaxed, so that is a matter of two fences: the writer's release fence stands between its
 * lock and its words, the reader's acquire fence between its words and the second reading. The
 * obvious code, a release store of the lock and an acquire load for the second reading, has both
 * on the wrong side: words may move up before the lock, and down past the second reading.
 *
 * Where an operation linearizes: a store at its publish; a load at its first reading of the
 * sequence, when the copy was good; an operation under the lock at its publish or its unlock.
 *
 * The sequence wraps after 2^56 writes, which is 22 years of one write each 10 ns. Then a copy that
 * is under way in a field whose slots are no power of two may be torn.
 *
 * A value of W words arrives as W-1 words in memory and the last one apart, because a value may end
 * inside it: so a struct is copied to and from its own storage, without a second buffer.
 */
#ifndef AFIELD_SEQLOCK_CORE_H
#define AFIELD_SEQLOCK_CORE_H

#include <afield/detail/macros.h>
#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__seqlock_sequence;

#define AFIELD__SEQLOCK_LOCK UINT64_C(0xff)
#define AFIELD__SEQLOCK_VERSION (AFIELD__SEQLOCK_LOCK + 1) /* one */

/* The mark of the writers of a process. */
static inline uint64_t afield__seqlock_mark(uint64_t generation)
{
	return 1 + generation % 255;
}

/* How many slots a field has, and how many words a slot. Both are at least 1. */
struct afield__seqlock_layout {
	size_t slot_count;
	size_t word_count;
};

/* Where the version of a sequence lives. */
AFIELD__ALWAYS_INLINE size_t afield__seqlock_slot(uint64_t sequence,
						  struct afield__seqlock_layout layout)
{
	return (size_t)(sequence / AFIELD__SEQLOCK_VERSION % layout.slot_count) * layout.word_count;
}

/* Copies a slot out. Only a lock that is held, or a second reading, makes the copy good. */
AFIELD__ALWAYS_INLINE void afield__seqlock_copy(const afield_word *slot, size_t word_count,
						afield_raw_word *value, uintptr_t *last)
{
	AFIELD_LOAD_WORDS(slot, value, word_count - 1);
	*last = AFIELD_LOAD(&slot[word_count - 1], relaxed);
}

/*
 * One attempt to read.
 *   Concurrent with it: everything here.
 *   Progress: wait-free.
 *   Ordering: seq_cst, at the first reading.
 *   Returns false when the copy is torn, or may be; the value is then unspecified.
 */
AFIELD__ALWAYS_INLINE bool afield__seqlock_try_read(const afield__seqlock_sequence *sequence,
						    const afield_word *slots,
						    struct afield__seqlock_layout layout,
						    afield_raw_word *value, uintptr_t *last)
{
	/*
	 * (1) seq_cst, pairs with (7) (8), ordered with (7). Acquire, of the store that gave the
	 * lock back: words of the version are seen, not older ones. And seq_cst, because the
	 * publish is: of two threads that store to one field and then load the other, at least one
	 * sees the other's store. With acquire both could miss it.
	 */
	uint64_t first = AFIELD_LOAD(sequence, seq_cst);
	const afield_word *slot = slots + afield__seqlock_slot(first, layout);
	uint64_t second;

	if (layout.slot_count == 1 && first & AFIELD__SEQLOCK_LOCK)
		return false; /* the only slot is being filled: spare the copy */
	afield__seqlock_copy(slot, layout.word_count, value, last);
	/* (2) acquire, pairs with (6): a word of a writer, copied above, shows its lock below. */
	AFIELD_FENCE(acquire, slot);
	/* (3) relaxed, carried by (2): behind that fence it sees the lock (5). */
	second = AFIELD_LOAD(sequence, relaxed);
	if (AFIELD_MUTANT("drop_the_re_check"))
		return true;
	return second - (first & ~AFIELD__SEQLOCK_LOCK) <=
	       ((uint64_t)layout.slot_count - 1) * AFIELD__SEQLOCK_VERSION;
}

/* How a try for the lock ended. */
enum afield__seqlock_taken {
	AFIELD__SEQLOCK_BUSY,
	AFIELD__SEQLOCK_TAKEN,
	AFIELD__SEQLOCK_ORPHANED
};

/*
 * Takes the writers' lock, if it is free or if a fork left it behind. *held is then the sequence
 * without a lock: hand it on.
 *   Concurrent with it: everything here.
 *   Progress: wait-free.
 *   Ordering: acquire: words of the writer before are seen, and overwritten after it wrote them.
 *   Returns BUSY when another writer has it. That reading is seq_cst, as afield_wait asks. ORPHANED
 *   when the writer before was another process's: with one slot, its words are not a value.
 */
static inline enum afield__seqlock_taken
afield__seqlock_try_lock(afield__seqlock_sequence *sequence, uint64_t mark, uint64_t *held)
{
	/* (4) seq_cst, ordered with (7) (8), as afield_wait asks (wait.h). */
	uint64_t seen = AFIELD_LOAD(sequence, seq_cst);
	uint64_t lock = seen & AFIELD__SEQLOCK_LOCK;

	*held = seen - lock;
	if (lock == mark)
		return AFIELD__SEQLOCK_BUSY;
	/*
	 * (5) acquire, pairs with (7) (8) of the writer before. The load above has seen the
	 * version's publish, but a writer that came since and left the version has brought the
	 * sequence back; relaxed, what that one did under the lock would race with what follows.
	 *
	 * When the exchange fails, the writer that won it began after the load above, so it gives
	 * the lock back after a waiter has counted itself in.
	 */
	if (!AFIELD_COMPARE_EXCHANGE(sequence, &seen, *held + mark, acquire))
		return AFIELD__SEQLOCK_BUSY;
	return lock == 0 ? AFIELD__SEQLOCK_TAKEN : AFIELD__SEQLOCK_ORPHANED;
}

/*
 * Behind a try that was ORPHANED: with one slot the value is that of a fresh field, because what is
 * there is neither the old nor the new one. Nobody reads it while the lock is held.
 */
static inline void afield__seqlock_repair(afield_word *slots, struct afield__seqlock_layout layout)
{
	for (size_t i = 0; layout.slot_count == 1 && i < layout.word_count; i++)
		AFIELD_STORE(&slots[i], 0, relaxed);
}

/* The words of the current version, for the one that holds the lock: nobody writes them. */
AFIELD__ALWAYS_INLINE void afield__seqlock_peek(const afield_word *slots,
						struct afield__seqlock_layout layout, uint64_t held,
						afield_raw_word *value, uintptr_t *last)
{
	afield__seqlock_copy(slots + afield__seqlock_slot(held, layout), layout.word_count, value,
			     last);
}

/* Fills the slot of the next version. The lock is held. */
AFIELD__ALWAYS_INLINE void afield__seqlock_fill(afield_word *slots,
						struct afield__seqlock_layout layout, uint64_t held,
						const afield_raw_word *value, uintptr_t last)
{
	afield_word *slot = slots + afield__seqlock_slot(held + AFIELD__SEQLOCK_VERSION, layout);

	/* (6) release, pairs with (2): no word below is seen before the lock (5) is. */
	AFIELD_FENCE(release, slot);
	AFIELD_STORE_WORDS(slot, value, layout.word_count - 1);
	AFIELD_STORE(&slot[layout.word_count - 1], last, relaxed);
}

/*
 * Makes the filled slot the current version and gives the lock back.
 *   (7) seq_cst, pairs with (1) (5), ordered with (1) (4). Release for the words, which readers of
 *   this version see; seq_cst, so that the store comes before the look for waiters (wait.h), and
 *   before what this thread loads by bare verbs later.
 */
static inline void afield__seqlock_publish(afield__seqlock_sequence *sequence, uint64_t held)
{
	uint64_t next =
		AFIELD_MUTANT("drop_the_version_bump") ? held : held + AFIELD__SEQLOCK_VERSION;

	AFIELD_STORE(sequence, next, seq_cst);
}

/*
 * Gives the lock back and leaves the version. No word was written, so a reader that sees the
 * sequence come back has missed nothing.
 *   (8) seq_cst, pairs with (1) (5), ordered with (4). Release, for the next lock; and a reader
 *   that finds this store sees the words of the version by it, which this thread's lock has
 *   acquired. seq_cst, so that it comes before the look for waiters (wait.h).
 */
static inline void afield__seqlock_unlock(afield__seqlock_sequence *sequence, uint64_t held)
{
	AFIELD_STORE(sequence, held, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
