/* SPDX-License-Identifier: MIT */
/*
 * rwlocked_core: one word that is the lock, counts its readers and names its writer. For
 * rwlocked.h, rwlocked.c and the litmus programs.
 *
 * Readers are counted: each adds one to the word when it enters, and takes one off when it leaves.
 * A writer enters when the count is nothing, and then the word carries the writer's number; as long
 * as that is there, nobody else enters. Who enters has one step of the processor do it, which
 * changes nothing unless the word is what the thread saw before.
 *
 *   bits 0 to 31           so many have a read lock
 *   bits 32 to 62          in this generation of processes (afield_fork_generation, thread.h)
 *   the top bit + number   the thread of that number has the write lock (thread.h)
 *
 * Zero is free in the process that loaded the library. A process whose generation is another finds
 * the word free as long as it is neither a writer's nor has readers of that generation: readers of
 * an older one are threads orphaned by a fork, whose count nobody takes back, and who have
 * changed nothing. Those of the thread that forked are counted anew when the child begins
 * (rwlocked.c).
 *
 * A writer names itself by the access that takes the lock, and takes its name back by the one that
 * gives the lock back; so there is no instant in which a writer is in and nobody knows who. A child
 * process depends on that, as locked_core.h says. Readers are many and have no room for names.
 *
 * A reader enters by a compare-exchange, not by an addition, because an addition that fails would
 * change the writer's number.
 *
 * Where an operation linearizes: at its one access that changes the word, and one that fails, at
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
#define AFIELD__RWLOCKED_READERS UINT64_C(0xffffffff)

/* The word while nobody has the lock. It has been something else in older generations. */
static inline uint64_t afield__rwlocked_free(uint64_t generation)
{
	return generation << 32 & ~AFIELD__RWLOCKED_WRITER;
}

/* How many of this generation have a read lock, in a word that was seen. */
static inline uint64_t afield__rwlocked_readers(uint64_t seen, uint64_t generation)
{
	return (seen & ~AFIELD__RWLOCKED_READERS) == afield__rwlocked_free(generation)
		       ? seen & AFIELD__RWLOCKED_READERS
		       : 0;
}

/* The writer's number in a word that was seen, or 0. */
static inline uint64_t afield__rwlocked_writer(uint64_t seen)
{
	return seen < AFIELD__RWLOCKED_WRITER ? 0 : seen & ~AFIELD__RWLOCKED_WRITER;
}

/*
 * (1) acquire, pairs with (4) (5). If it were relaxed, the value could be read as it was before the
 * writer's critical section, or in the middle of it. The look before is a guess that the exchange
 * tests.
 *   Concurrent with it: everything here. Progress: lock-free. Returns false while there is a
 *   writer.
 */
static inline bool afield__rwlocked_enter_read(afield__rwlocked_word *state, uint64_t generation)
{
	uint64_t seen = AFIELD_LOAD(state, relaxed);

	while (seen < AFIELD__RWLOCKED_WRITER) {
		uint64_t readers = afield__rwlocked_readers(seen, generation);

		if (AFIELD_COMPARE_EXCHANGE(
			    state, &seen, afield__rwlocked_free(generation) + readers + 1, acquire))
			return true;
	}
	return false;
}

/*
 * (2) seq_cst, pairs with (3), ordered with (6). Relaxed, the writes of the next writer could be
 * seen by this thread's reads. Seq_cst, so that it comes before the look for waiters (wait.h).
 *   Concurrent with it: everything here. Progress: wait-free. This thread has a read lock.
 *   Returns whether it was the last one: no writer can go on before.
 */
static inline bool afield__rwlocked_leave_read(afield__rwlocked_word *state)
{
	return AFIELD_FETCH_SUB(state, 1, seq_cst) == 1;
}

/*
 * (3) acquire, pairs with (2) (4) (5). If it were relaxed, this thread's writes could come before
 * reads of the critical section that has just ended, or be overwritten by the critical section of
 * the writer before.
 *   Concurrent with it: everything here. Progress: wait-free. Returns false while anybody has the
 *   lock.
 */
static inline bool afield__rwlocked_enter_write(afield__rwlocked_word *state, uint64_t self,
						uint64_t generation)
{
	uint64_t seen = afield__rwlocked_free(generation);

	/* Twice at most: once a word of an older generation is another, it is never old again. */
	while (!AFIELD_COMPARE_EXCHANGE(state, &seen, AFIELD__RWLOCKED_WRITER | self, acquire))
		if (seen >= AFIELD__RWLOCKED_WRITER || afield__rwlocked_readers(seen, generation))
			return false;
	return true;
}

/*
 * (4) seq_cst, pairs with (1) (3), ordered with (6). It releases what was written in the critical
 * section; seq_cst, so that it comes before the look for waiters (wait.h). This thread has the
 * write lock, and so nobody else writes the word.
 */
static inline void afield__rwlocked_leave_write(afield__rwlocked_word *state, uint64_t generation)
{
	AFIELD_STORE(state, afield__rwlocked_free(generation), seq_cst);
}

/*
 * Gives the write lock of `writer` back, orphaned by a fork, for every thread to take.
 *   (5) release, pairs with (1) (3). If it were relaxed, the next one could miss what this thread
 *   did before, whose business it was to know that nobody else would.
 *   Concurrent with: everything here. Progress: wait-free. Returns false when that is not so.
 */
static inline bool afield__rwlocked_disown(afield__rwlocked_word *state, uint64_t writer,
					   uint64_t generation)
{
	uint64_t orphaned = AFIELD__RWLOCKED_WRITER | writer;

	return AFIELD_COMPARE_EXCHANGE(state, &orphaned, afield__rwlocked_free(generation),
				       release);
}

/*
 * The word, for a thread that will wait.
 *   (6) seq_cst, ordered with (2) (4), as afield_wait asks (wait.h): this look comes behind the
 *   thread's count, as the look for waiters comes behind a leaving.
 */
static inline uint64_t afield__rwlocked_load(const afield__rwlocked_word *state)
{
	return AFIELD_LOAD(state, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
