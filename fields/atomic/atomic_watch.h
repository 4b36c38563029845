/* SPDX-License-Identifier: MIT */
/*
 * atomic_watch: the verbs of a watched atomic, in a program that is compiled with -DAFIELD_WATCH.
 *
 * Written down: every load, store, exchange, compare_exchange and fetch of every order, each as the
 * bare one: one word is coherent whatever the order. update is a load, which is not written down, and
 * compare_exchanges. wait and the notifies are not.
 *
 * Kinds: atomic, and atomic_integer of four or eight bytes.
 *
 * When to use it: through AFIELD_WATCHED(name, atomic, ...) of watch.h. When not: by itself.
 *
 * Synchronization: that of atomic.h.
 */
#ifndef AFIELD_ATOMIC_WATCH_H
#define AFIELD_ATOMIC_WATCH_H

#include <afield/watch.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_WATCH_KIND_atomic (AFIELD__WATCH_ATOMIC)
#define AFIELD_WATCH_KIND_atomic_integer (AFIELD__WATCH_ATOMIC_INTEGER)

#define AFIELD__WATCH_ATOMIC(name)                                  \
	AFIELD__WATCH_TYPE(name, "unsigned", AFIELD__WATCH_ONE, 0); \
	AFIELD__WATCH_ATOMIC_VERBS(name)

#define AFIELD__WATCH_ATOMIC_INTEGER(name)                                                       \
	AFIELD__ASSERT(                                                                          \
		sizeof(name##__plain) >= 4,                                                      \
		"afield: the checker has no model of the integer '" #name                        \
		"' of fewer than four bytes; write AFIELD_TYPE in place of AFIELD_WATCHED");     \
	AFIELD__WATCH_TYPE(                                                                      \
		name,                                                                            \
		(name##__plain_value) - 1 < (name##__plain_value)1                               \
			? (sizeof(name##__plain) == 4 ? "integer32" : "integer")                 \
			: (sizeof(name##__plain) == 4 ? "unsigned32" : "unsigned"),              \
		AFIELD__WATCH_ONE,                                                               \
		(name##__plain_value) - 1 < (name##__plain_value)1 ? sizeof(name##__plain) : 0); \
	AFIELD__WATCH_ATOMIC_VERBS(name);                                                        \
	AFIELD__WATCH_FETCH(name, fetch_add);                                                    \
	AFIELD__WATCH_FETCH(name, fetch_sub);                                                    \
	AFIELD__WATCH_FETCH(name, fetch_and);                                                    \
	AFIELD__WATCH_FETCH(name, fetch_or);                                                     \
	AFIELD__WATCH_FETCH(name, fetch_xor);                                                    \
	AFIELD__WATCH_FETCH(name, fetch_min);                                                    \
	AFIELD__WATCH_FETCH(name, fetch_max);                                                    \
	static inline name##_value name##_update(                                                \
		name *field, name##_value (*next)(name##_value old, void *argument),             \
		void *argument)                                                                  \
	{                                                                                        \
		name##_value seen = name##__plain_load_relaxed(field);                           \
		while (!name##_compare_exchange(field, &seen, next(seen, argument)))             \
			;                                                                        \
		return seen;                                                                     \
	}                                                                                        \
	AFIELD__SEMICOLON

#define AFIELD__WATCH_ATOMIC_VERBS(name)                                                           \
	AFIELD__WATCH_LOAD(name, );                                                                \
	AFIELD__WATCH_LOAD(name, _relaxed);                                                        \
	AFIELD__WATCH_LOAD(name, _acquire);                                                        \
	AFIELD__WATCH_STORE(name, );                                                               \
	AFIELD__WATCH_STORE(name, _relaxed);                                                       \
	AFIELD__WATCH_STORE(name, _release);                                                       \
	AFIELD__WATCH_FETCH(name, exchange);                                                       \
	AFIELD__WATCH_COMPARE_EXCHANGE(name, );                                                    \
	AFIELD__WATCH_COMPARE_EXCHANGE(name, _relaxed);                                            \
	AFIELD__WATCH_COMPARE_EXCHANGE(name, _acquire);                                            \
	AFIELD__WATCH_COMPARE_EXCHANGE(name, _release);                                            \
	AFIELD__WATCH_COMPARE_EXCHANGE(name, _acq_rel);                                            \
	AFIELD__WATCH_PASS(int, name, wait,                                                        \
			   (const name *field, name##_value old, const struct timespec *deadline), \
			   field, old, deadline);                                                  \
	AFIELD__INLINE(void name##_notify_one(name *field), name##__plain_notify_one(field));      \
	AFIELD__INLINE(void name##_notify_all(name *field), name##__plain_notify_all(field))

#define AFIELD__WATCH_LOAD(name, suffix)                                              \
	static inline name##_value name##_load##suffix(const name *field)             \
	{                                                                             \
		struct afield__watch_token token = {NULL, 0};                         \
		name##_value value;                                                   \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_load, 0, 0, 0);       \
		value = name##__plain_load##suffix(field);                            \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_load, true, 0, 0, 0, 1, \
				  AFIELD__WATCH_BITS(&value), 0);                     \
		return value;                                                         \
	}                                                                             \
	AFIELD__SEMICOLON

#define AFIELD__WATCH_STORE(name, suffix)                                        \
	static inline void name##_store##suffix(name *field, name##_value value) \
	{                                                                        \
		struct afield__watch_token token = {NULL, 0};                    \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_store, 1,        \
				    AFIELD__WATCH_BITS(&value), 0);              \
		name##__plain_store##suffix(field, value);                       \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_store, true, 1,    \
				  AFIELD__WATCH_BITS(&value), 0, 0, 0, 0);       \
	}                                                                        \
	AFIELD__SEMICOLON

/* A verb with one operand, in its five orders. */
#define AFIELD__WATCH_FETCH(name, verb)                \
	AFIELD__WATCH_FETCH_ONE(name, verb, );         \
	AFIELD__WATCH_FETCH_ONE(name, verb, _relaxed); \
	AFIELD__WATCH_FETCH_ONE(name, verb, _acquire); \
	AFIELD__WATCH_FETCH_ONE(name, verb, _release); \
	AFIELD__WATCH_FETCH_ONE(name, verb, _acq_rel)
#define AFIELD__WATCH_FETCH_ONE(name, verb, suffix)                                                \
	static inline name##_value name##_##verb##suffix(name *field, name##_value operand)        \
	{                                                                                          \
		struct afield__watch_token token = {NULL, 0};                                      \
		name##_value before;                                                               \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_##verb, 1,                         \
				    AFIELD__WATCH_BITS(&operand), 0);                              \
		before = name##__plain_##verb##suffix(field, operand);                             \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_##verb, true, 1,                     \
				  AFIELD__WATCH_BITS(&operand), 0, 1, AFIELD__WATCH_BITS(&before), \
				  0);                                                              \
		return before;                                                                     \
	}                                                                                          \
	AFIELD__SEMICOLON

#define AFIELD__WATCH_COMPARE_EXCHANGE(name, suffix)                                            \
	static inline bool name##_compare_exchange##suffix(name *field, name##_value *expected, \
							   name##_value desired)                \
	{                                                                                       \
		struct afield__watch_token token = {NULL, 0};                                   \
		name##_value old = *expected;                                                   \
		bool is_done;                                                                   \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_compare_exchange, 2,            \
				    AFIELD__WATCH_BITS(&old), AFIELD__WATCH_BITS(&desired));    \
		is_done = name##__plain_compare_exchange##suffix(field, expected, desired);     \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_compare_exchange, true, 2,        \
				  AFIELD__WATCH_BITS(&old), AFIELD__WATCH_BITS(&desired), 2,    \
				  is_done, AFIELD__WATCH_BITS(expected));                       \
		return is_done;                                                                 \
	}                                                                                       \
	AFIELD__SEMICOLON

#endif
