/* SPDX-License-Identifier: MIT */
/*
 * atomic_wait: waiting for an atomic field to change, for atomic.h, which includes it.
 *
 * A thread waits while the field holds the value that it names; whoever changes the field says so
 * by notify_one or notify_all. Stores do not notify by themselves: they are C11's and cost no more.
 * The field has no room for its waiters; they are counted in one of 64 places that all words of the
 * process share (afield_waiters_of).
 *
 * When to use it: for a state or a count that one thread waits for now and then. When not: for a
 * flag that is set once for many (event), or a field that changes all the time: each notify then
 * costs a fence, and wakes who waits for other words in the same place, too.
 *
 * Synchronization: wait and notify run beside every operation of the field but fini, and beside
 * each other.
 *
 *	while ((seen = afield_u32_load(&state)) == BUSY)
 *		afield_u32_wait(&state, BUSY, NULL);         // in the thread that waits
 *	afield_u32_store_release(&state, IDLE);              // in the one that changes it
 *	afield_u32_notify_all(&state);
 *
 * Why no wake-up is lost, whatever the order of the store: notify has a full fence between the
 * store and its look at the count of waiters, and a waiter counts itself in before it looks at the
 * field. So at least one of the two sees the other.
 *
 * Source: the meaning is that of std::atomic::wait in C++20, with a deadline.
 */
#ifndef AFIELD_ATOMIC_WAIT_H
#define AFIELD_ATOMIC_WAIT_H

#include <stddef.h>
#include <time.h>

#include <afield/detail/export.h>
#include <afield/ordering.h>
#include <afield/wait.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Waits until the `size` bytes of the field are no longer those at `old`. */
AFIELD_EXPORT int afield__atomic_wait(const void *field, size_t size, const void *old,
				      const struct timespec *deadline);

static inline void afield__atomic_notify(const void *field)
{
	afield_wake_after_store(afield_waiters_of(field));
}

#ifdef __cplusplus
}
#endif

/*
 * int  name_wait(const name *, T old, const struct timespec *deadline)
 * void name_notify_one(name *)
 * void name_notify_all(name *)
 *
 * wait: returns when the field does not hold `old`, byte for byte. It may miss a change that is
 * undone before it looks. `deadline` is a time of CLOCK_MONOTONIC (afield_deadline makes one), or
 * NULL to wait forever.
 *   Concurrent with it: everything but fini. Progress: wait-free when the field holds another
 *   value, otherwise blocking; detached from the host while it sleeps. Ordering: seq_cst, as a bare
 *   load.
 *   Returns 0; -ETIMEDOUT when the deadline passed; -EINTR when the host ended the wait.
 * notify_one, notify_all: send those who wait for this field to look at it again: at least one of
 * them, or all. Both wake all: a single wake might go to a thread that waits for another word in
 * the same place, or for another value of this one.
 *   Concurrent with it: everything but fini. Progress: wait-free when nobody waits, otherwise one
 *   system call. Ordering: seq_cst, and a fence: no store before it, of any order, comes later.
 *   Never fails.
 */
#define AFIELD__ATOMIC_WAIT(name)                                                               \
	AFIELD__INLINE(int name##_wait(const name *field, name##_value old,                     \
				       const struct timespec *deadline),                        \
		       return afield__atomic_wait(field, sizeof(field->word), &old, deadline)); \
	AFIELD__INLINE(void name##_notify_one(name *field), afield__atomic_notify(field));      \
	AFIELD__INLINE(void name##_notify_all(name *field), afield__atomic_notify(field))

#endif
