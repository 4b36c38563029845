/* SPDX-License-Identifier: MIT */
/*
 * meet: two threads that come to something at the same instant, again and again.
 *
 *	for (long i = 0; i < rounds; i++) {
 *		meet(&arrivals, i);
 *		...
 *	}
 *
 * Synchronization: two threads, with one count, 0 at first. Nothing is ordered by it.
 */
#ifndef AFIELD_TESTS_MEET_H
#define AFIELD_TESTS_MEET_H

#include <afield/ordering.h>

#include <sched.h>

/* Returns when both are in round `i`. On one processor the other has to come first. */
static inline void meet(long *arrivals, long i)
{
	__atomic_fetch_add(arrivals, 1, __ATOMIC_RELAXED);
	for (int spins = 0; __atomic_load_n(arrivals, __ATOMIC_RELAXED) < 2 * (i + 1); spins++)
		if (spins > 1000)
			sched_yield();
		else
			AFIELD_SPIN();
}

#endif
