/* SPDX-License-Identifier: MIT */
/*
 * wait: the one place where afield blocks.
 *
 * A field that must wait (for a writer's lock, for a value to be there) keeps its state in words of
 * its own and a struct afield_waiters beside them. It waits until a function says that the state is
 * as it wants, and whoever changes the state wakes the waiters. Sleeping and waking go through
 * ConcurrencyKit's event count over futex; before a thread sleeps it is detached from its host, a
 * Python interpreter for example, by the hooks of host.h, so that no field can hold up the GIL or a
 * stop-the-world pause.
 *
 * When to use it: in a kind whose slow path waits. When not: on a fast path; try the state first.
 *
 *   1 = afield_wait, 2 = afield_wake, afield_wake_one, all on one struct afield_waiters: any number
 *   of each may run concurrently. afield_set_host runs concurrently with everything.
 *
 *	static bool is_open(void *gate)
 *	{
 *		return AFIELD_LOAD(&((struct gate *)gate)->open, seq_cst);
 *	}
 *	...
 *	afield_wait(&gate->waiters, is_open, gate, NULL);      // in the thread that waits
 *	AFIELD_STORE(&gate->open, 1, seq_cst);                 // in the thread that opens
 *	afield_wake(&gate->waiters);
 *
 * Why no wake-up is lost: the waiter counts itself, then looks at the state; the waker changes the
 * state, then looks at the count. All four accesses are seq_cst, so at least one of them sees the
 * other. With anything weaker both may see the old value, and the waiter sleeps forever.
 *
 * Which wake. afield_wake_one where every waiter waits for the same thing and the change is enough
 * for one of them: a value that one takes, a lock that one gets. afield_wake where it is enough for
 * all, or where some wait for something else: one alone might be woken that has no use for it.
 *
 * Cancellation: a wait is not a cancellation point. A thread that is cancelled (deferred, the
 * default) while it waits goes on waiting, and ends at its next cancellation point after the wait,
 * with what it waited for in its hands. Asynchronous cancellation is not allowed in any function of
 * afield. To end a wait from outside, use a deadline, or make the state true.
 *
 * Signals: a handler may wake, whatever it has interrupted, and must not wait: what it waits for
 * may be in the hands of the thread below it. Nor may a read section (reclaim.h): it would hold up
 * reclamation for as long.
 */
#ifndef AFIELD_WAIT_H
#define AFIELD_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <afield/host.h>
#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero is fresh: nobody waits. */
struct afield_waiters {
	AFIELD_ATOMIC(uint32_t) count; /* threads inside afield_wait; written by them */
	uint32_t event AFIELD_ZERO;    /* ConcurrencyKit's event count; lib/ alone touches it */
};

/*
 * Waits until ready(argument) returns true. `ready` reads the state with seq_cst order, may change
 * it (take a lock), never blocks, and is called by this thread while it is attached to its host.
 * `deadline` is a time of CLOCK_MONOTONIC, or NULL to wait forever. Nanoseconds that are negative
 * or a second and more are carried into the seconds. A sum below zero has passed; one of 68 years
 * and more since the clock began is forever. That holds for every deadline in afield.
 *   Concurrent with it: anything on the same waiters.
 *   Progress: blocking. It spins for a moment first.
 *   Ordering: that of `ready`.
 *   Returns 0 when ready returned true, -ETIMEDOUT when the deadline passed, -EINTR when the host
 *   asked this thread to stop waiting (a Python signal handler that raised).
 */
AFIELD_EXPORT int afield_wait(struct afield_waiters *waiters, bool (*ready)(void *argument),
			      void *argument, const struct timespec *deadline);

/*
 * The same without a deadline, and the host is not asked whether to stop: for an operation that has
 * no way to say that it was not done, where the state is sure to change soon.
 *   Concurrent with it: anything on the same waiters.
 *   Progress: blocking. It spins for a moment first.
 *   Ordering: that of `ready`.
 *   Returns when ready returned true.
 */
AFIELD_EXPORT void afield_wait_uninterrupted(struct afield_waiters *waiters,
					     bool (*ready)(void *argument), void *argument);

/*
 * The same with a deadline, as afield_wait has it.
 *   Concurrent with it: anything on the same waiters.
 *   Progress: blocking. It spins for a moment first.
 *   Ordering: that of `ready`.
 *   Returns true when ready returned true, false when the deadline passed.
 */
AFIELD_EXPORT bool afield_wait_uninterrupted_until(struct afield_waiters *waiters,
						   bool (*ready)(void *argument), void *argument,
						   const struct timespec *deadline);

/*
 * The deadline that is so many seconds from now, at *deadline: what a verb makes of its argument of
 * type code AFIELD_SECONDS.
 *   Concurrent with it: anything. Progress: wait-free. Ordering: none.
 *   Returns `deadline`, or NULL, which is to wait forever, when the seconds are negative, more
 *   than a century or not a number.
 */
AFIELD_EXPORT const struct timespec *afield_deadline(double seconds, struct timespec *deadline);

/*
 * A deadline as the paragraph at afield_wait reads it: a valid time at *normal.
 *   Concurrent with: anything. Progress: wait-free. Ordering: none.
 *   Returns `normal`, or NULL for one that is forever.
 */
#define AFIELD__DEADLINE_LAST INT32_MAX
AFIELD_EXPORT const struct timespec *afield__deadline_normal(const struct timespec *deadline,
							     struct timespec *normal);

/*
 * The waiters of a word that has no room for its own: one of a few that all words of the process
 * share, chosen by the word's address. A wake reaches those of other words as well, whose `ready`
 * sends them back to sleep.
 *   Concurrent with it: anything. Progress: wait-free. Ordering: none. Never fails.
 */
AFIELD_EXPORT struct afield_waiters *afield_waiters_of(const void *word);

/* Wakes every thread that sleeps on `waiters`, or one. Reached only when somebody waits. */
AFIELD_EXPORT void afield__wake_slow(struct afield_waiters *waiters);
AFIELD_EXPORT void afield__wake_one_slow(struct afield_waiters *waiters);

/*
 * Tells the waiters that the state has changed. The change before it is a seq_cst access.
 *   Concurrent with it: anything on the same waiters.
 *   Progress: wait-free when nobody waits: one load. Otherwise one system call.
 *   Ordering: seq_cst load of the count; pairs with the count in afield_wait.
 */
static inline void afield_wake(struct afield_waiters *waiters)
{
	if (AFIELD_LOAD(&waiters->count, seq_cst) != 0)
		afield__wake_slow(waiters);
}

/*
 * Tells one waiter that the state has changed: one that sleeps, if any does. The change before it
 * is a seq_cst access and is enough for one; see "Which wake" above. A waiter that is woken and
 * whose wait ends otherwise wakes the next; but one whose `ready` has returned true, with no use
 * for the state (out of memory), does so by itself: it calls this.
 *   Concurrent with: anything on the same waiters, also afield_wake.
 *   Progress: wait-free when nobody waits: one load. Otherwise up to two system calls.
 *   Ordering: as afield_wake.
 */
static inline void afield_wake_one(struct afield_waiters *waiters)
{
	if (AFIELD_LOAD(&waiters->count, seq_cst) != 0)
		afield__wake_one_slow(waiters);
}

/*
 * afield_wake when the change was an access of any order: the fence is between it and the look.
 *   Concurrent with it: as afield_wake. Progress: as afield_wake. Ordering: a seq_cst fence. It
 *   pairs with the count in afield_wait; were it weaker, the look at the count could come before
 *   the change.
 */
static inline void afield_wake_after_store(struct afield_waiters *waiters)
{
	AFIELD_FENCE(seq_cst, &waiters->count);
	afield_wake(waiters);
}

#ifdef __cplusplus
}
#endif

#endif
