/* SPDX-License-Identifier: MIT */
/*
 * litmus_wait: a thread that sleeps and one that wakes it. The count and the order of the steps are
 * those of afield_wait and afield_wake; the sleep and the wake are two notes that are compared at
 * the end:
 *
 *	static bool is_taken(void) { ... }         the look of a thread that is counted already
 *	static void await(int self) { sleep_while(is_taken); }
 *	static void release(int self) { ...; wake(); }
 *
 *	RUN(release, await);
 *	assert_no_lost_wake();
 */
#ifndef AFIELD_TESTS_LITMUS_WAIT_H
#define AFIELD_TESTS_LITMUS_WAIT_H

#include "litmus.h"

static AFIELD_ATOMIC(uint32_t) count;
static int wakes;  /* written by the one who wakes */
static int sleeps; /* written by the one who waits */

/* Before each round of a program that has several. */
static void begin_round(void)
{
	wakes = 0;
	sleeps = 0;
	AFIELD_STORE(&count, 0, relaxed);
}

static void wake(void)
{
	if (!AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&count, seq_cst) != 0)
		wakes = 1;
}

static void sleep_while(bool (*has_to_wait)(void))
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (!is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
	if (has_to_wait())
		sleeps = 1;
	if (is_late)
		AFIELD_FETCH_ADD(&count, 1, seq_cst);
}

/* As afield_wait: it looks before it counts itself in, too. */
static void look_and_sleep_while(bool (*has_to_wait)(void))
{
	if (has_to_wait())
		sleep_while(has_to_wait);
}

static void assert_no_lost_wake(void)
{
	assert(!sleeps || wakes);
}

#endif
