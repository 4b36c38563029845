/* SPDX-License-Identifier: MIT */
/*
 * cell_core: one word that counts shared borrows and names the exclusive one. For cell.h, cell.c
 * and the litmus programs.
 *
 * Shared borrows are counted: each adds one to the word, and its end takes one off again. An
 * exclusive borrow needs a word that counts nobody; in one step it writes a top bit there and the
 * number of its thread. Who comes for a shared borrow adds one without asking, and learns by the
 * same step what was there before: a top bit, and the try has failed; none, and the thread is in.
 *
 *   bits 0 to 23         so many have a shared borrow
 *   bits 24 to 47        this many of them, at most, were there when the process was forked off
 *   bits 48 to 62        the generation of processes (thread.h) that counts them
 *   the top bit          one has an exclusive borrow: the thread whose number (thread.h) is in
 *                        the 41 bits below; the 22 bits below that count tries of others that
 *                        failed meanwhile, and mean nothing
 *
 * A shared borrow is a look and a fetch_add, whatever others do, so readers are wait-free. One that
 * adds under the top bit has failed, and leaves its count behind: the exclusive holder's release
 * writes zero over all of them at once. That is sound because counts that are added under the top
 * bit are all of failed tries, and those that are added before or after it are all of successful
 * ones; the exclusive borrow begins at zero exactly. So a failed try never makes a free cell look
 * borrowed, and an exclusive borrow never fails but for a borrow that is really there.
 *
 * Shared borrows have no names, and any thread may end one. So the child of a fork does not know
 * which of those that it inherits are of the thread that forked, and will end, and which are of
 * threads that it does not have. The first to borrow there notes how many there were; as long as no
 * others are left, an exclusive borrow may be in the way of nobody: that can be told (-EOWNERDEAD),
 * and is not waited for. An old borrow that ends is not known from a new one, so that the thread
 * that forked ends its own before others borrow; those that a host handed out are known (cell.c).
 * Zero is free in the process that loaded the library; in any, the cell is free when the top bit
 * and the lowest 24 are zero.
 *
 * The look keeps the counts below the number: a thread that has added under a borrow sees that
 * borrow when it looks again, so that it adds once to each at most.
 *
 * The number comes with the borrow and goes with it, by the same access, so that there is no
 * instant in which the cell is borrowed exclusively and nobody knows by whom. A child process
 * depends on that: it was forked at any instant of all other threads, and knows by the number alone
 * that a borrow was left behind.
 *
 * The obvious code takes a failed count back by a fetch_sub. Between the two, a cell that has just
 * been released looks borrowed by nobody, and an exclusive borrow fails for no reason that its
 * caller could find. The other obvious code is a compare-exchange loop; its readers keep each other
 * waiting.
 *
 * Limits: 2^24 shared borrows at once, and 2^22 threads, which is all that Linux has. 2^41 threads
 * in the life of a process, which at a hundred thousand a second are 254 days.
 *
 * Where an operation linearizes: at its last access.
 */
#ifndef AFIELD_CELL_CORE_H
#define AFIELD_CELL_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__cell_borrows;

#define AFIELD__CELL_EXCLUSIVE (UINT64_C(1) << 63)
#define AFIELD__CELL_NUMBER_SHIFT 22 /* failed tries are counted below */
#define AFIELD__CELL_COUNT UINT64_C(0xffffff)
#define AFIELD__CELL_OLD_SHIFT 24
#define AFIELD__CELL_GENERATION_SHIFT 48

/* The word while nobody has the cell. It has been something else in older generations. */
static inline uint64_t afield__cell_free(uint64_t generation)
{
	return generation << AFIELD__CELL_GENERATION_SHIFT & ~AFIELD__CELL_EXCLUSIVE;
}

/* How many shared borrows there are, in a word that was seen. */
static inline uint64_t afield__cell_count(uint64_t seen)
{
	return seen < AFIELD__CELL_EXCLUSIVE ? seen & AFIELD__CELL_COUNT : 0;
}

static inline bool afield__cell_is_old(uint64_t seen, uint64_t generation)
{
	return seen < AFIELD__CELL_EXCLUSIVE &&
	       (seen ^ afield__cell_free(generation)) >> AFIELD__CELL_GENERATION_SHIFT != 0;
}

/* How many of the shared borrows were there when the process was forked off. One that the thread
 * that forked has ended since counts no more. */
static inline uint64_t afield__cell_orphans(uint64_t seen, uint64_t generation)
{
	uint64_t count = afield__cell_count(seen);
	uint64_t old = seen >> AFIELD__CELL_OLD_SHIFT & AFIELD__CELL_COUNT;

	return afield__cell_is_old(seen, generation) || old > count ? count : old;
}

/* A word of shared borrows of an older generation, as this one counts them. */
static inline uint64_t afield__cell_renewed(uint64_t seen, uint64_t generation)
{
	uint64_t count = afield__cell_count(seen);

	return afield__cell_free(generation) | count << AFIELD__CELL_OLD_SHIFT | count;
}

/* The word while the thread of this number has the exclusive borrow. */
static inline uint64_t afield__cell_exclusive(uint64_t self)
{
	return AFIELD__CELL_EXCLUSIVE | self << AFIELD__CELL_NUMBER_SHIFT;
}

/* The number of the exclusive holder in a word that was seen, or 0. */
static inline uint64_t afield__cell_holder(uint64_t seen)
{
	return seen < AFIELD__CELL_EXCLUSIVE
		       ? 0
		       : (seen & ~AFIELD__CELL_EXCLUSIVE) >> AFIELD__CELL_NUMBER_SHIFT;
}

/*
 * (1) acquire, pairs with (4) (5), the end of an exclusive borrow. If it were relaxed, the value
 * could be read as it was before that borrow, or in the middle of it. The look before needs no
 * order: it lets nobody in.
 *   Concurrent with it: everything here. Progress: wait-free. Returns false while there is an
 *   exclusive one.
 */
static inline bool afield__cell_try_borrow(afield__cell_borrows *borrows, uint64_t generation)
{
	uint64_t seen = AFIELD_LOAD(borrows, relaxed);

	/* Once in a process; when it fails, another thread has done it, or has the cell alone. */
	if (afield__cell_is_old(seen, generation))
		(void)AFIELD_COMPARE_EXCHANGE(borrows, &seen,
					      afield__cell_renewed(seen, generation), relaxed);
	if (seen >= AFIELD__CELL_EXCLUSIVE)
		return false;
	return AFIELD_FETCH_ADD(borrows, 1, acquire) < AFIELD__CELL_EXCLUSIVE;
}

/*
 * Ends a shared borrow; true when it was the last one that somebody waits for.
 *   (2) seq_cst, pairs with (3), ordered with (6). Relaxed, the writes of the next exclusive borrow
 *   could be seen by this thread's reads. Seq_cst, so that it comes before the look for waiters
 *   (wait.h); weaker, a waiter could be missed.
 */
static inline bool afield__cell_release(afield__cell_borrows *borrows)
{
	uint64_t before = AFIELD_FETCH_SUB(borrows, 1, seq_cst);

	return (before & AFIELD__CELL_COUNT) - 1 <=
	       (before >> AFIELD__CELL_OLD_SHIFT & AFIELD__CELL_COUNT);
}

/*
 * (3) acquire, pairs with (2) (4) (5). If it were relaxed, this thread's writes could come before
 * reads of the borrow that has just ended, or be overwritten by the exclusive one before.
 *   Concurrent with it: everything here. Progress: wait-free. Returns false while there is any
 *   borrow.
 */
static inline bool afield__cell_try_borrow_mut(afield__cell_borrows *borrows, uint64_t self,
					       uint64_t generation)
{
	uint64_t seen = afield__cell_free(generation);

	/* A cell that was free in an older generation is another word, and becomes this one. */
	while (!AFIELD_COMPARE_EXCHANGE(borrows, &seen, afield__cell_exclusive(self), acquire))
		if (seen >= AFIELD__CELL_EXCLUSIVE || afield__cell_count(seen) != 0)
			return false;
	return true;
}

/*
 * Ends the exclusive borrow, and with it the number and the counts of tries that failed.
 *   (4) seq_cst, pairs with (1) (3), ordered with (6). It releases what the borrow wrote; seq_cst,
 *   so that it comes before the look for waiters (wait.h).
 */
static inline void afield__cell_release_mut(afield__cell_borrows *borrows, uint64_t generation)
{
	AFIELD_STORE(borrows, afield__cell_free(generation), seq_cst);
}

/*
 * Takes back the borrows orphaned by a fork: all shared ones from before it, or the exclusive
 * one of the thread `dead`, if it is not 0. Nobody sleeps for them, so nobody is to be woken: who
 * waits beside them waits for another borrow, whose end wakes it.
 *   (5) release, pairs with (1) (3): every borrow. If it were relaxed, a borrower could miss what
 *   this thread did before.
 *   Concurrent with: everything here. Progress: lock-free. Returns false when there were none.
 */
static inline bool afield__cell_disown(afield__cell_borrows *borrows, uint64_t dead,
				       uint64_t generation)
{
	uint64_t seen = AFIELD_LOAD(borrows, relaxed);
	uint64_t left;

	do {
		left = afield__cell_count(seen) - afield__cell_orphans(seen, generation);
		if (dead ? afield__cell_holder(seen) != dead
			 : afield__cell_orphans(seen, generation) == 0)
			return false;
	} while (!AFIELD_COMPARE_EXCHANGE(borrows, &seen, afield__cell_free(generation) + left,
					  release));
	return true;
}

/*
 * The word, for a thread that will wait.
 *   (6) seq_cst, ordered with (2) (4), as afield_wait asks (wait.h): this look comes behind the
 *   thread's count, as the look for waiters comes behind the end of a borrow.
 */
static inline uint64_t afield__cell_load(const afield__cell_borrows *borrows)
{
	return AFIELD_LOAD(borrows, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
