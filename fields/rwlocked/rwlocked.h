/* SPDX-License-Identifier: MIT */
/*
 * rwlocked: a struct and its reader-writer lock, with no way to the struct but through the lock.
 *
 * When to use it: for a value that threads read in place for long (microseconds and more: a search
 * in a table, a walk over a buffer) while it seldom changes, and that cannot be copied. When not:
 * for short reads. A read lock is two locked instructions on a word that all readers share, so that
 * readers of one field slow each other down as writers do; locked is then no slower and simpler.
 * For a value that can be copied, seqlock reads without writing anything shared; for a large one
 * that is replaced whole, rcu does. rwlocked.md has the numbers.
 *
 *   AFIELD_TYPE(table_rw, rwlocked, struct table);               copied by load and store, too
 *   AFIELD_TYPE(table_rw, rwlocked, struct table, table_free);   owned: fini frees it
 *   AFIELD_TYPE(table_rw, rwlocked, struct table, table_free, table_visit);
 *                                           it keeps objects of the host, too (inline_value.h)
 *
 * The lock is one word (rwlocked_core.h). Writers are preferred: readers that come while a writer
 * waits let it go first. That is a courtesy with an end: a writer is owed its turn while it sleeps,
 * and for ten milliseconds from when it is woken, so that one which never comes back from its host
 * (a Python interpreter that shuts down) holds nobody up. A thread that reads any rwlocked field
 * already owes nothing to writers, so that a read section inside another cannot wait for itself.
 * Waits are detached from the host, and no lock is held by a thread that waits to attach. The
 * field is 40 bytes and the value.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                                                      [1] [2] [3] [4] [5]
 *   [1] read_lock, load                                 -   w   -   t   X   (- runs concurrently, w
 *   [2] write_lock, store, exchange, update             w   w   t   t   X    waits for its turn,
 *   [3] try_read_lock                                   -   t   -   t   X    t returns at once,
 *   [4] try_write_lock                                  t   t   t   t   X    X needs exclusion)
 *   [5] fini                                            X   X   X   X   X
 *
 * Orders: a writer's critical section happens before every later one, and after every earlier one.
 * All operations are linearizable; one linearizes between its lock and its unlock.
 *
 *	static table_rw field;
 *	AFIELD_WRITING(table_rw, table, &field)
 *	{
 *		table->size = 1;
 *	}
 *	AFIELD_READING(table_rw, table, &field)
 *	{
 *		seen = table->size;
 *	}
 *
 * Limits: writers that come without a pause keep readers out. A thread has at most 32 read locks at
 * a time. While a lock is held, do not call into the host. In the child of a fork, read locks of
 * threads that it does not have count for nothing; a write lock that one of them had is not waited
 * for (-EOWNERDEAD) until name_reset_orphans gives it back, with the value as that thread left it.
 * What the thread that forked had it keeps.
 *
 * Sources: POSIX reader-writer locks. A pthread rwlock would not do under it: it does not say who
 * has it at every instant, which a child of a fork has to know, and glibc's preference for writers
 * needs an initializer that is not zero and works among threads that sleep in the lock, which ours
 * do not.
 */
#ifndef AFIELD_RWLOCKED_H
#define AFIELD_RWLOCKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/thread.h>
#include <afield/detail/guard.h>
#include <afield/wait.h>

#include <afield/detail/rwlocked_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What every rwlocked field begins with. */
struct afield__rwlocked {
	afield__rwlocked_word state;   /* the lock; written by who enters and leaves */
	afield__rwlocked_word waiting; /* the number of a writer that waits, or 0; written by it */
	afield__rwlocked_word promise; /* it is owed its turn until then; written under the lock */
	struct afield_waiters readers;
	struct afield_waiters writers;
};

/* The work; the errors are those of name_load. The tries return -EBUSY for all of them. */
AFIELD_EXPORT int afield__rwlocked_read_lock(struct afield__rwlocked *lock);
AFIELD_EXPORT int afield__rwlocked_write_lock(struct afield__rwlocked *lock);
AFIELD_EXPORT int afield__rwlocked_try_read_lock(struct afield__rwlocked *lock);
AFIELD_EXPORT int afield__rwlocked_try_write_lock(struct afield__rwlocked *lock);
AFIELD_EXPORT void afield__rwlocked_read_unlock(struct afield__rwlocked *lock);
AFIELD_EXPORT void afield__rwlocked_write_unlock(struct afield__rwlocked *lock);
AFIELD_EXPORT int afield__rwlocked_reset_orphans(struct afield__rwlocked *lock);

/* What the tables of this kind's types point to. */
AFIELD_EXPORT void afield__rwlocked_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_host_binding afield__rwlocked_host_binding;
AFIELD_EXPORT extern const struct afield_verb afield__rwlocked_verbs[1];

/*
 * The question needs no order. A thread asks whether the number is its own: that it has written
 * itself, or has overwritten since.
 */
static inline bool afield__rwlocked_is_mine(const struct afield__rwlocked *lock)
{
	return afield__rwlocked_writer(AFIELD_LOAD(&lock->state, relaxed)) == afield_thread_id();
}

#ifdef __cplusplus
}
#endif

#define AFIELD_KIND_rwlocked (AFIELD__RWLOCKED)

/*
 * AFIELD_TYPE(name, rwlocked, T), (..., T, destructor), (..., T, destructor, visit) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   const T *name_read_lock(name *)      const T *name_try_read_lock(name *)
 *   void     name_read_unlock(name *)
 *   T       *name_write_lock(name *)     T *name_try_write_lock(name *)
 *   void     name_write_unlock(name *)
 *   bool     name_is_mine(const name *)
 *   int      name_reset_orphans(name *)
 *   int      name_update(name *, bool (*change)(T *value, void *argument), void *argument)
 *   int      name_exchange(name *, T *value)
 *   int      name_load(name *, T *value)      without a destructor alone
 *   int      name_store(name *, T value)      without a destructor alone
 *   AFIELD_READING(name, pointer, field) { ... }     AFIELD_WRITING(name, pointer, field) { ... }
 *   class name_read_guard, name_write_guard          in C++
 *   void     name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * read_lock: the value, for reading beside other readers, until name_read_unlock by this thread.
 *   Concurrent with it: everything but fini. Progress: blocking; detached from the host while it
 *   sleeps.
 *   Ordering: acquire; what writers did before is seen.
 *   Returns NULL when this thread has the write lock, when its holder was orphaned by a fork, or
 *   when this thread has 32 read locks.
 * write_lock: the value alone, until name_write_unlock by this thread.
 *   Concurrent with it: everything but fini. Progress: blocking; detached from the host while it
 *   sleeps.
 *   Ordering: acquire; what readers and writers did before is over.
 *   Returns NULL when this thread has the write lock or a read lock of this field, or when the
 *   holder was orphaned by a fork.
 * try_read_lock, try_write_lock: the same, but never wait.
 *   Concurrent with them: everything but fini. Progress: lock-free. Ordering: acquire.
 *   Return NULL when they would have to wait or when the waiting form would return NULL.
 * read_unlock, write_unlock: release the lock that this thread has. The field must live until they
 * return.
 *   Concurrent with them: everything but fini. Progress: lock-free when nobody waits, otherwise
 *   system calls. Ordering: release. This thread has that lock.
 * is_mine: whether this thread has the write lock.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: none. Never fails.
 * reset_orphans: gives back a write lock whose thread was orphaned by a fork. The value is as that
 * thread left it, which may be half of a change: who takes the lock next looks at it first.
 *   Concurrent with: everything but fini. Progress: wait-free. Ordering: release.
 *   Returns 1 when there was such a lock, otherwise 0.
 * update: calls change with the value itself, under the write lock. `change` must not leave by
 * longjmp, use this field or call the host. An exception of C++ unlocks, and the value is as change
 * left it.
 *   Concurrent with it: everything but fini. Progress: blocking. Ordering: as write_lock and its
 *   unlock.
 *   Returns 1 or 0, as change returned true or false, or an error as load does.
 * load, store, exchange: copy the value out under the read lock; replace it by a copy, swap it with
 * *value, under the write lock.
 *   Concurrent with them: everything but fini. Progress: blocking. Ordering: as the locks they
 *   take.
 *   Return 0; -EDEADLK when this thread has a lock that is in the way; -EOWNERDEAD when the holder
 *   was orphaned by a fork; -EAGAIN when load would be a 33rd read lock. Nothing changes then.
 * AFIELD_READING, AFIELD_WRITING: a block under the lock, left by any way, which is skipped where
 * the lock returns NULL.
 */
#define AFIELD__RWLOCKED(name, ...) \
	AFIELD__RWLOCKED_(AFIELD__COUNT(__VA_ARGS__), name, __VA_ARGS__, ~, ~)
#define AFIELD__RWLOCKED_(count, name, T, ...)                                           \
	typedef T name##_value;                                                          \
	typedef struct name {                                                            \
		struct afield__rwlocked lock;                                            \
		name##_value value AFIELD_ZERO; /* the lock protects it */               \
	} name;                                                                          \
	AFIELD_INLINE_VALUE(count, name, T, __VA_ARGS__);                                \
	AFIELD__RWLOCKED_LOCKS(name, read, const name##_value);                          \
	AFIELD__RWLOCKED_LOCKS(name, write, name##_value);                               \
	AFIELD_GUARDED_VALUES(count, name, lock, afield__rwlocked_read_lock,             \
			      afield__rwlocked_read_unlock, afield__rwlocked_write_lock, \
			      afield__rwlocked_write_unlock);                            \
	AFIELD__INLINE(bool name##_is_mine(const name *it),                              \
		       return afield__rwlocked_is_mine(&it->lock));                      \
	AFIELD_GUARDED_RESET(name, lock, afield__rwlocked_reset_orphans);                \
	AFIELD_GUARDED_TABLE(count, name, T, "rwlocked", afield__rwlocked_fini,          \
			     afield__rwlocked_verbs, afield__rwlocked_host_binding)

#define AFIELD_READING(name, pointer, field) AFIELD_SCOPE(name##_read, pointer, field)
#define AFIELD_WRITING(name, pointer, field) AFIELD_SCOPE(name##_write, pointer, field)

/* One of the two ways to lock: `way` is read or write. */
#define AFIELD__RWLOCKED_LOCKS(name, way, T)                                 \
	AFIELD_GUARDED(name, name##_##way, T, lock, name##_##way##_lock,     \
		       afield__rwlocked_##way##_lock, name##_##way##_unlock, \
		       afield__rwlocked_##way##_unlock);                     \
	AFIELD_GUARDED_OPEN(name, T, lock, name##_try_##way##_lock,          \
			    afield__rwlocked_try_##way##_lock)

#endif
