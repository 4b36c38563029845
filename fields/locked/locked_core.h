/* SPDX-License-Identifier: MIT */
/*
 * locked_core: one word that is the lock and says who has it. For locked.h, locked.c and the litmus
 * programs.
 *
 * The lock is a word with a number in it. A thread that wants it asks the processor for one step:
 * if the word is 0, write my number there. Of several that ask at once one finds 0; the others find
 * its number, and know for whom they wait. Who is done writes 0 again.
 *
 *   0            nobody has it
 *   number       the thread of that number has it (thread.h; numbers begin at 1)
 *
 * Who takes the lock names itself by the same access, so that there is no instant in which somebody
 * has it and nobody knows who. A child process depends on that: it was forked at any instant of
 * all other threads, and knows by the number alone that a holder was left behind.
 *
 * The obvious code has a pthread mutex, and a word beside it for the owner's number. Between the
 * two steps the mutex is taken and nobody's; a child that was forked there would wait forever. The
 * mutex could only be tried, too, because who sleeps has to be detached from its host; and a mutex
 * that is only tried is a word.
 *
 * Where an operation linearizes: at its one access.
 */
#ifndef AFIELD_LOCKED_CORE_H
#define AFIELD_LOCKED_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__locked_owner;

/*
 * (1) acquire, pairs with (2) (3). If it were relaxed, the value could be read as it was before the
 * last critical section, or be overwritten by it.
 *   Concurrent with it: everything here. Progress: wait-free. Returns false while anybody has the
 *   lock.
 */
static inline bool afield__locked_take(afield__locked_owner *owner, uint64_t self)
{
	uint64_t nobody = 0;

	return AFIELD_COMPARE_EXCHANGE(owner, &nobody, self, acquire);
}

/*
 * (2) seq_cst, pairs with (1), ordered with (4). It releases what was written in the critical
 * section. Seq_cst, so that it comes before the look for waiters (wait.h); if it were weaker, that
 * look and the waiter's could both see the old value. This thread has the lock.
 */
static inline void afield__locked_give_back(afield__locked_owner *owner)
{
	AFIELD_STORE(owner, 0, seq_cst);
}

/*
 * Gives the lock of `dead` back, orphaned by a fork, for every thread to take.
 *   (3) release, pairs with (1). If it were relaxed, the next holder could miss what this thread
 *   did before.
 *   Concurrent with: everything here. Progress: wait-free. Returns false when that is not so.
 */
static inline bool afield__locked_disown(afield__locked_owner *owner, uint64_t dead)
{
	return AFIELD_COMPARE_EXCHANGE(owner, &dead, 0, release);
}

/*
 * Who has the lock, for a thread that will wait.
 *   (4) seq_cst, ordered with (2), as afield_wait asks (wait.h): this look comes behind the
 *   thread's count, as the look for waiters comes behind the store of 0.
 */
static inline uint64_t afield__locked_load(const afield__locked_owner *owner)
{
	return AFIELD_LOAD(owner, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
