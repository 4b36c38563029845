/* SPDX-License-Identifier: MIT */
/*
 * locked_macros: the functions that AFIELD_TYPE(name, locked, ...) is written with.
 *
 * When to use it: through locked.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of locked.h.
 */
#ifndef AFIELD_LOCKED_MACROS_H
#define AFIELD_LOCKED_MACROS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/thread.h>
#include <afield/detail/guard.h>
#include <afield/wait.h>

#include <afield/detail/locked_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What every locked field begins with. */
struct afield__locked {
	afield__locked_owner owner;    /* the lock; a thread writes its own number, or 0 over it */
	struct afield_waiters waiters; /* for the lock */
};

/* The slow half of a lock; the errors are those of name_lock. */
AFIELD_EXPORT int afield__locked_lock_slow(struct afield__locked *lock);
AFIELD_EXPORT int afield__locked_reset_orphans(struct afield__locked *lock);

/* What the tables of this kind's types point to. */
AFIELD_EXPORT void afield__locked_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_host_binding afield__locked_host_binding;
AFIELD_EXPORT extern const struct afield_verb afield__locked_verbs[1];

/*
 * The question needs no order. A thread asks whether the number is its own: that it has written
 * itself, or has overwritten since.
 */
static inline bool afield__locked_is_mine(const struct afield__locked *lock)
{
	return AFIELD_LOAD(&lock->owner, relaxed) == afield_thread_id();
}

/* 0, or -EBUSY. */
static inline int afield__locked_try_lock(struct afield__locked *lock)
{
	return afield__locked_take(&lock->owner, afield_thread_id()) ? 0 : -EBUSY;
}

static inline int afield__locked_lock(struct afield__locked *lock)
{
	return afield__locked_try_lock(lock) == 0 ? 0 : afield__locked_lock_slow(lock);
}

static inline void afield__locked_unlock(struct afield__locked *lock)
{
	afield__locked_give_back(&lock->owner);
	afield_wake_one(&lock->waiters);
}

#ifdef __cplusplus
}
#endif

#endif
