/*
 * rwlocked_core: one word that is the lock, counts its readers and names its writer. For
 * rwlocked.h, rwlocked.c and the litmus programs.
 *
 *   0                      nobody has it
 *   1 to 2^63 - 1          so many have a read lock
 *   the top bit + number   the thread of that number has the write lock (thread.h)
 *
 * A writer names itself by the access that takes the lock, and takes its name back by the one that
 * gives the lock back; so there is no instant in which a writer is in and nobody knows who. A child
 * process depends on that, as locked_core.h says. Readers are many and have no room for names.
 *
 * A reader enters by a compare-exchange, not by an addition, because an addition that fails would
 * change the writer's number.
 *
 * Where an operation takes effect: at its one access that changes the word, and one that fails, at
 * the access that saw why.
 */
#ifndef AFIELD_RWLOCKED_CORE_H
#define AFIELD_RWLOCKED_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__rwlocked_word;

#define AFIELD__RWLOCKED_WRITER (UINT64_C(1) << 63)

/* The writer's number in a word that was seen, or 0. */
static inline uint64_t afield__rwlocked_writer(uint64_t seen)
{
	return seen < AFIELD__RWLOCKED_WRITER ? 0 : seen & ~AFIELD__RWLOCKED_WRITER;
}

/*
 * Acquire: pairs with the store of leave_write. If it were relaxed, the value could be read as it
 * was before that turn, or in the middle of it. The look before is a guess that the exchange tests.
 *   Beside it: everything here. Progress: lock-free. Returns false while there is a writer.
 */
static inline bool afield__rwlocked_enter_read(afield__rwlocked_word *state)
{
	uint64_t seen = AFIELD_LOAD(state, relaxed);

	while (seen < AFIELD__RWLOCKED_WRITER)
		if (AFIELD_COMPARE_EXCHANGE(state, &seen, seen + 1, acquire))
			return true;
	return false;
}

/*
 * Release: pairs with enter_write, whose writes could otherwise be seen by this thread's reads.
 * Seq_cst, so that it comes before the look for waiters.
 *   Beside it: everything here. Progress: wait-free. This thread has a read lock.
 */
static inline void afield__rwlocked_leave_read(afield__rwlocked_word *state)
{
	AFIELD_FETCH_SUB(state, 1, seq_cst);
}

/*
 * Acquire: pairs with both leaves. If it were relaxed, this thread's writes could come before reads
 * of the turn that has just ended, or be overwritten by the turn of the writer before.
 *   Beside it: everything here. Progress: wait-free. Returns false while anybody has the lock.
 */
static inline bool afield__rwlocked_enter_write(afield__rwlocked_word *state, uint64_t self)
{
	uint64_t nobody = 0;

	return AFIELD_COMPARE_EXCHANGE(state, &nobody, AFIELD__RWLOCKED_WRITER | self, acquire);
}

/*
 * Release, for what was written in the turn; seq_cst, so that it comes before the look for waiters.
 * This thread has the write lock, and so nobody else writes the word.
 */
static inline void afield__rwlocked_leave_write(afield__rwlocked_word *state)
{
	AFIELD_STORE(state, 0, seq_cst);
}

/* The word, for a thread that will wait. Seq_cst, as afield_wait asks: pairs with the leaves. */
static inline uint64_t afield__rwlocked_look(const afield__rwlocked_word *state)
{
	return AFIELD_LOAD(state, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
