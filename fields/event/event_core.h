/* SPDX-License-Identifier: MIT */
/*
 * event_core: one word that says whether an event is set, and whether it has been since a look. For
 * event.h, event.c and the litmus programs.
 *
 * An event is clear or set, and threads wait for it to be set. One that waits keeps the word that
 * it saw and sleeps until the word is another. A bit alone would not do: set and cleared quickly,
 * the word would be what it was, and the sleeper would never know. So each clear also counts, and
 * the word is never again what it was when the sleeper saw it.
 *
 *   bit 0            the event is set
 *   the other bits   how often a set event was cleared
 *
 * Moves: set makes an even word odd, clear makes an odd one even by adding one, so that a word that
 * has changed since it was seen even says: the event has been set since. A thread that waits keeps
 * the even word it saw, and a set that is followed by a clear at once does not pass it by. The 63
 * bits of the count are not used up by anything that clears once in a nanosecond for 290 years.
 *
 * Where an operation linearizes: set and is_set at their access, clear at its exchange; a clear
 * that finds the event clear at its load; one whose exchange fails at the exchange of the other
 * clear, which fell between its load and its exchange.
 */
#ifndef AFIELD_EVENT_CORE_H
#define AFIELD_EVENT_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__event_word;

/*
 * The word, for is_set and for a thread that will wait.
 *   (1) seq_cst, pairs with (2), ordered with (2) (4). Before the set the setter wrote what this
 *   thread will read; relaxed, that could come late. Seq_cst, as afield_wait asks (wait.h): the
 *   look comes behind this thread's count, as the look for waiters comes behind the set.
 *   Concurrent with it: everything here. Progress: wait-free.
 */
static inline uint64_t afield__event_state(const afield__event_word *word)
{
	return AFIELD_LOAD(word, seq_cst);
}

static inline bool afield__event_is_set(uint64_t seen)
{
	return (seen & 1) != 0;
}

/*
 * Sets the event. It writes the word also when the event is set already. A set that were no more
 * than a look then would lose news: the setter's data waits in its store buffer, it finds the event
 * set and leaves; a consumer clears the event, finds no data and goes to sleep. Since both write
 * the word, the clear is either before the set, and the event stays set, or behind it, and sees the
 * data.
 *   (2) seq_cst, pairs with (1) (3) (4), ordered with (1) (3). If it were no release, the data of
 *   the setter could come late. Seq_cst, so that it comes before the look for waiters (wait.h);
 *   with less, a sleeper could be missed.
 *   Concurrent with it: everything here. Progress: wait-free where the processor has the
 *   instruction.
 */
static inline void afield__event_set(afield__event_word *word)
{
	AFIELD_FETCH_OR(word, 1, seq_cst);
}

/*
 * Clears the event. No loop: only another clear can have changed an odd word, and then that one has
 * done it; the failed exchange sees what it saw.
 *   Concurrent with it: everything here. Progress: wait-free where the processor has the
 *   instruction.
 */
static inline void afield__event_clear(afield__event_word *word)
{
	/* (3) seq_cst, pairs with (2), ordered with (2). Relaxed, work could be missed: see set.
	 * With acquire, a clear that finds the event clear could stand before a set that another
	 * event puts behind it. */
	uint64_t seen = AFIELD_LOAD(word, seq_cst);

	/* (4) seq_cst, pairs with (2), ordered with (1). Relaxed: as (3). With less than seq_cst,
	 * two threads that each clear an event and look at the other's could both find it set. */
	if (afield__event_is_set(seen))
		(void)AFIELD_COMPARE_EXCHANGE(word, &seen, seen + 1, seq_cst);
}

#ifdef __cplusplus
}
#endif

#endif
