/* SPDX-License-Identifier: MIT */
/*
 * map_macros: what AFIELD_TYPE(name, map, ...) writes, and the functions behind it.
 *
 * When to use it: through map.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of map.h.
 */
#ifndef AFIELD_MAP_MACROS_H
#define AFIELD_MAP_MACROS_H

#include <string.h>

#include <afield/detail/type_code.h>

#include <afield/detail/map_node.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The verbs of a view and the errors of all maps. */
enum { AFIELD__MAP_VERBS = 11 };
AFIELD_EXPORT extern const struct afield_verb afield__map_verbs[AFIELD__MAP_VERBS];
AFIELD_EXPORT extern const struct afield_error_mapping afield__map_error;

#ifdef __cplusplus
}
#endif

#define AFIELD__MAP_1(name, K)                                                 \
	AFIELD__ASSERT(0, "afield: the map '" #name                            \
			  "' lacks a key or a value; write AFIELD_TYPE(" #name \
			  ", map, int64_t, struct limits)")
#define AFIELD__MAP_2(name, K, V) AFIELD__MAP_PICK(name, K, V, AFIELD__MAP_KEY_##K, INTEGER, ~)
#define AFIELD__MAP_PICK(...) AFIELD__MAP_PICK_(__VA_ARGS__)
#define AFIELD__MAP_PICK_(name, K, V, first, sort, ...) AFIELD__MAP_##sort(name, K, V)
#define AFIELD__MAP_KEY_afield_map_bytes ~, BYTES,
#define AFIELD__MAP_KEY_afield_map_text ~, TEXT,

#define AFIELD__MAP_INTEGER(name, K, V)                                                       \
	AFIELD__MAP_STRUCT(name, K, V);                                                       \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(K) >= AFIELD_I8 && AFIELD_TYPE_CODE(K) <= AFIELD_U64, \
		       "afield: the map '" #name "' has the key '" #K                         \
		       "'; a key is an integer, afield_map_bytes or afield_map_text, or a "   \
		       "PyObject * where <afield/map_object.h> is included");                 \
	AFIELD__MAP_KEY(name, (uint64_t)key, NULL, 0);                                        \
	AFIELD__MAP_WRAPPERS(name, K, V, INTEGER)
#define AFIELD__MAP_BYTES(name, K, V)                 \
	AFIELD__MAP_STRUCT(name, K, V);               \
	AFIELD__MAP_KEY(name, 0, key.data, key.size); \
	AFIELD__MAP_WRAPPERS(name, K, V, BYTES)
#define AFIELD__MAP_TEXT(name, K, V)                  \
	AFIELD__MAP_STRUCT(name, K, V);               \
	AFIELD__MAP_KEY(name, 0, key.data, key.size); \
	AFIELD__MAP_WRAPPERS(name, K, V, TEXT)
#define AFIELD__MAP_KEY(name, word, data, size)                                              \
	static inline struct afield__map_key name##__key(name##_key key)                     \
	{                                                                                    \
		struct afield__map_key made = {word, data, size, 0, NULL, NULL, 0, NULL, 0}; \
		return made;                                                                 \
	}                                                                                    \
	AFIELD__SEMICOLON

/* The struct afield_value_type of each sort of key. */
#define AFIELD__MAP_KEY_INTEGER(K) AFIELD_VALUE_OF(AFIELD_TYPE_CODE(K), K)
#define AFIELD__MAP_KEY_BYTES(K) AFIELD_VALUE_OF(AFIELD_BYTES, K)
#define AFIELD__MAP_KEY_TEXT(K) AFIELD_VALUE_OF(AFIELD_TEXT, K)

#define AFIELD__MAP_WRAPPERS(name, K, V, sort)                                     \
	AFIELD__MAP_TABLE(name, K, V, sort, afield__map_verbs, AFIELD__MAP_VERBS); \
	AFIELD__MAP_GET_##sort(name);                                              \
	AFIELD__MAP_OPERATIONS(name);                                              \
	AFIELD__MAP_ALL(name)

/* An integer goes by itself, without a struct for keys of any kind. */
#define AFIELD__MAP_GET_INTEGER(name)                                                      \
	AFIELD__MAP_READERS(name, afield__map_get_by_integer(&field->map, &name##__layout, \
							     (uint64_t)key, value))
#define AFIELD__MAP_GET_BYTES(name)                                                         \
	AFIELD__INLINE(int name##__get(const name *field, name##_key key, void *value),     \
		       struct afield__map_key made = name##__key(key);                      \
		       return afield__map_get(&field->map, &name##__layout, &made, value)); \
	AFIELD__MAP_READERS(name, name##__get(field, key, value))
#define AFIELD__MAP_GET_TEXT(name) AFIELD__MAP_GET_BYTES(name)
#define AFIELD__MAP_READERS(name, get)                                                           \
	AFIELD__INLINE(bool name##_load(const name *field, name##_key key, name##_value *value), \
		       return get == 0);                                                         \
	AFIELD__INLINE(bool name##_contains(const name *field, name##_key key),                  \
		       return name##_load(field, key, NULL))

#define AFIELD__MAP_OPERATIONS(name)                                                             \
	AFIELD__MAP_KEYED(name,                                                                  \
			  int name##_exchange(name *field, name##_key key, name##_value value,   \
					      name##_value *old),                                \
			  afield__map_set(&field->map, &name##__layout, &made, &value, old));    \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_set(name *field, name##_key key,            \
							 name##_value value),                    \
		       return name##_exchange(field, key, value, NULL));                         \
	AFIELD__MAP_KEYED(name,                                                                  \
			  bool name##_remove(name *field, name##_key key, name##_value *old),    \
			  afield__map_remove(&field->map, &name##__layout, &made, old) == 0);    \
	AFIELD__MAP_KEYED(                                                                       \
		name,                                                                            \
		int name##_get_or_insert(name *field, name##_key key, name##_value value,        \
					 name##_value *found),                                   \
		afield__map_get_or_insert(&field->map, &name##__layout, &made, &value, found));  \
	AFIELD__MAP_KEYED(                                                                       \
		name,                                                                            \
		int name##_compare_exchange(name *field, name##_key key, name##_value *expected, \
					    name##_value desired),                               \
		afield__map_compare_exchange(&field->map, &name##__layout, &made, expected,      \
					     &desired,                                           \
					     AFIELD_IS_OBJECT(name##_value) ? NULL : expected))

/* A function that returns a result for the key that is `made` of its parameter. */
#define AFIELD__MAP_KEYED(name, declaration, result)            \
	static inline declaration                               \
	{                                                       \
		struct afield__map_key made = name##__key(key); \
		return result;                                  \
	}                                                       \
	AFIELD__SEMICOLON

#define AFIELD__MAP_ALL(name)                                                             \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_reserve(name *field, size_t count),  \
		       return afield__map_reserve(&field->map, &name##__layout, count));  \
	AFIELD__INLINE(size_t name##_count(const name *field),                            \
		       return afield__map_len(&field->map));                              \
	struct name##__walk {                                                             \
		int (*visit)(name##_key key, const name##_value *value, void *argument);  \
		void *argument;                                                           \
	};                                                                                \
	static inline int name##__each(const void *key, const void *value, void *opaque)  \
	{                                                                                 \
		const struct name##__walk *walk = (const struct name##__walk *)opaque;    \
		return walk->visit(*(const name##_key *)key, (const name##_value *)value, \
				   walk->argument);                                       \
	}                                                                                 \
	static inline int name##_walk(                                                    \
		name *field,                                                              \
		int (*visit)(name##_key key, const name##_value *value, void *argument),  \
		void *argument)                                                           \
	{                                                                                 \
		struct name##__walk walk = {visit, argument};                             \
		return afield__map_table_walk(name##_type(), field, name##__each, &walk); \
	}                                                                                 \
	AFIELD__INLINE(void name##_clear(name *field),                                    \
		       afield__map_clear(&field->map, &name##__layout));                  \
	AFIELD__INLINE(void name##_fini(name *field),                                     \
		       afield__map_fini(&field->map, &name##__layout))

#define AFIELD__MAP_TABLE(name, K, V, sort, verbs, verb_count)                                     \
	AFIELD__CONSTANT(struct afield__map_layout name##__layout) = {AFIELD__MAP_KEY_##sort(K),   \
								      AFIELD_VALUE_TYPE(name, V)}; \
	AFIELD__CONSTANT(struct afield_view name##__view) = {"Map",                                \
							     "collections.abc.MutableMapping",     \
							     "collections.abc.Mapping",            \
							     AFIELD__MAP_KEY_##sort(K),            \
							     verbs,                                \
							     verb_count,                           \
							     NULL,                                 \
							     0,                                    \
							     afield__map_table_len,                \
							     afield__map_table_walk,               \
							     NULL,                                 \
							     NULL,                                 \
							     NULL,                                 \
							     afield__map_table_take_any};          \
	AFIELD__CONSTANT(struct afield_host_binding name##__binding) = {                           \
		afield__map_table_traverse,                                                        \
		afield__map_table_clear,                                                           \
		&afield__map_error,                                                                \
		1,                                                                                 \
		&name##__view,                                                                     \
		NULL,                                                                              \
		0,                                                                                 \
		NULL,                                                                              \
		NULL};                                                                             \
	AFIELD_TYPE_TABLE(name, "map", AFIELD_VALUE_TYPE(name, V), 0, NULL, NULL,                  \
			  afield__map_table_fini, NULL, 0, &name##__layout, &name##__binding)

#endif
