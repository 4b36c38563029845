/* SPDX-License-Identifier: MIT */
/*
 * map_watch: the verbs of a watched map, in a program that is compiled with -DAFIELD_WATCH.
 *
 * Written down: load, contains that found nothing, set, exchange, remove, get_or_insert,
 * compare_exchange and clear. A window is checked for one key, the one that it has most of; with a
 * clear in it, it decides nothing. walk, count and reserve are not written down.
 *
 * When to use it: through AFIELD_WATCHED(name, map, ...) of watch.h. When not: by itself; for a V
 * with padding, whose bytes nobody keeps; for objects.
 *
 * Synchronization: that of map.h.
 */
#ifndef AFIELD_MAP_WATCH_H
#define AFIELD_MAP_WATCH_H

#include <errno.h>

#include <afield/watch.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_WATCH_KIND_map (AFIELD__WATCH_MAP)
#define AFIELD__WATCH_MAP(name)                                                                 \
	typedef name##__plain_key name##_key;                                                   \
	AFIELD__ASSERT(!AFIELD_IS_OBJECT(name##__plain_value),                                  \
		       "afield: the map '" #name "' holds objects, which cannot be watched");   \
	AFIELD__WATCH_TYPE(name, "register", AFIELD__WATCH_KEYED, 0);                           \
	AFIELD__WATCH_MAP_READERS(name);                                                        \
	AFIELD__WATCH_MAP_WRITERS(name);                                                        \
	AFIELD__WATCH_MAP_CHANGERS(name);                                                       \
	AFIELD__WATCH_PASS(AFIELD__MUST_CHECK int, name, reserve, (name * field, size_t count), \
			   field, count);                                                       \
	AFIELD__WATCH_PASS(size_t, name, count, (const name *field), field);                    \
	AFIELD__WATCH_PASS(                                                                     \
		int, name, walk,                                                                \
		(name * field,                                                                  \
		 int (*visit)(name##_key key, const name##_value *value, void *argument),       \
		 void *argument),                                                               \
		field, visit, argument)

/* A key as 64 bits: an integer, or a hash of its bytes. */
AFIELD__ALWAYS_INLINE uint64_t afield__watch_key(const void *key, size_t size)
{
	struct afield_bytes bytes;

	if (size != sizeof(bytes))
		return afield__watch_bits(key, size);
	memcpy(&bytes, key, sizeof(bytes));
	return afield__watch_hash(bytes.data, bytes.size);
}
#define AFIELD__WATCH_KEY afield__watch_key(&key, sizeof(key))

#define AFIELD__WATCH_MAP_READERS(name)                                                         \
	static inline bool name##_load(const name *field, name##_key key, name##_value *value)  \
	{                                                                                       \
		struct afield__watch_token token = {NULL, 0};                                   \
		bool is_there;                                                                  \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_MAP_LOAD, 1, AFIELD__WATCH_KEY, \
				    0);                                                         \
		is_there = name##__plain_load(field, key, value);                               \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_MAP_LOAD, true, 1,                \
				  AFIELD__WATCH_KEY, 0, is_there,                               \
				  is_there ? AFIELD__WATCH_BITS(value) : 0, 0);                 \
		return is_there;                                                                \
	}                                                                                       \
	static inline bool name##_contains(const name *field, name##_key key)                   \
	{                                                                                       \
		struct afield__watch_token token = {NULL, 0};                                   \
		bool is_there;                                                                  \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_MAP_LOAD, 1, AFIELD__WATCH_KEY, \
				    0);                                                         \
		is_there = name##__plain_contains(field, key);                                  \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_MAP_LOAD, !is_there, 1,           \
				  AFIELD__WATCH_KEY, 0, 0, 0, 0);                               \
		return is_there;                                                                \
	}                                                                                       \
	AFIELD__SEMICOLON

#define AFIELD__WATCH_MAP_WRITERS(name)                                                           \
	static inline int name##_exchange(name *field, name##_key key, name##_value value,        \
					  name##_value *old)                                      \
	{                                                                                         \
		struct afield__watch_token token = {NULL, 0};                                     \
		name##_value before;                                                              \
		int result;                                                                       \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_MAP_EXCHANGE, 2,                  \
				    AFIELD__WATCH_KEY, AFIELD__WATCH_BITS(&value));               \
		result = name##__plain_exchange(field, key, value, &before);                      \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_MAP_EXCHANGE, result >= 0, 2,       \
				  AFIELD__WATCH_KEY, AFIELD__WATCH_BITS(&value), result == 1,     \
				  result == 1 ? AFIELD__WATCH_BITS(&before) : 0, 0);              \
		if (result == 1 && old)                                                           \
			*old = before;                                                            \
		return result;                                                                    \
	}                                                                                         \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_set(name *field, name##_key key,             \
							 name##_value value),                     \
		       return name##_exchange(field, key, value, NULL));                          \
	static inline bool name##_remove(name *field, name##_key key, name##_value *old)          \
	{                                                                                         \
		struct afield__watch_token token = {NULL, 0};                                     \
		name##_value before;                                                              \
		bool is_there;                                                                    \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_MAP_REMOVE, 1, AFIELD__WATCH_KEY, \
				    0);                                                           \
		is_there = name##__plain_remove(field, key, &before);                             \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_MAP_REMOVE, true, 1,                \
				  AFIELD__WATCH_KEY, 0, is_there,                                 \
				  is_there ? AFIELD__WATCH_BITS(&before) : 0, 0);                 \
		if (is_there && old)                                                              \
			*old = before;                                                            \
		return is_there;                                                                  \
	}                                                                                         \
	static inline void name##_clear(name *field)                                              \
	{                                                                                         \
		struct afield__watch_token token = {NULL, 0};                                     \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_MAP_CLEAR, 0, 0, 0);              \
		name##__plain_clear(field);                                                       \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_MAP_CLEAR, true, 0, 0, 0, 0, 0, 0); \
	}                                                                                         \
	AFIELD__SEMICOLON

/* A value that was in the way is a result of both. */
#define AFIELD__WATCH_MAP_CHANGERS(name)                                                           \
	static inline int name##_get_or_insert(name *field, name##_key key, name##_value value,    \
					       name##_value *found)                                \
	{                                                                                          \
		struct afield__watch_token token = {NULL, 0};                                      \
		int result;                                                                        \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_MAP_INSERT, 2, AFIELD__WATCH_KEY,  \
				    AFIELD__WATCH_BITS(&value));                                   \
		result = name##__plain_get_or_insert(field, key, value, found);                    \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_MAP_INSERT, result >= 0, 2,          \
				  AFIELD__WATCH_KEY, AFIELD__WATCH_BITS(&value), result == 0,      \
				  result == 0 ? AFIELD__WATCH_BITS(found) : 0, 0);                 \
		return result;                                                                     \
	}                                                                                          \
	static inline int name##_compare_exchange(name *field, name##_key key,                     \
						  name##_value *expected, name##_value desired)    \
	{                                                                                          \
		struct afield__watch_token token = {NULL, 0};                                      \
		int result;                                                                        \
		AFIELD__WATCH_BEGIN(token, field, AFIELD__WATCH_MAP_COMPARE, 2, AFIELD__WATCH_KEY, \
				    AFIELD__WATCH_BITS(&desired));                                 \
		result = name##__plain_compare_exchange(field, key, expected, desired);            \
		AFIELD__WATCH_END(token, field, AFIELD__WATCH_MAP_COMPARE,                         \
				  result >= 0 || result == -ENODATA, 2, AFIELD__WATCH_KEY,         \
				  AFIELD__WATCH_BITS(&desired), result >= 0 ? 2 : 0,               \
				  result >= 0 ? AFIELD__WATCH_BITS(expected) : 0, result == 1);    \
		return result;                                                                     \
	}                                                                                          \
	AFIELD__SEMICOLON

#endif
