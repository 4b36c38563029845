/* SPDX-License-Identifier: MIT */
/*
 * locked: a struct and its mutex, with no way to the struct but through the lock.
 *
 * When to use it: for a value that is worked on in place for longer than a copy takes, or that
 * cannot be copied at all: a handle of a library that is not thread-safe, a buffer, several members
 * that change together. When not: for a value of at most eight bytes (atomic), for one that is read
 * more than written and can be copied (seqlock), or for a large one that readers hold for long
 * (rcu; rwlocked if it must be changed in place).
 *
 *   AFIELD_TYPE(stream_locked, locked, struct stream);               copied by load and store, too
 *   AFIELD_TYPE(stream_locked, locked, struct stream, stream_free);  owned: fini frees it
 *   AFIELD_TYPE(stream_locked, locked, struct stream, stream_free, stream_visit);
 *                                               it keeps objects of the host, too (inline_value.h)
 *
 * The lock is one word, which is its holder's number (locked_core.h). A thread that has to wait is
 * detached from its host (a Python interpreter) while it sleeps and takes the lock only when it is
 * attached again, so that no lock is ever held by a thread that cannot go on. A thread that comes
 * back to a lock it holds is told so. The field is 16 bytes and the value.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                                                  [1] [2] [3] [4]
 *   [1] lock, load, store, exchange, update         w   t   -   X    (- runs concurrently, w waits
 *   [2] try_lock                                    t   t   -   X     for its turn, t returns at
 *   [3] is_mine                                     -   -   -   X     once, X needs exclusion)
 *   [4] fini                                        X   X   X   X
 *
 * Orders: each critical section happens before the next. All operations are linearizable in real
 * time; one linearizes between its lock and its unlock.
 *
 *	static stream_locked field;
 *	AFIELD_LOCKED(stream_locked, stream, &field)
 *	{
 *		stream->position += 1;
 *	}
 *
 * Limits: the lock is not fair; a thread that always comes back at once may keep others out for
 * long. While a lock is held, do not call into the host: what it does may wait for a thread that
 * waits for this lock. In the child of a fork, a lock that another thread held is not waited for
 * (-EOWNERDEAD), whatever that thread was doing, until name_reset_orphans gives it back with the
 * value as that thread left it. A lock of the thread that forked stays that thread's.
 *
 * Sources: the error-checking and the robust mutexes of POSIX, which also know their owner; the
 * idea, data inside its lock, is that of Rust's Mutex<T>.
 */
#ifndef AFIELD_LOCKED_H
#define AFIELD_LOCKED_H

#include <afield/detail/locked_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_locked (AFIELD__LOCKED)

/*
 * AFIELD_TYPE(name, locked, T), (name, locked, T, destructor), (..., destructor, visit) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   T   *name_lock(name *)
 *   T   *name_try_lock(name *)
 *   void name_unlock(name *)
 *   bool name_is_mine(const name *)
 *   int  name_reset_orphans(name *)
 *   int  name_update(name *, bool (*change)(T *value, void *argument), void *argument)
 *   int  name_exchange(name *, T *value)
 *   int  name_load(name *, T *value)      without a destructor alone
 *   int  name_store(name *, T value)      without a destructor alone
 *   AFIELD_LOCKED(name, pointer, field) { ... }
 *   class name_guard                      in C++
 *   void name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * lock: the value, until name_unlock by the same thread.
 *   Concurrent with it: everything but fini. Progress: blocking; detached from the host while it
 *   sleeps.
 *   Ordering: acquire; what happened under the lock before is seen.
 *   Returns NULL when this thread holds the lock already (name_is_mine), or when its holder was
 *   orphaned by a fork.
 * try_lock: the same, but never waits.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: acquire.
 *   Returns NULL when any thread holds the lock.
 * unlock: releases the lock that this thread has. The field must live until it returns.
 *   Concurrent with it: everything but fini. Progress: wait-free when nobody waits, otherwise one
 *   system call. Ordering: release. This thread holds the lock.
 * is_mine: whether this thread holds the lock.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: none. Never fails.
 * reset_orphans: gives back a lock whose holder was orphaned by a fork. The value is as that thread
 * left it, which may be half of a change: who takes the lock next looks at it first.
 *   Concurrent with: everything but fini. Progress: wait-free. Ordering: release.
 *   Returns 1 when there was such a lock, otherwise 0.
 * update: calls change with the value itself, under the lock. `change` must not leave by
 * longjmp, use this field or call the host. An exception of C++ unlocks, and the value is as change
 * left it.
 *   Concurrent with it: everything but fini. Progress: blocking. Ordering: as lock and unlock.
 *   Returns 1 or 0, as change returned true or false, -EDEADLK or -EOWNERDEAD as load does.
 * load, store, exchange: copy the value out, replace it by a copy, swap it with *value.
 *   Concurrent with them: everything but fini. Progress: blocking. Ordering: as lock and unlock.
 *   Return 0; -EDEADLK when this thread holds the lock already; -EOWNERDEAD when its holder was
 *   orphaned by a fork. Nothing is changed then.
 * AFIELD_LOCKED: a block under the lock, left by any way, which is skipped where lock returns NULL.
 */
#define AFIELD__LOCKED(name, ...) \
	AFIELD__LOCKED_(AFIELD__COUNT(__VA_ARGS__), name, __VA_ARGS__, ~, ~)
#define AFIELD__LOCKED_(count, name, T, ...)                                                      \
	typedef T name##_value;                                                                   \
	typedef struct name {                                                                     \
		struct afield__locked lock;                                                       \
		name##_value value AFIELD_ZERO; /* the lock protects it */                        \
	} name;                                                                                   \
	AFIELD_INLINE_VALUE(count, name, T, __VA_ARGS__);                                         \
	AFIELD_GUARDED(name, name, name##_value, lock, name##_lock, afield__locked_lock,          \
		       name##_unlock, afield__locked_unlock);                                     \
	AFIELD_GUARDED_OPEN(name, name##_value, lock, name##_try_lock, afield__locked_try_lock);  \
	AFIELD_GUARDED_VALUES(count, name, lock, afield__locked_lock, afield__locked_unlock,      \
			      afield__locked_lock, afield__locked_unlock);                        \
	AFIELD__INLINE(bool name##_is_mine(const name *it),                                       \
		       return afield__locked_is_mine(&it->lock));                                 \
	AFIELD_GUARDED_RESET(name, lock, afield__locked_reset_orphans);                           \
	AFIELD_GUARDED_TABLE(count, name, T, "locked", afield__locked_fini, afield__locked_verbs, \
			     afield__locked_host_binding)

#define AFIELD_LOCKED(name, pointer, field) AFIELD_SCOPE(name, pointer, field)

#endif
