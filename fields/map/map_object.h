/* SPDX-License-Identifier: MIT */
/*
 * map_object: maps whose keys are Python objects, found by hash and equality as in a dict.
 *
 *	#include <afield/python.h>
 *	#include <afield/map_object.h>
 *	AFIELD_TYPE(object_map, map, PyObject *, PyObject *);
 *
 * When to use it: where Python code chooses the keys, or where keys are of many types. When not:
 * for keys that are integers or text by nature: map.h has these without a reference to count, a
 * hash to call or a second copy of the text.
 *
 * This header needs Python.h of 3.11 or newer. Every thread is attached to the interpreter that the
 * objects are of. What is said in map.h holds, with these differences:
 *
 *        [1] get, contains, set, exchange, get_or_insert, compare_exchange, remove
 *   [1]   -    - runs concurrently; fini needs the field alone, all else runs concurrently with all
 *
 * How keys are compared: no Python code may run inside a read section, where the table is searched.
 * Keys of exact type str, bytes or int (of 64 bits) need none: the node has a copy of their bytes.
 * Of all others the search knows the hash and the identity alone. When it meets such a key with the
 * right hash, it takes a reference, leaves the section, asks `==`, and searches again, knowing the
 * answer. An answer is kept together with the reference, so that the address cannot become another
 * object's. An insert that meets an unknown key beside its place inserts nothing, but asks first:
 * so no two equal keys come to stand in one map. `==` and hash may use this same map: no lock is
 * held.
 *
 * Limits: keys that do not keep their hash and equality are lost, as in a dict. Text is kept twice.
 * Thirty-two unknown keys of the same hash are one search more: of n keys with Python code that all
 * have one hash, an operation takes n * n / 32 steps and n answers, where a dict takes n.
 * Lookup is wait-free for keys without Python code and lock-free otherwise.
 */
#ifndef AFIELD_MAP_OBJECT_H
#define AFIELD_MAP_OBJECT_H

#include <afield/python/object/try_incref.h>

#include <errno.h>

#include <afield/map.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The tags of keys that are their bytes. Text is 1, 2 or 4, the width of its characters, of which
 * every text has the least. */
enum { AFIELD__MAP_TAG_BYTES = 8, AFIELD__MAP_TAG_INT = 16, AFIELD__MAP_MEMO = 4 };

/* A key under way, and all answers so far. Its own memory: one operation of one thread. */
struct afield__map_probe {
	struct afield__map_key key;
	int64_t integer;
	void *candidates[AFIELD__MAP_CANDIDATES];
	struct afield__map_memo few[AFIELD__MAP_MEMO];
	struct afield__map_memo *many; /* NULL while few are enough */
	size_t room;
};

static inline int afield__map_probe_text(struct afield__map_probe *probe, PyObject *key)
{
#if PY_VERSION_HEX < 0x030C0000
	if (PyUnicode_READY(key))
		return -1;
#endif
	probe->key.tag = (uint32_t)PyUnicode_KIND(key);
	probe->key.data = PyUnicode_DATA(key);
	probe->key.size = (size_t)PyUnicode_GET_LENGTH(key) * probe->key.tag;
	return 0;
}

/* 0, or -1 with an exception: the object has no hash. */
static inline int afield__map_probe_open(struct afield__map_probe *probe, PyObject *key)
{
	Py_hash_t hash;
	int is_large = 0;

	if (!key) {
		PyErr_SetString(PyExc_SystemError, "NULL is no key");
		return -1;
	}
	hash = PyObject_Hash(key);
	if (hash == -1)
		return -1;
	memset(&probe->key, 0, sizeof(probe->key));
	probe->many = NULL;
	probe->room = AFIELD__MAP_MEMO;
	probe->key.memo = probe->few;
	probe->key.candidates = probe->candidates;
	probe->key.word = (uint64_t)hash;
	probe->key.object = key;
	if (PyUnicode_CheckExact(key))
		return afield__map_probe_text(probe, key);
	if (PyBytes_CheckExact(key)) {
		probe->key.tag = AFIELD__MAP_TAG_BYTES;
		probe->key.data = PyBytes_AS_STRING(key);
		probe->key.size = (size_t)PyBytes_GET_SIZE(key);
	} else if (PyLong_CheckExact(key)) {
		probe->integer = PyLong_AsLongLongAndOverflow(key, &is_large);
		probe->key.tag = is_large ? 0 : AFIELD__MAP_TAG_INT;
		probe->key.data = &probe->integer;
		probe->key.size = is_large ? 0 : sizeof(probe->integer);
	}
	return 0;
}

static inline void afield__map_probe_close(struct afield__map_probe *probe)
{
	for (size_t i = 0; i < probe->key.memo_count; i++)
		Py_DECREF((PyObject *)probe->key.memo[i].object);
	PyMem_Free(probe->many);
}

/* Room for one answer more: where it goes, or NULL with MemoryError. */
static inline struct afield__map_memo *afield__map_probe_next(struct afield__map_probe *probe)
{
	struct afield__map_memo *all = probe->many ? probe->many : probe->few;
	struct afield__map_memo *more;

	if (probe->key.memo_count < probe->room)
		return all + probe->key.memo_count;
	more = (struct afield__map_memo *)PyMem_Malloc(2 * probe->room * sizeof(*more));
	if (!more) {
		PyErr_NoMemory();
		return NULL;
	}
	memcpy(more, all, probe->room * sizeof(*more));
	PyMem_Free(probe->many);
	probe->many = more;
	probe->key.memo = more;
	probe->room *= 2;
	return more + probe->key.memo_count;
}

/* Asks whether one that was met is the key: 1 or 0, or -1 with an exception. The reference is used.
 */
static inline int afield__map_probe_ask(struct afield__map_probe *probe, PyObject *candidates)
{
	struct afield__map_memo *memo = afield__map_probe_next(probe);
	int is_equal =
		memo ? PyObject_RichCompareBool(candidates, (PyObject *)probe->key.object, Py_EQ)
		     : -1;

	if (is_equal < 0) {
		Py_DECREF(candidates);
		return -1;
	}
	memo->object = candidates;
	memo->is_equal = is_equal != 0;
	probe->key.memo_count++;
	return is_equal;
}

/* Asks for all that were met, until one is the key: 0, or -1 with an exception. Outside of
 * everything. */
static inline int afield__map_probe_ask_all(struct afield__map_probe *probe)
{
	int answer = 0;

	for (size_t i = 0; i < probe->key.candidate_count; i++) {
		if (answer == 0)
			answer = afield__map_probe_ask(probe, (PyObject *)probe->candidates[i]);
		else
			Py_DECREF((PyObject *)probe->candidates[i]);
	}
	probe->key.candidate_count = 0;
	return answer < 0 ? -1 : 0;
}

enum afield__map_verb {
	AFIELD__MAP_GET,
	AFIELD__MAP_SET,
	AFIELD__MAP_GET_OR_INSERT,
	AFIELD__MAP_COMPARE_EXCHANGE,
	AFIELD__MAP_REMOVE,
};

static inline int afield__map_try(struct afield__map *map, const struct afield__map_layout *layout,
				  enum afield__map_verb verb, struct afield__map_key *key,
				  const void *value, const void *desired, void *out)
{
	switch (verb) {
	case AFIELD__MAP_GET:
		return afield__map_get(map, layout, key, out);
	case AFIELD__MAP_SET:
		return afield__map_set(map, layout, key, value, out);
	case AFIELD__MAP_GET_OR_INSERT:
		return afield__map_get_or_insert(map, layout, key, value, out);
	case AFIELD__MAP_COMPARE_EXCHANGE:
		return afield__map_compare_exchange(map, layout, key, value, desired, NULL);
	default:
		return afield__map_remove(map, layout, key, out);
	}
}

/* One operation with a key that is an object: as in map_node.h; -ECANCELED: an exception is set. */
static inline int afield__map_do(struct afield__map *map, const struct afield__map_layout *layout,
				 enum afield__map_verb verb, PyObject *key, const void *value,
				 const void *desired, void *out)
{
	struct afield__map_probe probe;
	int done;

	if (afield__map_probe_open(&probe, key))
		return -ECANCELED;
	do {
		done = afield__map_try(map, layout, verb, &probe.key, value, desired, out);
		if (done == -EAGAIN && afield__map_probe_ask_all(&probe))
			done = -ECANCELED;
	} while (done == -EAGAIN);
	afield__map_probe_close(&probe);
	return done;
}

/* For the typed wrappers: 1 or 0, or -1 with an exception. A key that is not there is 0. */
static inline int afield__map_answer(int done)
{
	if (done >= 0 || done == -ENODATA)
		return done > 0;
	if (done == -ENOMEM)
		PyErr_NoMemory();
	else if (done == -EINVAL)
		PyErr_SetString(PyExc_SystemError, "NULL is no value");
	else if (done == -ENOTSUP)
		PyErr_SetString(PyExc_RuntimeError, "afield_python_init was not called");
	else if (done != -ECANCELED)
		PyErr_SetString(PyExc_OverflowError, "the key is too long");
	return -1;
}

/* The verbs of a view. */
#define AFIELD__MAP_CALL(function, verb, first, second, out)                                     \
	static inline int function(const struct afield_type *type, void *field, void *result,    \
				   const void *const *arguments)                                 \
	{                                                                                        \
		int done = afield__map_do((struct afield__map *)field,                           \
					  (const struct afield__map_layout *)type->detail, verb, \
					  *(PyObject *const *)arguments[0], first, second, out); \
		(void)result;                                                                    \
		return done < 0 ? done : 0;                                                      \
	}                                                                                        \
	typedef int function##_is_a_call
AFIELD__MAP_CALL(afield__map_object_get, AFIELD__MAP_GET, NULL, NULL, result);
AFIELD__MAP_CALL(afield__map_object_set, AFIELD__MAP_SET, arguments[1], NULL, NULL);
AFIELD__MAP_CALL(afield__map_object_delete, AFIELD__MAP_REMOVE, NULL, NULL, NULL);
AFIELD__MAP_CALL(afield__map_object_pop, AFIELD__MAP_REMOVE, NULL, NULL, result);
AFIELD__MAP_CALL(afield__map_object_setdefault, AFIELD__MAP_GET_OR_INSERT, arguments[1], NULL,
		 result);

static inline int afield__map_object_contains(const struct afield_type *type, void *field,
					      void *result, const void *const *arguments)
{
	int done = afield__map_do((struct afield__map *)field,
				  (const struct afield__map_layout *)type->detail, AFIELD__MAP_GET,
				  *(PyObject *const *)arguments[0], NULL, NULL, NULL);

	*(bool *)result = done == 0;
	return done == -ENODATA ? 0 : done;
}

static inline int afield__map_object_compare_exchange(const struct afield_type *type, void *field,
						      void *result, const void *const *arguments)
{
	int done = afield__map_do((struct afield__map *)field,
				  (const struct afield__map_layout *)type->detail,
				  AFIELD__MAP_COMPARE_EXCHANGE, *(PyObject *const *)arguments[0],
				  arguments[1], arguments[2], NULL);

	*(bool *)result = done == 1;
	return done < 0 ? done : 0;
}

AFIELD__CONSTANT(struct afield_verb afield__map_object_verbs[AFIELD__MAP_VERBS]) =
	AFIELD__MAP_VERB_TABLE(afield__map_object_get, afield__map_object_set,
			       afield__map_object_delete, afield__map_object_contains,
			       afield__map_object_pop, afield__map_object_setdefault,
			       afield__map_object_compare_exchange);

#ifdef __cplusplus
}
#endif

#define AFIELD__MAP_KEY_PyObject ~, OBJECT,
#define AFIELD__MAP_KEY_OBJECT(K)              \
	{                                      \
		AFIELD_OBJECT, sizeof(K), NULL \
	}

/*
 * AFIELD_TYPE(name, map, PyObject *, V) declares the types and functions of map.h, with these in
 * place of those of the same names. Each returns -1 with an exception when the key's hash or == has
 * raised, when out of memory, when the key is of 4 GiB or more, or, of what puts something in, when
 * nobody has called afield_python_init; SystemError for NULL. The map is then as it was.
 *   int name_load(const name *, PyObject *key, V *value)        1, or 0: not there
 *   int name_contains(const name *, PyObject *key)              1, or 0: not there
 *   int name_set(name *, PyObject *key, V value)                1: replaced, 0: new
 *   int name_exchange(name *, PyObject *key, V value, V *old)   1: replaced, 0: new
 *   int name_get_or_insert(name *, PyObject *key, V value, V *found)   1: inserted, 0: was there
 *   int name_compare_exchange(name *, PyObject *key, V *expected, V desired)   1: did, 0: another
 *   int name_remove(name *, PyObject *key, V *old)              1, or 0: not there
 *   Concurrent with them: everything but fini; attached. Progress: as map.h says, and that of the
 *   keys' hash and ==. Ordering: as map.h says.
 */
#define AFIELD__MAP_OBJECT(name, K, V)                                                          \
	AFIELD__MAP_STRUCT(name, K, V);                                                         \
	AFIELD__ASSERT(sizeof(K) == sizeof(PyObject *) && AFIELD_TYPE_CODE(K) == AFIELD_OBJECT, \
		       "afield: the map '" #name "' has the key '" #K "', not a PyObject *");   \
	AFIELD__MAP_TABLE(name, K, V, OBJECT, afield__map_object_verbs, AFIELD__MAP_VERBS);     \
	AFIELD__INLINE(int name##__do(const name *field, enum afield__map_verb verb,            \
				      PyObject *key, const name##_value *value,                 \
				      const name##_value *desired, name##_value *out),          \
		       return afield__map_do((struct afield__map *)(uintptr_t)&field->map,      \
					     &name##__layout, verb, key, value, desired, out)); \
	AFIELD__MAP_OBJECT_READERS(name);                                                       \
	AFIELD__MAP_OBJECT_WRITERS(name);                                                       \
	AFIELD__MAP_ALL(name)

#define AFIELD__MAP_OBJECT_READERS(name)                                                     \
	static inline int name##_load(const name *field, PyObject *key, name##_value *value) \
	{                                                                                    \
		int done = name##__do(field, AFIELD__MAP_GET, key, NULL, NULL, value);       \
		return done == 0 ? 1 : afield__map_answer(done);                             \
	}                                                                                    \
	AFIELD__INLINE(int name##_contains(const name *field, PyObject *key),                \
		       return name##_load(field, key, NULL))

#define AFIELD__MAP_OBJECT_WRITERS(name)                                                           \
	AFIELD__INLINE(int name##_exchange(name *field, PyObject *key, name##_value value,         \
					   name##_value *old),                                     \
		       return afield__map_answer(                                                  \
			       name##__do(field, AFIELD__MAP_SET, key, &value, NULL, old)));       \
	AFIELD__INLINE(                                                                            \
		AFIELD__MUST_CHECK int name##_set(name *field, PyObject *key, name##_value value), \
		return name##_exchange(field, key, value, NULL));                                  \
	AFIELD__INLINE(int name##_get_or_insert(name *field, PyObject *key, name##_value value,    \
						name##_value *found),                              \
		       return afield__map_answer(name##__do(field, AFIELD__MAP_GET_OR_INSERT, key, \
							    &value, NULL, found)));                \
	AFIELD__INLINE(int name##_compare_exchange(name *field, PyObject *key,                     \
						   name##_value *expected, name##_value desired),  \
		       return afield__map_answer(name##__do(field, AFIELD__MAP_COMPARE_EXCHANGE,   \
							    key, expected, &desired, NULL)));      \
	static inline int name##_remove(name *field, PyObject *key, name##_value *old)             \
	{                                                                                          \
		int done = name##__do(field, AFIELD__MAP_REMOVE, key, NULL, NULL, old);            \
		return done == 0 ? 1 : afield__map_answer(done);                                   \
	}                                                                                          \
	AFIELD__SEMICOLON

#endif
