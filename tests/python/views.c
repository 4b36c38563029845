/* SPDX-License-Identifier: MIT */
/*
 * views: a kind of the tests' own with a view, so that the layer's part in it is tested without a
 * kind's. Its fields are shelves (shelf.h).
 */
#include "module.h"
#include "shelf.h"

#define SHELF_VERB(title, words, gives, function, ...)                                      \
	{                                                                                   \
		.name = title, .doc = words, .result = gives, .call = function, __VA_ARGS__ \
	}
#define SHELF_READS .only_reads = true
#define SHELF_TAKES(count, ...) .parameter_count = count, .parameters = {__VA_ARGS__}
#define KEY AFIELD_PARAMETER("key", AFIELD_KEY)
#define OR(otherwise)                                               \
	{                                                           \
		"default", AFIELD_ITSELF, otherwise, AFIELD_DEFAULT \
	}
#define TIMEOUT(sort)                                           \
	{                                                       \
		"timeout", AFIELD_SECONDS, AFIELD_OR_NONE, sort \
	}

static const struct afield_verb mapping[] = {
	SHELF_VERB("__getitem__", "The value.", AFIELD_ITSELF, verb_get, SHELF_READS,
		   SHELF_TAKES(1, KEY)),
	SHELF_VERB("__setitem__", "Sets it.", AFIELD_NOTHING, verb_set,
		   SHELF_TAKES(2, KEY, AFIELD_PARAMETER("value", AFIELD_ITSELF))),
	SHELF_VERB("__delitem__", "Removes it.", AFIELD_NOTHING, verb_delete, SHELF_TAKES(1, KEY)),
	SHELF_VERB("__contains__", "Is it there.", AFIELD_BOOL, verb_contains, SHELF_READS,
		   SHELF_TAKES(1, KEY)),
	SHELF_VERB("__len__", "How many.", AFIELD_U64, verb_length, SHELF_READS),
	SHELF_VERB("get", "The value or another.", AFIELD_ITSELF, verb_get, SHELF_READS,
		   SHELF_TAKES(2, KEY, OR(AFIELD_OR_NONE))),
	SHELF_VERB("pop", "Removes it.", AFIELD_ITSELF, verb_pop,
		   SHELF_TAKES(2, KEY, OR(AFIELD_OR_ABSENT))),
};
static const struct afield_verb sequence[] = {
	SHELF_VERB("append", "Adds one.", AFIELD_NOTHING, verb_append,
		   SHELF_TAKES(1, AFIELD_PARAMETER("item", AFIELD_ITSELF))),
	SHELF_VERB("take", "The last.", AFIELD_ITSELF, verb_take,
		   SHELF_TAKES(2, {"block", AFIELD_BOOL, AFIELD_OR_TRUE, AFIELD_BLOCK},
			       TIMEOUT(AFIELD_TIMEOUT))),
	SHELF_VERB("wait", "Drops one.", AFIELD_BOOL, verb_wait,
		   SHELF_TAKES(1, TIMEOUT(AFIELD_ARGUMENT))),
	SHELF_VERB("__len__", "How many.", AFIELD_U64, verb_length, SHELF_READS),
};
static const struct afield_verb properties[] = {
	SHELF_VERB("first", "The first.", AFIELD_ITSELF, verb_first, SHELF_READS),
};
static const struct afield_error_mapping no_key[] = {
	{-ENODATA, "builtins.KeyError", "no such key"},
	{-ENOBUFS, "FullError", "the shelf is full"},
};
static const struct afield_error_mapping no_item[] = {
	{-ENODATA, "queue.Empty", "the shelf is empty"},
	{-ENOBUFS, "FullError", "the shelf is full"},
};

#define SHELF(id, type_code, T, key_shape, K, verbs_of, binding_base, base_reading, refused,    \
	      replaced)                                                                         \
	static const struct afield_view id##_view = {                                           \
		.name = #id,                                                                    \
		.base = binding_base,                                                           \
		.reading_base = base_reading,                                                   \
		.key = {key_shape, sizeof(K), NULL},                                            \
		.verbs = verbs_of,                                                              \
		.verb_count = sizeof(verbs_of) / sizeof((verbs_of)[0]),                         \
		.properties = properties,                                                       \
		.property_count = sizeof(properties) / sizeof(properties[0]),                   \
		.count = count,                                                                 \
		.walk = walk,                                                                   \
		.replace = replaced,                                                            \
	};                                                                                      \
	static const struct afield_host_binding id##_host_binding = {.traverse = traverse,      \
								     .clear = clear,            \
								     .error_mappings = refused, \
								     .error_mapping_count = 2,  \
								     .view = &id##_view};       \
	typedef struct shelf id;                                                                \
	static const struct afield_type *id##_type(void)                                        \
	{                                                                                       \
		static const struct afield_type type = {                                        \
			.layout = &AFIELD_LAYOUT,                                               \
			.name = #id,                                                            \
			.kind = "shelf",                                                        \
			.size = sizeof(struct shelf),                                           \
			.alignment = _Alignof(struct shelf),                                    \
			.value_type = {type_code, sizeof(T), NULL},                             \
			.fini = clear,                                                          \
			.binding = &id##_host_binding,                                          \
		};                                                                              \
		return &type;                                                                   \
	}
#define MAPPING "collections.abc.MutableMapping"
#define READING "collections.abc.Mapping"
SHELF(Numbers, AFIELD_I64, int64_t, AFIELD_I32, int32_t, mapping, MAPPING, READING, no_key, NULL)
SHELF(Words, AFIELD_OBJECT, PyObject *, AFIELD_TEXT, struct afield_bytes, mapping, MAPPING, READING,
      no_key, NULL)
SHELF(Things, AFIELD_OBJECT, PyObject *, AFIELD_NOTHING, char, sequence, NULL, NULL, no_item,
      replace)

#define ROOM(field)                                     \
	field(Numbers, numbers, 0, "Numbers by number") \
	field(Words, words)                             \
	field(Things, things)                           \
	field(Things, fixed, AFIELD_READONLY)
AFIELD_CLASS(room, ROOM);

static int views_exec(PyObject *module)
{
	return module_add(module, room_class(), "views.Room", AFIELD_PYTHON_WEAKREF, NULL) ||
			       module_add(module, room_class(), "views.Own",
					  AFIELD_PYTHON_UNSENDABLE, NULL)
		       ? -1
		       : 0;
}
AFIELD_PYTHON_MODULE(views, views_exec, NULL, "Collections of the tests.");
