/*
 * cell_core: one word that counts shared borrows and names the exclusive one. For cell.h, cell.c
 * and the litmus programs.
 *
 *   0                    nobody has it
 *   1 to 2^63 - 1        so many have a shared borrow
 *   the top bit          one has an exclusive borrow: the thread whose number (thread.h) is in the
 *   41
 *                        bits below; the 22 bits below that count tries of others that failed
 *                        meanwhile, and mean nothing
 *
 * A shared borrow is a look and a fetch_add, whatever others do, so readers are wait-free. One that
 * adds under the top bit has failed, and leaves its count behind: the exclusive holder's release
 * writes zero over all of them at once. That is sound because counts that are added under the top
 * bit are all of failed tries, and those that are added before or after it are all of successful
 * ones; the exclusive borrow begins at zero exactly. So a failed try never makes a free cell look
 * borrowed, and an exclusive borrow never fails but for a borrow that is really there.
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
 * Limits: 2^63 shared borrows. 2^22 threads at once, which is all that Linux has. 2^41 threads in
 * the life of a process, which at a hundred thousand a second are 254 days.
 *
 * Where an operation takes effect: at its last access.
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
 * Acquire: pairs with the release of an exclusive borrow. If it were relaxed, the value could be
 * read as it was before that borrow, or in the middle of it. The look before needs no order: it
 * lets nobody in.
 *   Beside it: everything here. Progress: wait-free. Returns false while there is an exclusive one.
 */
static inline bool afield__cell_try_borrow(afield__cell_borrows *borrows)
{
	if (AFIELD_LOAD(borrows, relaxed) >= AFIELD__CELL_EXCLUSIVE)
		return false;
	return AFIELD_FETCH_ADD(borrows, 1, acquire) < AFIELD__CELL_EXCLUSIVE;
}

/*
 * Ends a shared borrow; true when it was the last one. Release: pairs with the acquire of the next
 * exclusive borrow, whose writes would otherwise be seen by this thread's reads. Seq_cst, so that
 * it comes before the look for waiters.
 */
static inline bool afield__cell_release(afield__cell_borrows *borrows)
{
	return AFIELD_FETCH_SUB(borrows, 1, seq_cst) == 1;
}

/*
 * Acquire: pairs with both releases. If it were relaxed, this thread's writes could come before
 * reads of the borrow that has just ended, or be overwritten by the exclusive one before.
 *   Beside it: everything here. Progress: wait-free. Returns false while there is any borrow.
 */
static inline bool afield__cell_try_borrow_mut(afield__cell_borrows *borrows, uint64_t self)
{
	uint64_t none = 0;

	return AFIELD_COMPARE_EXCHANGE(borrows, &none, afield__cell_exclusive(self), acquire);
}

/*
 * Ends the exclusive borrow, and with it the number and the counts of tries that failed. Release,
 * for what it wrote; seq_cst, so that it comes before the look for waiters.
 */
static inline void afield__cell_release_mut(afield__cell_borrows *borrows)
{
	AFIELD_STORE(borrows, 0, seq_cst);
}

/* The word, for a thread that will wait. Seq_cst, as afield_wait asks. */
static inline uint64_t afield__cell_look(const afield__cell_borrows *borrows)
{
	return AFIELD_LOAD(borrows, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
