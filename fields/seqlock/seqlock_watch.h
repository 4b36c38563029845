/* SPDX-License-Identifier: MIT */
/*
 * seqlock_watch: the verbs of a watched seqlock, in a program that is compiled with -DAFIELD_WATCH.
 *
 * Written down: load, load_into, try_load that has succeeded, store, store_from, exchange, and
 * update with the value that it found and the one that it left. reset_orphans is not.
 *
 * When to use it: through AFIELD_WATCHED(name, seqlock, ...) of watch.h. When not: by itself; for a
 * T with padding, whose bytes nobody keeps.
 *
 * Synchronization: that of seqlock.h.
 */
#ifndef AFIELD_SEQLOCK_WATCH_H
#define AFIELD_SEQLOCK_WATCH_H

#include <afield/watch.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_WATCH_KIND_seqlock (AFIELD__WATCH_SEQLOCK)
#define AFIELD__WATCH_SEQLOCK(name)                                 \
	AFIELD__WATCH_TYPE(name, "register", AFIELD__WATCH_ONE, 0); \
	AFIELD__WATCH_SEQLOCK_READS(name);                          \
	AFIELD__WATCH_SEQLOCK_WRITES(name);                         \
	AFIELD__WATCH_SEQLOCK_UPDATE(name);                         \
	AFIELD__WATCH_PASS(int, name, reset_orphans, (name * field), field)

#define AFIELD__WATCH_SEQLOCK_READS(name)                                                \
	static inline void name##_load_into(const name *field, name##_value *value)      \
	{                                                                                \
		struct afield__watch_token token = {NULL, 0};                            \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_READ, 0, 0, 0);          \
		name##__plain_load_into(field, value);                                   \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_READ, true, 0, 0, 0, 1,    \
				  AFIELD__WATCH_BITS(value), 0);                         \
	}                                                                                \
	static inline bool name##_try_load(const name *field, name##_value *value)       \
	{                                                                                \
		struct afield__watch_token token = {NULL, 0};                            \
		bool is_done;                                                            \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_READ, 0, 0, 0);          \
		is_done = name##__plain_try_load(field, value);                          \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_READ, is_done, 0, 0, 0, 1, \
				  AFIELD__WATCH_BITS(value), 0);                         \
		return is_done;                                                          \
	}                                                                                \
	static inline name##_value name##_load(const name *field)                        \
	{                                                                                \
		name##_value value;                                                      \
		name##_load_into(field, &value);                                         \
		return value;                                                            \
	}                                                                                \
	AFIELD__SEMICOLON

#define AFIELD__WATCH_SEQLOCK_WRITES(name)                                                       \
	static inline void name##_store_from(name *field, const name##_value *value)             \
	{                                                                                        \
		struct afield__watch_token token = {NULL, 0};                                    \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_WRITE, 1,                        \
				    AFIELD__WATCH_BITS(value), 0);                               \
		name##__plain_store_from(field, value);                                          \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_WRITE, true, 1,                    \
				  AFIELD__WATCH_BITS(value), 0, 0, 0, 0);                        \
	}                                                                                        \
	AFIELD__INLINE(void name##_store(name *field, name##_value value),                       \
		       name##_store_from(field, &value));                                        \
	static inline name##_value name##_exchange(name *field, name##_value value)              \
	{                                                                                        \
		struct afield__watch_token token = {NULL, 0};                                    \
		name##_value before;                                                             \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_RMW, 1,                          \
				    AFIELD__WATCH_BITS(&value), 0);                              \
		before = name##__plain_exchange(field, value);                                   \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_RMW, true, 1,                      \
				  AFIELD__WATCH_BITS(&value), 0, 1, AFIELD__WATCH_BITS(&before), \
				  0);                                                            \
		return before;                                                                   \
	}                                                                                        \
	AFIELD__SEMICOLON

/* An update is what it found and what it left, the same when `change` returned false. */
#define AFIELD__WATCH_SEQLOCK_UPDATE(name)                                                         \
	struct name##__watched_change {                                                            \
		bool (*change)(name##_value * value, void *argument);                              \
		void *argument;                                                                    \
		uint64_t before, after;                                                            \
	};                                                                                         \
	static inline bool name##__change_watched(name##_value *value, void *argument)             \
	{                                                                                          \
		struct name##__watched_change *it = (struct name##__watched_change *)argument;     \
		bool is_changed;                                                                   \
		it->before = AFIELD__WATCH_BITS(value);                                            \
		is_changed = it->change(value, it->argument);                                      \
		it->after = is_changed ? AFIELD__WATCH_BITS(value) : it->before;                   \
		return is_changed;                                                                 \
	}                                                                                          \
	static inline int name##_update(                                                           \
		name *field, bool (*change)(name##_value * value, void *argument), void *argument) \
	{                                                                                          \
		struct afield__watch_token token = {NULL, 0};                                      \
		struct name##__watched_change it = {change, argument, 0, 0};                       \
		int result;                                                                        \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_UPDATE, 0, 0, 0);                  \
		if (token.window)                                                                  \
			result = name##__plain_update(field, name##__change_watched, &it);         \
		else                                                                               \
			result = name##__plain_update(field, change, argument);                    \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_UPDATE, true, 0, 0, 0,               \
				  token.window ? 2 : 0, it.before, it.after);                      \
		return result;                                                                     \
	}                                                                                          \
	AFIELD__SEMICOLON

#endif
