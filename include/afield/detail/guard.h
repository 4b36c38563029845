/* SPDX-License-Identifier: MIT */
/*
 * guard: a value inside its field that threads reach one after another, or readers side by side.
 *
 * locked, rwlocked and cell differ in who waits for whom, and in nothing else that a user writes:
 * the value is reached under a lock (or a borrow), in a scope or a guard that ends it, or copied
 * in and out within one. That part is here, once. A kind brings the functions that begin and end a
 * lock at the struct its fields begin with, and a table of them (struct afield_lock_mode in
 * field.h).
 *
 * When to use it: in a kind whose value is in its field (inline_value.h) and is touched by who has
 * a lock alone. When not: in one that readers of the value do not have to leave (once), or that has
 * no readers but the owner (confined).
 *
 * Synchronization: that of the kind's locks; nothing here is shared but the field. A copy made
 * under a lock for reading happens after the locks of writers before it.
 */
#ifndef AFIELD_DETAIL_GUARD_H
#define AFIELD_DETAIL_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/detail/inline_value.h>
#include <afield/detail/scope.h>
#include <afield/detail/self.h>
#include <afield/detail/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What the tables of such types point to. Load takes the kind's first lock, store and the verb
 * `exchange` its last.
 *   Concurrent with them, progress, ordering: as the kind's locks. They return what a lock that was
 *   refused returns, as afield_held_lock_begin does, and nothing is changed then.
 */
AFIELD_EXPORT int afield_guarded_load(const struct afield_type *type, const void *field,
				      void *value);
AFIELD_EXPORT int afield_guarded_store(const struct afield_type *type, void *field,
				       const void *value);
AFIELD_EXPORT int afield_guarded_exchange(const struct afield_type *type, void *field, void *result,
					  const void *const *arguments);
#define AFIELD_GUARDED_EXCHANGE                                                                    \
	{                                                                                          \
		"exchange", "Stores value and returns the previous one.", AFIELD_ITSELF, 1,        \
			{AFIELD_PARAMETER("value", AFIELD_ITSELF)}, afield_guarded_exchange, false \
	}

/*
 * For struct afield_host_binding. Traverse shows the objects in the value, without a lock: whoever
 * has one meanwhile leaves alone what visit reads (inline_value.h). A lock that is only tried would
 * be no substitute: a collector counts what it sees in one pass and goes on from there in the next,
 * and an object that is seen in the first alone is taken for garbage. Clear empties the field and
 * then, when the lock is released, destroys what was in it: a destructor that drops references runs
 * the host's code. It leaves a field alone that somebody has at the moment, because who has it may
 * be waiting for the collector's own thread; the collector comes again. Neither allocates.
 *   Concurrent with them: traverse in a collection only, clear beside everything but fini.
 *   Progress: wait-free, but for what they call. Ordering: traverse none, the collector stands
 *   between it and every write; clear as that of the lock. Never fails.
 */
AFIELD_EXPORT int afield_guarded_traverse(const struct afield_type *type, void *field,
					  int (*visit)(void *object, void *argument),
					  void *argument);
AFIELD_EXPORT void afield_guarded_clear(const struct afield_type *type, void *field);

/*
 * A lock that outlives the call that began it, for a host that hands it to its users. From begin to
 * end it is in the list of its thread, which alone touches it.
 */
struct afield_held_lock {
	const struct afield_type *type;
	void *at; /* the field */
	const struct afield_lock_mode *mode;
	const void *owner; /* the host's */
	struct afield_held_lock *next;
};

/*
 * begin: takes the lock that the first three members name, and waits for it if it may, till the
 *   deadline, a time of CLOCK_MONOTONIC, or forever when that is NULL.
 * end: releases it, in the same thread.
 * afield_held_locks: this thread's locks, the last one first, or NULL.
 *   Concurrent with them: everything but fini of the field. Progress, ordering: as the lock.
 *   begin returns 0, or what the lock returned; -EDEADLK also when it would wait for a lock of this
 *   thread in its list; -ENOMEM when there is no memory for the thread's record.
 */
AFIELD_EXPORT int afield_held_lock_begin(struct afield_held_lock *hold, bool may_wait,
					 const struct timespec *deadline);
AFIELD_EXPORT void afield_held_lock_end(struct afield_held_lock *hold);
static inline struct afield_held_lock *afield_held_locks(void)
{
	const struct afield__self *self = afield__self;

	return afield__is_record(self) ? AFIELD_LOAD(&self->held_locks, relaxed) : NULL;
}

#ifdef __cplusplus
}
#endif

/*
 * For generator macros. `head` is the member that the field begins with; `begin` and `end` take its
 * address, and begin returns 0 or a negative errno.
 *
 * AFIELD_GUARDED(name, prefix, T, head, open, begin, close, end):
 *   T   *open(name *)                         NULL when begin is not 0
 *   void close(name *)
 *   prefix_scope, and in C++ prefix_guard     scope.h
 * AFIELD_GUARDED_OPEN: `open` alone, for another way to begin the same lock.
 */
#define AFIELD_GUARDED(name, prefix, T, head, open, begin, close, end) \
	AFIELD_GUARDED_OPEN(name, T, head, open, begin);               \
	static inline void close(name *it)                             \
	{                                                              \
		AFIELD_INLINE_VALUE_END(name, it);                     \
		end(&it->head);                                        \
	}                                                              \
	AFIELD_SCOPE_TYPE(prefix, name, T, open, close)

#define AFIELD_GUARDED_OPEN(name, T, head, open, begin) \
	static inline T *open(name *it)                 \
	{                                               \
		if (begin(&it->head) != 0)              \
			return NULL;                    \
		AFIELD_INLINE_VALUE_BEGIN(name, it);    \
		return &it->value;                      \
	}                                               \
	AFIELD__SEMICOLON

/*
 * AFIELD_GUARDED_RESET(name, head, reset): int name_reset_orphans(name *), what `reset` returns.
 * See fields/forks.md.
 */
#define AFIELD_GUARDED_RESET(name, head, reset) \
	AFIELD__INLINE(int name##_reset_orphans(name *it), return reset(&it->head))

/*
 * AFIELD_GUARDED_VALUES(count, name, head, begin, end, begin_mut, end_mut), with a lock for reading
 * and one for writing: the value as a whole. `count` is that of inline_value.h.
 *   int name_update(name *, bool (*change)(T *value, void *argument), void *argument)
 *   int name_exchange(name *, T *value)
 *   int name_load(name *, T *value)      without a destructor alone
 *   int name_store(name *, T value)      without a destructor alone
 * Each returns what a lock that was refused returned; update what change did otherwise. An
 * exception of C++ that change throws releases the lock, too.
 */
#define AFIELD_GUARDED_VALUES(count, name, head, begin, end, begin_mut, end_mut)                \
	static inline void name##__end_update(name **it)                                        \
	{                                                                                       \
		AFIELD_INLINE_VALUE_END(name, *it);                                             \
		end_mut(&(*it)->head);                                                          \
	}                                                                                       \
	static inline int name##_update(                                                        \
		name *it, bool (*change)(name##_value * value, void *argument), void *argument) \
	{                                                                                       \
		int error = begin_mut(&it->head);                                               \
		if (error != 0)                                                                 \
			return error;                                                           \
		AFIELD_INLINE_VALUE_BEGIN(name, it);                                            \
		name *held __attribute__((cleanup(name##__end_update))) = it;                   \
		return change(&held->value, argument);                                          \
	}                                                                                       \
	static inline int name##_exchange(name *it, name##_value *value)                        \
	{                                                                                       \
		int error = begin_mut(&it->head);                                               \
		name##_value before;                                                            \
		if (error)                                                                      \
			return error;                                                           \
		AFIELD_INLINE_VALUE_BEGIN(name, it);                                            \
		before = it->value;                                                             \
		it->value = *value;                                                             \
		AFIELD_INLINE_VALUE_END(name, it);                                              \
		end_mut(&it->head);                                                             \
		*value = before;                                                                \
		return 0;                                                                       \
	}                                                                                       \
	AFIELD_UNLESS_OWNED(count, AFIELD__GUARDED_COPIES(name, head, begin, end),              \
			    AFIELD__SEMICOLON)

#define AFIELD__GUARDED_COPIES(name, head, begin, end)                 \
	static inline int name##_load(name *it, name##_value *value)   \
	{                                                              \
		int error = begin(&it->head);                          \
		if (error)                                             \
			return error;                                  \
		*value = it->value;                                    \
		end(&it->head);                                        \
		return 0;                                              \
	}                                                              \
	AFIELD__INLINE(int name##_store(name *it, name##_value value), \
		       return name##_exchange(it, &value))

/*
 * AFIELD_GUARDED_TABLE(count, name, T, kind, fini, verbs, binding): name_type(). `kind` is a string
 * and `verbs` an array that begins with AFIELD_GUARDED_EXCHANGE; a type that owns something goes
 * without.
 */
#define AFIELD_GUARDED_TABLE(count, name, T, kind, fini, verbs, binding)                \
	AFIELD_TYPE_TABLE(name, kind, AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT,        \
			  AFIELD_UNLESS_OWNED(count, afield_guarded_load, NULL),        \
			  AFIELD_UNLESS_OWNED(count, afield_guarded_store, NULL), fini, \
			  AFIELD_UNLESS_OWNED(count, verbs, (verbs) + 1),               \
			  AFIELD__LENGTH(verbs) - AFIELD_UNLESS_OWNED(count, 0, 1),     \
			  &name##__inline_value, &(binding));                           \
	AFIELD__FINI(name)

#endif
