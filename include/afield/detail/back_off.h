/* SPDX-License-Identifier: MIT */
/*
 * back_off: what a thread does that has lost an exchange of a word which others exchange, too.
 *
 * A word that two threads change in turn goes from one processor to the other each time, and so does
 * what it leads to: hundreds of nanoseconds for work of thirty. Who has lost stays away for a
 * moment, in which the winner does many operations in its own cache. That makes both faster, and it
 * is what an unfair mutex does. The moment is bounded, so lock-free stays lock-free.
 *
 *	unsigned spins = AFIELD__FIRST_SPINS;
 *
 *	while (!try_it(words))
 *		afield__back_off(&spins);        // a step that costs little to try again
 *
 * When to use it: in a writer, where a lost exchange means that another writer has won it. When
 * not: in a reader; where others wait for the loser, as for one that holds a lock; to wait for
 * another thread, which is wait.h.
 *
 * Synchronization: none; it touches no shared memory.
 */
#ifndef AFIELD_DETAIL_BACK_OFF_H
#define AFIELD_DETAIL_BACK_OFF_H

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD__FIRST_SPINS 16
/* Some microseconds on x86-64. More gains little, a quarter of it gains half. */
#ifndef AFIELD__MOST_SPINS /* a checker takes each of them for a wait */
#define AFIELD__MOST_SPINS 256
#endif

/* Stays away for so many pauses, and the next time for twice as many. */
static inline void afield__back_off(unsigned *spins)
{
	for (unsigned i = 0; i < *spins; i++)
		AFIELD_SPIN();
	if (*spins < AFIELD__MOST_SPINS)
		*spins *= 2;
}

/* The most at once, where what has to be done again is a copy. */
static inline void afield__back_off_long(void)
{
	unsigned spins = AFIELD__MOST_SPINS;

	afield__back_off(&spins);
}

#endif
