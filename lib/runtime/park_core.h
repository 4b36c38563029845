/* SPDX-License-Identifier: MIT */
/*
 * park_core: a wake of one, on the word of ConcurrencyKit's event count. For park_ck.c and the
 * litmus programs.
 *
 * A thread that is about to sleep reads a number, looks at the state once more, and sleeps only as
 * long as the number is the one that it read. Who wakes changes the state, then raises the number,
 * and then wakes. So a thread that is half asleep is missed by nobody: it finds another number, and
 * stays up.
 *
 * The word is a number of 31 bits, which every wake raises, and a top bit: set, somebody may be
 * asleep. The event count's own wake clears the bit and wakes everybody. A wake of one that cleared
 * it would hide those who sleep on from the next wake. So it leaves the bit alone as long as there
 * is somebody to wake, and where there is not, does what the event count does: it clears the bit
 * and wakes everybody, for a sleeper may have come in between. A burst of wakes thus costs one
 * system call for each sleeper and two more, however long it is.
 *
 * The obvious code clears the bit, wakes one, and lets whoever wakes set it again. A second wake
 * that comes between the two finds no bit, and the second sleeper sleeps forever.
 */
#ifndef AFIELD_LIB_PARK_CORE_H
#define AFIELD_LIB_PARK_CORE_H

#include <limits.h>

#include <afield/ordering.h>

#define AFIELD__PARK_ASLEEP (UINT32_C(1) << 31)

typedef AFIELD_ATOMIC(uint32_t) afield__park_word;

/*
 * Raises the number and wakes one sleeper. `wake` wakes up to `most` threads that sleep on the word
 * and returns how many there were.
 *   Concurrent with: everything on the word. Progress: wait-free, and up to two system calls.
 *   (1) release, pairs with afield__park_value in park_ck.c, which a waiter calls before its look
 *   at the state. Were it weaker, a waiter could read the new number and still the old state, and
 *   sleep through this wake.
 */
static inline void afield__park_raise_for_one(afield__park_word *word,
					      int (*wake)(const void *word, int most))
{
	uint32_t before = AFIELD_FETCH_ADD(word, 1, release);

	if (!(before & AFIELD__PARK_ASLEEP))
		return;
	if (AFIELD_MUTANT("clear_the_bit_first")) {
		AFIELD_FETCH_AND(word, ~AFIELD__PARK_ASLEEP, relaxed);
		wake(word, 1);
		return;
	}
	/* The last number of all: adding one has carried the bit away. */
	if (before != UINT32_MAX && wake(word, 1) != 0)
		return;
	/* Relaxed: the kernel's lock is between this and the look of who goes to sleep. */
	AFIELD_FETCH_AND(word, ~AFIELD__PARK_ASLEEP, relaxed);
	if (!AFIELD_MUTANT("drop_the_last_wake"))
		wake(word, INT_MAX);
}

#endif
