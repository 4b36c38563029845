/* SPDX-License-Identifier: MIT */
/*
 * event: a flag that threads can wait for.
 *
 * When to use it: for "the connection is up", "the cache is warm", "stop now": something that many
 * threads wait for and one, or several, announce. It stays set until it is cleared. When not: to
 * wait for a number to change (atomic's wait), for a value to be made (once), or to hand over one
 * thing to one thread (a ring or a queue).
 *
 *   AFIELD_TYPE(ready_event, event, bool);      afield_event is ready made
 *
 * The names are those of Python's threading.Event. Every thread that waits when the event is set
 * goes on, even if the event is cleared before that thread runs again: a pulse, set and then clear,
 * wakes everybody who waited and nobody who comes later. The field is 16 bytes, and zero is an
 * event that is not set.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                          [1] [2] [3]
 *   [1] is_set, set, clear  -   -   X     (- runs concurrently, X needs exclusion)
 *   [2] wait                -   -   X
 *   [3] fini                X   X   X
 *
 * Orders: all operations are linearizable. What a thread did before set happens before
 * what another does after a wait, an is_set or a clear that sees it, also when the event was set
 * already. So a consumer that clears first and then looks for work, and waits when there is none,
 * never sleeps beside work whose producer set the event behind it.
 *
 *	afield_event ready = {0};
 *	afield_event_set(&ready);                                    // in the thread that announces
 *	if (afield_event_wait(&ready, NULL) == 0) ...                // in those that wait
 *
 * The obvious code, a bool and a condition variable, costs the setter a lock when nobody waits; a
 * bool and a futex alone loses the pulse.
 *
 * Limits: set wakes all who wait, one system call for all. In the child of a fork an event is as it
 * was; threads that waited in the parent do not exist there.
 *
 * Sources: the operations are those of threading.Event; event_core.h has the protocol.
 */
#ifndef AFIELD_EVENT_H
#define AFIELD_EVENT_H

#include <afield/detail/event_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_event (AFIELD__EVENT)

/*
 * AFIELD_TYPE(name, event, bool) declares
 *   typedef bool name_value; typedef struct name { ... } name;
 *   bool name_is_set(const name *)
 *   void name_set(name *)
 *   void name_clear(name *)
 *   int  name_wait(name *, const struct timespec *deadline)
 *   void name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * is_set: whether the event is set.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: seq_cst. Never fails.
 * set, clear: the event is set, or is not, afterwards. set wakes those who wait.
 *   Who wakes does not know that set has returned: the field stays until it has.
 *   Concurrent with it: everything but fini. Progress: wait-free where the processor has the
 *   instruction, as x86-64 has, and lock-free otherwise; when somebody waits, set makes one system
 *   call.
 *   Ordering: seq_cst. Never fails.
 * wait: returns when the event is set, or has been at any moment since the call. `deadline` is a
 * time of CLOCK_MONOTONIC (afield_deadline makes one), or NULL to wait forever; a deadline in the
 * past makes it a look.
 *   Concurrent with it: everything but fini. Progress: wait-free when the event is set, otherwise
 *   blocking; detached from the host while it sleeps. Ordering: seq_cst.
 *   Returns 0; -ETIMEDOUT when the deadline passed; -EINTR when the host ended the wait.
 */
#define AFIELD__EVENT(name, T)                                                               \
	typedef T name##_value;                                                              \
	typedef struct name {                                                                \
		struct afield__event event;                                                  \
	} name;                                                                              \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(T) == AFIELD_BOOL,                                   \
		       "afield: the event '" #name "' holds a '" #T "'; an event is set or " \
		       "not, so write AFIELD_TYPE(" #name ", event, bool)");                 \
	AFIELD__EVENT_OPERATIONS(name);                                                      \
	AFIELD__EVENT_TABLE(name)

AFIELD_TYPE(afield_event, event, bool);

#endif
