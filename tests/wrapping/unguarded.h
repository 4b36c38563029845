/* SPDX-License-Identifier: MIT */
/*
 * unguarded: what `locked` is without its mutex, under the same name.
 *
 * When to use it: in a control, which shows that a test sees the lock missing. Included behind
 * afield/locked.h and before the source that makes types of the kind. When not: anywhere else.
 *
 * Synchronization: none at all, which is the point.
 */
#ifndef AFIELD_TESTS_UNGUARDED_H
#define AFIELD_TESTS_UNGUARDED_H

#include <afield/locked.h>

#undef AFIELD_KIND_locked
#define AFIELD_KIND_locked (UNGUARDED)

/* A kind of its own, by field.h alone: the value, its destructor, and locks that do nothing. */
#define UNGUARDED(name, T, destructor)                                                  \
	typedef T name##_value;                                                         \
	typedef struct name {                                                           \
		name##_value value;                                                     \
	} name;                                                                         \
	AFIELD_INLINE_VALUE(2, name, T, destructor, ~);                                 \
	static inline name##_value *name##_lock(name *it)                               \
	{                                                                               \
		return &it->value;                                                      \
	}                                                                               \
	static inline void name##_unlock(name *it)                                      \
	{                                                                               \
		(void)it;                                                               \
	}                                                                               \
	static inline bool name##_is_mine(const name *it)                               \
	{                                                                               \
		(void)it;                                                               \
		return false;                                                           \
	}                                                                               \
	AFIELD_SCOPE_TYPE(name, name, name##_value, name##_lock, name##_unlock);        \
	AFIELD_TYPE_TABLE(name, "unguarded", AFIELD_VALUE_TYPE(name, T), 0, NULL, NULL, \
			  afield_inline_value_fini, NULL, 0, &name##__inline_value, NULL)

#endif
