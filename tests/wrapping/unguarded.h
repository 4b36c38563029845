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

#define UNGUARDED(name, T, destructor)                                           \
	typedef T name##_value;                                                  \
	typedef struct name {                                                    \
		struct afield__locked lock;                                      \
		name##_value value;                                              \
	} name;                                                                  \
	AFIELD_INSIDE(2, name, T, destructor);                                   \
	static inline name##_value *name##_lock(name *field)                     \
	{                                                                        \
		return &field                                                    \
		->value;                                                         \
	}                                                                        \
	static inline void name##_unlock(name *field)                            \
	{                                                                        \
		(void)field;                                                     \
	}                                                                        \
	static inline bool name##_is_mine(const name *field)                     \
	{                                                                        \
		(void)field;                                                     \
		return false;                                                    \
	}                                                                        \
	AFIELD_SCOPE_TYPE(name, name, name##_value, name##_lock, name##_unlock); \
	AFIELD__LOCKED_TABLE(name, T, NULL, NULL, NULL, 0)

#endif
