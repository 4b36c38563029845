/* SPDX-License-Identifier: MIT */
/*
 * map: elements found by key, which threads read, add, replace and remove at once.
 *
 *	AFIELD_TYPE(limits_map, map, uint32_t, struct limits);
 *
 *	limits_map_set(&it->limits, user, limits);
 *	if (limits_map_load(&it->limits, user, &mine)) ...
 *
 * The key is an integer, bytes (afield_map_bytes) or text (afield_map_text); map_object.h adds any
 * Python object, by its hash and equality. The value is any T, copied in and out as a whole, or a
 * `PyObject *`, which the map holds a reference to. Reading takes no lock and writes nothing that
 * threads share; the table grows and shrinks by itself beside readers and writers.
 *
 * When to use it: for a cache, a registry, a table of sessions: many keys, read more than written,
 * by many threads. When not: for a handful of keys known beforehand (fields of a class); for one
 * counter under many writers (a value is replaced, not added to); where all elements must be seen
 * at one instant (a walk is weakly consistent); where memory is tight (an allocation of 56 bytes or
 * more for an element, and 16 to 64 bytes of buckets); where most operations are writes, or one
 * thread does them all (a plain hash table, under a mutex or not, is much faster).
 *
 *                                            [1] [2] [3] [4]
 *   [1] get, contains                         -   -   -   X    - runs concurrently
 *   [2] set, exchange, get_or_insert,         -   -   -   X    X needs the caller's own exclusion:
 *       compare_exchange, remove                               nobody uses the field then or later
 *   [3] len, walk, clear, traverse            -   -   -   X
 *   [4] fini                                  X   X   X   X
 *
 * Each operation of [1] and [2] linearizes at one instant. Those of [3] do not: each element by
 * itself is met, or taken out, at one instant.
 *
 * Zero bytes are an empty map. The table is allocated by the first write.
 *
 * How it works: each element is a node of its own, which never changes. To replace a value is to
 * replace the node, in one step; the old node is freed after a grace period (reclaim.h), so that
 * whoever reads it may finish. The writer that finds more elements than buckets doubles the table
 * some times, there and then, up to 8192 buckets. A larger one is grown by the library's own
 * thread, some 10 ms after a writer has asked for it; until then chains are longer, up to eight
 * elements a bucket, when a writer does it all the same. The table shrinks on that thread.
 * name_reserve makes room beforehand.
 *
 * Limits: writers that are ahead of reclamation by afield_set_backlog_limit wait. A resize occupies
 * its thread for a time that grows with the table, and liburcu starts threads for a large one. In
 * the child of a fork, the first operation that writes, counts or walks goes through all elements,
 * and copies them if a resize was under way; that table's old buckets are never given back. When
 * out of memory, writes return -ENOMEM and the map is as it was; liburcu itself ends the process
 * when it finds no memory for buckets, so the kind asks for it first (map_hash_table.c), and one
 * case is left: that another thread takes it in that very moment. Objects as values: every thread
 * is attached to the interpreter, for every operation.
 *
 * Source: Shalev and Shavit, Split-Ordered Lists, J. ACM 53(3) 2006; liburcu's rculfhash.
 */
#ifndef AFIELD_MAP_H
#define AFIELD_MAP_H

#include <string.h>

#include <afield/detail/type_code.h>

#include <afield/detail/map_node.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The types of a key that is bytes of any length, or text in UTF-8. The map copies them. */
typedef struct afield_bytes afield_map_bytes;
typedef struct afield_bytes afield_map_text;

/* The verbs of a view and the errors of all maps. */
enum { AFIELD__MAP_VERBS = 11 };
AFIELD_EXPORT extern const struct afield_verb afield__map_verbs[AFIELD__MAP_VERBS];
AFIELD_EXPORT extern const struct afield_error_mapping afield__map_error;

#ifdef __cplusplus
}
#endif

#define AFIELD_KIND_map (AFIELD__MAP)

/*
 * AFIELD_TYPE(name, map, K, V) declares
 *   typedef K name_key; typedef V name_value; typedef struct name { ... } name;
 *   bool   name_load(const name *, K key, V *value)
 *   bool   name_contains(const name *, K key)
 *   int    name_set(name *, K key, V value)
 *   int    name_exchange(name *, K key, V value, V *old)
 *   int    name_get_or_insert(name *, K key, V value, V *found)
 *   int    name_compare_exchange(name *, K key, V *expected, V desired)
 *   bool   name_remove(name *, K key, V *old)
 *   int    name_reserve(name *, size_t count)
 *   size_t name_count(const name *)
 *   int    name_walk(name *, int (*visit)(K key, const V *value, void *argument), void *argument)
 *   void   name_clear(name *)
 *   void   name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * Keys of bytes and text are a struct afield_bytes. In all of these, a value that comes out and is
 * an object is a new reference; values that go in are borrowed.
 */
#define AFIELD__MAP(name, ...) \
	AFIELD__JOIN(AFIELD__MAP_, AFIELD__COUNT(__VA_ARGS__))(name, __VA_ARGS__)
#define AFIELD__MAP_1(name, K)                                                 \
	AFIELD__ASSERT(0, "afield: the map '" #name                            \
			  "' lacks a key or a value; write AFIELD_TYPE(" #name \
			  ", map, int64_t, struct limits)")
#define AFIELD__MAP_2(name, K, V) AFIELD__MAP_PICK(name, K, V, AFIELD__MAP_KEY_##K, INTEGER, ~)
#define AFIELD__MAP_PICK(...) AFIELD__MAP_PICK_(__VA_ARGS__)
#define AFIELD__MAP_PICK_(name, K, V, first, sort, ...) AFIELD__MAP_##sort(name, K, V)
#define AFIELD__MAP_KEY_afield_map_bytes ~, BYTES,
#define AFIELD__MAP_KEY_afield_map_text ~, TEXT,

#define AFIELD__MAP_INTEGER(name, K, V)                                                            \
	AFIELD__MAP_STRUCT(name, K, V);                                                            \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(K) >= AFIELD_I8 && AFIELD_TYPE_CODE(K) <= AFIELD_U64,      \
		       "afield: the map '" #name "' has the key '" #K                              \
		       "'; a key is an integer, afield_map_bytes or afield_map_text, or a "        \
		       "PyObject * where <afield/map_object.h> is included");                      \
	static inline struct afield__map_key name##__key(name##_key key)                           \
	{                                                                                          \
		struct afield__map_key made = {(uint64_t)key, NULL, 0, 0, NULL, NULL, 0, NULL, 0}; \
		return made;                                                                       \
	}                                                                                          \
	AFIELD__MAP_WRAPPERS(name, K, V, INTEGER)
#define AFIELD__MAP_BYTES(name, K, V)   \
	AFIELD__MAP_STRUCT(name, K, V); \
	AFIELD__MAP_KEY_OF_BYTES(name); \
	AFIELD__MAP_WRAPPERS(name, K, V, BYTES)
#define AFIELD__MAP_TEXT(name, K, V)    \
	AFIELD__MAP_STRUCT(name, K, V); \
	AFIELD__MAP_KEY_OF_BYTES(name); \
	AFIELD__MAP_WRAPPERS(name, K, V, TEXT)
#define AFIELD__MAP_KEY_OF_BYTES(name)                                                            \
	static inline struct afield__map_key name##__key(name##_key key)                          \
	{                                                                                         \
		struct afield__map_key made = {0, key.data, key.size, 0, NULL, NULL, 0, NULL, 0}; \
		return made;                                                                      \
	}                                                                                         \
	AFIELD__SEMICOLON

/* The struct afield_value_type of each sort of key. */
#define AFIELD__MAP_KEY_INTEGER(K)                   \
	{                                            \
		AFIELD_TYPE_CODE(K), sizeof(K), NULL \
	}
#define AFIELD__MAP_KEY_BYTES(K)              \
	{                                     \
		AFIELD_BYTES, sizeof(K), NULL \
	}
#define AFIELD__MAP_KEY_TEXT(K)              \
	{                                    \
		AFIELD_TEXT, sizeof(K), NULL \
	}

/* Where a value stands in its node: in the slot if there is room, otherwise behind. */
#define AFIELD__MAP_VALUE_AT_INTEGER(V)                           \
	(sizeof(V) <= sizeof(uint64_t) && AFIELD__ALIGNOF(V) <= 8 \
		 ? offsetof(struct afield__map_node, slot)        \
		 : AFIELD__MAP_VALUE_BEHIND(V))
#define AFIELD__MAP_VALUE_AT_BYTES(V) AFIELD__MAP_VALUE_AT_INTEGER(V)
#define AFIELD__MAP_VALUE_AT_TEXT(V) AFIELD__MAP_VALUE_AT_INTEGER(V)
#define AFIELD__MAP_VALUE_BEHIND(V)                                                        \
	((sizeof(struct afield__map_node) + AFIELD__ALIGNOF(V) - 1) / AFIELD__ALIGNOF(V) * \
	 AFIELD__ALIGNOF(V))

#define AFIELD__MAP_STRUCT(name, K, V)  \
	typedef V name##_value;         \
	typedef K name##_key;           \
	typedef struct name {           \
		struct afield__map map; \
	} name;                         \
	AFIELD_VALUE_TYPE_DECLARE_KEPT(name, V)

#define AFIELD__MAP_WRAPPERS(name, K, V, sort)                                     \
	AFIELD__MAP_TABLE(name, K, V, sort, afield__map_verbs, AFIELD__MAP_VERBS); \
	AFIELD__MAP_READERS(name);                                                 \
	AFIELD__MAP_WRITERS(name);                                                 \
	AFIELD__MAP_CHANGERS(name);                                                \
	AFIELD__MAP_ALL(name)

/*
 * name_load: copies the value of a key to *value.
 *   Concurrent with it: everything but fini. Progress: wait-free but for elements that others put
 *   into the same chain in front of it; lock-free where the value is an object: it looks again when
 *   another thread has replaced the value meanwhile. Ordering: acquire; it sees what was done
 *   before the value was set.
 *   Returns false, and *value is as it was, when the key is not there.
 *
 * name_contains: whether the key is there.
 *   Concurrent with it: everything but fini. Progress: as name_load of a value that is no object.
 *   Ordering: acquire. Never fails.
 */
#define AFIELD__MAP_READERS(name)                                                              \
	static inline bool name##_load(const name *field, name##_key key, name##_value *value) \
	{                                                                                      \
		struct afield__map_key made = name##__key(key);                                \
		return afield__map_get(&field->map, &name##__layout, &made, value) == 0;       \
	}                                                                                      \
	static inline bool name##_contains(const name *field, name##_key key)                  \
	{                                                                                      \
		struct afield__map_key made = name##__key(key);                                \
		return afield__map_get(&field->map, &name##__layout, &made, NULL) == 0;        \
	}                                                                                      \
	AFIELD__SEMICOLON

/*
 * name_set: gives the key this value, whether it was there or not. An element that is there keeps
 * its key object.
 *   Concurrent with it: everything but fini. Progress: lock-free, and allocates; it waits above the
 *   backlog limit, outside read sections. Ordering: a full barrier.
 *   Returns 0 when the key is new, 1 when its value was replaced; -ENOMEM, -E2BIG for a key of
 *   4 GiB or more, -EINVAL for NULL in place of an object, or -ENOTSUP for objects when there is
 *   no host (host.h), and the map is as it was.
 *
 * name_exchange: the same, and *old is the value that was replaced when it returns 1.
 *   Concurrent with it, progress, ordering, returns: as name_set.
 *
 * name_remove: takes the key out; its value goes to *old, unless old is NULL.
 *   Concurrent with it: everything but fini. Progress: as name_set, but it allocates nothing.
 *   Ordering: a full barrier. Returns false, and *old is as it was, when the key is not there.
 */
#define AFIELD__MAP_WRITERS(name)                                                          \
	static inline int name##_exchange(name *field, name##_key key, name##_value value, \
					  name##_value *old)                               \
	{                                                                                  \
		struct afield__map_key made = name##__key(key);                            \
		return afield__map_set(&field->map, &name##__layout, &made, &value, old);  \
	}                                                                                  \
	static inline AFIELD__MUST_CHECK int name##_set(name *field, name##_key key,       \
							name##_value value)                \
	{                                                                                  \
		return name##_exchange(field, key, value, NULL);                           \
	}                                                                                  \
	static inline bool name##_remove(name *field, name##_key key, name##_value *old)   \
	{                                                                                  \
		struct afield__map_key made = name##__key(key);                            \
		return afield__map_remove(&field->map, &name##__layout, &made, old) == 0;  \
	}                                                                                  \
	AFIELD__SEMICOLON

/*
 * name_get_or_insert: the value of the key, which becomes `value` when the key is not there. All
 * threads that do this at once get the same.
 *   Concurrent with it: everything but fini. Progress: as name_load when the key is there,
 *   otherwise as name_set. Ordering: a full barrier when it inserts, otherwise acquire.
 *   Returns 1 when it inserted, 0 when the key was there, and *found is the value now; -ENOMEM,
 *   -E2BIG, -EINVAL or -ENOTSUP.
 *
 * name_compare_exchange: replaces the value of the key by `desired` if it is *expected: bit by bit,
 * of a record member by member, of an object if it is the same object.
 *   Concurrent with it: everything but fini. Progress: as name_set. Ordering: a full barrier when
 *   it replaces, otherwise acquire.
 *   Returns 1 when it did; 0 when the value is another, and *expected is then that one, unless it
 *   is an object; -ENODATA when the key is not there; -ENOMEM, -EINVAL or -ENOTSUP.
 */
#define AFIELD__MAP_CHANGERS(name)                                                                 \
	static inline int name##_get_or_insert(name *field, name##_key key, name##_value value,    \
					       name##_value *found)                                \
	{                                                                                          \
		struct afield__map_key made = name##__key(key);                                    \
		return afield__map_get_or_insert(&field->map, &name##__layout, &made, &value,      \
						 found);                                           \
	}                                                                                          \
	static inline int name##_compare_exchange(name *field, name##_key key,                     \
						  name##_value *expected, name##_value desired)    \
	{                                                                                          \
		struct afield__map_key made = name##__key(key);                                    \
		void *seen =                                                                       \
			name##__layout.value.type_code == AFIELD_OBJECT ? NULL : (void *)expected; \
		return afield__map_compare_exchange(&field->map, &name##__layout, &made, expected, \
						    &desired, seen);                               \
	}                                                                                          \
	AFIELD__SEMICOLON

/*
 * name_reserve: makes room for so many elements, so that no set that follows has to; and keeps it,
 * however few there are, until another call says another number.
 *   Concurrent with: everything but fini. Progress: lock-free, and that of malloc; it takes a time
 *   that grows with `count`. Where another thread resizes already, that one makes the room, later.
 *   Ordering: none. Returns 0; -ENOMEM, and the map is as it was; -E2BIG above 2^40.
 *
 * name_count: the number of elements. Each write adds or takes its one a moment after it
 * linearized: with no write under way the number is exact, otherwise it may be off by the writes
 * under way.
 *   Concurrent with it: everything but fini. Progress: wait-free, but for the first time in the
 *   child of a fork. Ordering: none. Never fails.
 *
 * name_walk: calls visit for the elements in no order, and stops when that returns another number
 * than 0. Weakly consistent: an element that is there all the while is met once, with a value that
 * it had meanwhile; what is added or removed meanwhile is met or not. A key that is removed and
 * added again may be met twice if another key has the very same hash, which integers never have.
 * It all happens inside one read section: visit does not wait, call the interpreter, or use the key
 * or the value after it has returned; an object is a reference that is visit's from then on. An
 * exception of C++ ends the walk.
 *   Concurrent with it: everything but fini. Progress: wait-free but for what is added in front.
 *   Ordering: acquire. Returns what visit returned last; -ENOMEM, of objects alone.
 *
 * name_clear: takes out every element that a walk meets.
 *   Concurrent with it: everything but fini; what is added meanwhile may stay. Progress: as
 *   name_walk, then as name_remove. Ordering: as name_remove. Never fails.
 */
#define AFIELD__MAP_ALL(name)                                                             \
	static inline AFIELD__MUST_CHECK int name##_reserve(name *field, size_t count)    \
	{                                                                                 \
		return afield__map_reserve(&field->map, &name##__layout, count);          \
	}                                                                                 \
	static inline size_t name##_count(const name *field)                              \
	{                                                                                 \
		return afield__map_len(&field->map);                                      \
	}                                                                                 \
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
	static inline void name##_clear(name *field)                                      \
	{                                                                                 \
		afield__map_clear(&field->map, &name##__layout);                          \
	}                                                                                 \
	static inline void name##_fini(name *field)                                       \
	{                                                                                 \
		afield__map_fini(&field->map, &name##__layout);                           \
	}                                                                                 \
	AFIELD__SEMICOLON

/*
 * name_fini: gives up all elements and the table. Objects end at once, memory after a grace period.
 *   Concurrent with it: nobody. Progress: lock-free, and that of the objects' ends; never waits.
 *   Ordering: that of afield_retire. Never fails; a fresh field is left as it is.
 *
 * name_type: the table. A map is no value, so it has no load and no store; its view has verbs.
 */
#define AFIELD__MAP_TABLE(name, K, V, sort, verbs, verb_count)                              \
	static const struct afield__map_layout __attribute__((unused))                      \
	name##__layout = {AFIELD__MAP_KEY_##sort(K), AFIELD_VALUE_TYPE(name, V),            \
			  AFIELD__MAP_VALUE_AT_##sort(name##_value)};                       \
	static const struct afield_view __attribute__((unused)) name##__view = {            \
		"Map",                                                                      \
		"collections.abc.MutableMapping",                                           \
		"collections.abc.Mapping",                                                  \
		AFIELD__MAP_KEY_##sort(K),                                                  \
		verbs,                                                                      \
		verb_count,                                                                 \
		NULL,                                                                       \
		0,                                                                          \
		afield__map_table_len,                                                      \
		afield__map_table_walk,                                                     \
		NULL,                                                                       \
		NULL,                                                                       \
		NULL,                                                                       \
		afield__map_table_take_any,                                                 \
	};                                                                                  \
	static const struct afield_host_binding __attribute__((unused)) name##__binding = { \
		afield__map_table_traverse,                                                 \
		afield__map_table_clear,                                                    \
		&afield__map_error,                                                         \
		1,                                                                          \
		&name##__view,                                                              \
		NULL,                                                                       \
		0,                                                                          \
		NULL,                                                                       \
		NULL,                                                                       \
	};                                                                                  \
	AFIELD_TYPE_TABLE(name, "map", AFIELD_VALUE_TYPE(name, V), 0, NULL, NULL,           \
			  afield__map_table_fini, NULL, 0, &name##__layout, &name##__binding)

#endif
