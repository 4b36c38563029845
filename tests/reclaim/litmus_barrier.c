/* SPDX-License-Identifier: MIT */
/*
 * Who waits for what it has retired: one thread retires an object and waits for a round; another
 * runs two rounds. What must hold in every execution: when the round that is waited for has ended,
 * the object has been called back, and what the callback did is seen; who finds that no object
 * waits any more, and that no round is under way, sees the same; and who sleeps is woken by the end of the round.
 */
#include "litmus_retired_list.h"

static struct afield__rounds rounds;
static AFIELD_ATOMIC(uint32_t) waiters;
static int called;         /* plain: written by the callback */
static int wakes[3];       /* by the number of the round; written by who runs it */
static uint64_t waits_for; /* written by who sleeps */

static void retire_and_wait(int self)
{
	uint64_t number;

	push(0);
	number = afield__round_after(&rounds);
	if (AFIELD_MUTANT("wait_for_the_round_that_runs"))
		number--;
	if (afield__retired_list_is_empty(&retired_list) &&
	    (AFIELD_MUTANT("look_at_no_round") || afield__rounds_are_over(&rounds)))
		assert(called == 1);
	AFIELD_FETCH_ADD(&waiters, 1, seq_cst);
	if (afield__round_has_ended(&rounds, number))
		assert(called == 1);
	else
		waits_for = number;
}

static void run_rounds(int self)
{
	for (int i = 1; i <= 2; i++) {
		afield__round_begin(&rounds);
		if (count(afield__retired_list_take(&retired_list)) == 1)
			called = 1;
		afield__round_end(&rounds);
		wakes[i] = !AFIELD_MUTANT("miss_the_wake") && AFIELD_LOAD(&waiters, seq_cst) != 0;
	}
}

PROGRAM(wait_for_a_round)
{
	begin();
	AFIELD_STORE(&waiters, 0, relaxed);
	AFIELD_STORE(&rounds.begun, 0, relaxed);
	AFIELD_STORE(&rounds.ended, 0, relaxed);
	RUN(retire_and_wait, run_rounds);
	assert(waits_for == 0 || waits_for > 2 || wakes[waits_for]);
}

PROGRAMS(wait_for_a_round)
