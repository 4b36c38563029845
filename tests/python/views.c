/* SPDX-License-Identifier: MIT */
/*
 * views: a kind of the tests' own with a view, so that the layer's part in it is tested without a
 * room's. Its fields are shelves (shelf.h).
 */
#include "module.h"
#include "shelf.h"

static const struct afield_verb mapping[] = {
	{.name = "__getitem__",
	 .doc = "The value.",
	 .result = AFIELD_ITSELF,
	 .parameter_count = 1,
	 .parameters = {AFIELD_PARAMETER("key", AFIELD_KEY)},
	 .call = verb_get,
	 .only_reads = true},
	{.name = "__setitem__",
	 .doc = "Sets it.",
	 .result = AFIELD_NOTHING,
	 .parameter_count = 2,
	 .parameters = {AFIELD_PARAMETER("key", AFIELD_KEY),
			AFIELD_PARAMETER("value", AFIELD_ITSELF)},
	 .call = verb_set},
	{.name = "__delitem__",
	 .doc = "Removes it.",
	 .result = AFIELD_NOTHING,
	 .parameter_count = 1,
	 .parameters = {AFIELD_PARAMETER("key", AFIELD_KEY)},
	 .call = verb_delete},
	{.name = "__contains__",
	 .doc = "Is it there.",
	 .result = AFIELD_BOOL,
	 .parameter_count = 1,
	 .parameters = {AFIELD_PARAMETER("key", AFIELD_KEY)},
	 .call = verb_contains,
	 .only_reads = true},
	{.name = "__len__",
	 .doc = "How many.",
	 .result = AFIELD_U64,
	 .call = verb_length,
	 .only_reads = true},
	{.name = "get",
	 .doc = "The value or another.",
	 .result = AFIELD_ITSELF,
	 .parameter_count = 2,
	 .parameters = {AFIELD_PARAMETER("key", AFIELD_KEY),
			{"default", AFIELD_ITSELF, AFIELD_OR_NONE, AFIELD_DEFAULT}},
	 .call = verb_get,
	 .only_reads = true},
	{.name = "pop",
	 .doc = "Removes it.",
	 .result = AFIELD_ITSELF,
	 .parameter_count = 2,
	 .parameters = {AFIELD_PARAMETER("key", AFIELD_KEY),
			{"default", AFIELD_ITSELF, AFIELD_OR_ABSENT, AFIELD_DEFAULT}},
	 .call = verb_pop},
};
static const struct afield_verb sequence[] = {
	{.name = "append",
	 .doc = "Adds one.",
	 .result = AFIELD_NOTHING,
	 .parameter_count = 1,
	 .parameters = {AFIELD_PARAMETER("item", AFIELD_ITSELF)},
	 .call = verb_append},
	{.name = "take",
	 .doc = "The last.",
	 .result = AFIELD_ITSELF,
	 .parameter_count = 2,
	 .parameters = {{"block", AFIELD_BOOL, AFIELD_OR_TRUE, AFIELD_BLOCK},
			{"timeout", AFIELD_SECONDS, AFIELD_OR_NONE, AFIELD_TIMEOUT}},
	 .call = verb_take},
	{.name = "wait",
	 .doc = "Drops one.",
	 .result = AFIELD_BOOL,
	 .parameter_count = 1,
	 .parameters = {{"timeout", AFIELD_SECONDS, AFIELD_OR_NONE, AFIELD_ARGUMENT}},
	 .call = verb_wait},
	{.name = "__len__",
	 .doc = "How many.",
	 .result = AFIELD_U64,
	 .call = verb_length,
	 .only_reads = true},
};
static const struct afield_verb properties[] = {
	{.name = "first",
	 .doc = "The first.",
	 .result = AFIELD_ITSELF,
	 .call = verb_first,
	 .only_reads = true},
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
