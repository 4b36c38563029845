/* SPDX-License-Identifier: MIT */
/*
 * once.c itself: in the child of a fork that left a half-made value behind, two threads want to
 * set it. What must hold in every execution: one of them does, the other is told, and the value is
 * the first one's: nothing of what was left behind, and nothing that the second has wiped.
 *
 * Not for GenMC: a wait is a loop here that has an exchange in it, and has no bound.
 * Not for relacy: once.c is C.
 */
#include "../../../tests/support/litmus.h"
#include "../once.h"

#include <afield/thread.h>

enum { GONE = 9 };
static _Thread_local uint64_t number;
#define afield_thread_id() number
#define afield_thread_is_gone(thread) ((thread) == GONE)
#define afield_wake(waiters) ((void)(waiters))
#define afield_wake_one(waiters) ((void)(waiters))
#include "../once.c"

/* In place of wait.c: who waits looks again and again, and is not to be woken. */
int afield_wait(struct afield_waiters *waiters, bool (*is_ready)(void *argument), void *argument,
		const struct timespec *deadline)
{
	while (!is_ready(argument))
		AFIELD_SPIN();
	return 0;
}

static struct afield__once once;
static long value[2];  /* plain */
static int results[2]; /* written by the thread with that number */

static void set(int self)
{
	const long source[2] = {self + 5, self + 5};

	number = (uint64_t)self + 1;
	results[self] = afield__once_set(&once, value, source, sizeof(value));
	assert(value[0] != 0 && value[0] == value[1]);
}

PROGRAM(two_take_over)
{
	int winner;

	AFIELD_STORE(&once.state, afield__once_busy(GONE), relaxed);
	value[0] = 42;
	RUN(set, set);
	winner = results[0] == 0 ? 0 : 1;
	assert(results[winner] == 0 && results[1 - winner] == -EEXIST);
	assert(value[0] == winner + 5);
}

PROGRAMS(two_take_over)
