/*
 * locked_core: one word that is the lock and says who has it. For locked.h, locked.c and the litmus
 * programs.
 *
 *   0            nobody has it
 *   number       the thread of that number has it (thread.h; numbers begin at 1)
 *
 * Who takes the lock names itself by the same access, so that there is no instant in which somebody
 * has it and nobody knows who. A child process depends on that: it was forked at any instant of
 * all other threads, and knows by the number alone that a holder was left behind.
 *
 * The obvious code has a pthread mutex, and a word beside it for the owner's number. Between the
 * two steps the mutex is taken and nobody's; a child that was forked there would wait for ever. The
 * mutex could only be tried, too, because who sleeps has to be detached from its host; and a mutex
 * that is only tried is a word.
 *
 * Where an operation takes effect: at its one access.
 */
#ifndef AFIELD_LOCKED_CORE_H
#define AFIELD_LOCKED_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__locked_owner;

/*
 * Acquire: pairs with the store of give_back. If it were relaxed, the value could be read as it was
 * before the last turn, or be overwritten by it.
 *   Beside it: everything here. Progress: wait-free. Returns false while anybody has the lock.
 */
static inline bool afield__locked_take(afield__locked_owner *owner, uint64_t self)
{
	uint64_t nobody = 0;

	return AFIELD_COMPARE_EXCHANGE(owner, &nobody, self, acquire);
}

/*
 * Release, for what was written in the turn: pairs with take. Seq_cst, so that it comes before the
 * look for waiters; if it were weaker, that look and the waiter's could both see the old value.
 * This thread has the lock.
 */
static inline void afield__locked_give_back(afield__locked_owner *owner)
{
	AFIELD_STORE(owner, 0, seq_cst);
}

/* Who has the lock, for a thread that will wait. Seq_cst, as afield_wait asks: pairs with
 * give_back. */
static inline uint64_t afield__locked_look(const afield__locked_owner *owner)
{
	return AFIELD_LOAD(owner, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
