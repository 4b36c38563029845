/* SPDX-License-Identifier: MIT */
/*
 * once_core: one word that says whether a value is there. For once.h, once.c and the litmus
 * program.
 *
 * The first thread that wants the value writes its number into the word, makes the value, and then
 * writes SET. Others that come meanwhile find the number, and sleep until it goes. Who comes later
 * finds SET, and reads. When the making fails, the word is EMPTY again, and another one tries.
 *
 *   0            EMPTY: nobody has begun
 *   1            SET: the value is there, forever
 *   number + 1   BUSY: the thread of that number is making it (thread.h; numbers begin at 1)
 *
 * Moves: EMPTY to BUSY by the thread that will make the value (claim); BUSY to SET when it has
 * (publish), or back to EMPTY when it could not (abandon). In the child of a fork, BUSY with the
 * number of a thread that was left behind counts as EMPTY: claim takes the state it was seen in.
 *
 * Who may touch the value: while BUSY, the thread of the number alone; once SET, everybody, to read
 * it. While EMPTY, nobody.
 *
 * Where an operation linearizes: a setting one at its publish, a failing one at its look, a get
 * at its load.
 */
#ifndef AFIELD_ONCE_CORE_H
#define AFIELD_ONCE_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__once_state;

enum { AFIELD__ONCE_EMPTY = 0, AFIELD__ONCE_SET = 1 };

/* The state while the thread of this number makes the value. */
static inline uint64_t afield__once_busy(uint64_t owner)
{
	return owner + 1;
}

/*
 * (1) acquire, pairs with (4). If it were relaxed, the value could be read as it was before.
 *   Concurrent with it: everything here. Progress: wait-free.
 */
static inline bool afield__once_is_set(const afield__once_state *state)
{
	return AFIELD_LOAD(state, acquire) == AFIELD__ONCE_SET;
}

/*
 * The state, for a thread that will wait or claim.
 *   (2) seq_cst, pairs with (4), ordered with (4) (5), as afield_wait asks (wait.h): it comes
 *   behind this thread's count, as the look for waiters comes behind the publish. It is an acquire
 *   as well: who finds SET here reads the value.
 *   Concurrent with it: everything here. Progress: wait-free.
 */
static inline uint64_t afield__once_load(const afield__once_state *state)
{
	return AFIELD_LOAD(state, seq_cst);
}

/*
 * Makes this thread the one that makes the value, if the state is still as it was `seen`.
 *   (3) acquire, pairs with (5) of the thread that tried before. If it were relaxed, that thread's
 *   clean-up of the value could come after what this one writes. The look is an acquire, too, but
 *   of the EMPTY that it saw: the field may have been BUSY and EMPTY once more since.
 *   Concurrent with it: everything here. Progress: wait-free. Returns false when the state is
 *   another.
 */
static inline bool afield__once_claim(afield__once_state *state, uint64_t seen, uint64_t owner)
{
	return AFIELD_COMPARE_EXCHANGE(state, &seen, afield__once_busy(owner), acquire);
}

/*
 * The value is there. This thread has claimed the state.
 *   (4) seq_cst, pairs with (1) (2), ordered with (2). It releases the value; and seq_cst, so that
 *   it comes before the look for waiters (wait.h).
 */
static inline void afield__once_publish(afield__once_state *state)
{
	AFIELD_STORE(state, AFIELD__ONCE_SET, seq_cst);
}

/*
 * The value could not be made and its bytes are zero again.
 *   (5) seq_cst, pairs with (3), ordered with (2). It releases the clean-up; seq_cst as a publish.
 */
static inline void afield__once_abandon(afield__once_state *state)
{
	AFIELD_STORE(state, AFIELD__ONCE_EMPTY, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
