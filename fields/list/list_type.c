/* SPDX-License-Identifier: MIT */
/*
 * list_type: the list as a host shows it, with the names of Python's list.
 */
#include "list.h"

#include <afield/detail/verb.h>
#include <afield/host.h>

#include <errno.h>
#include <string.h>

static int edit(const struct afield_type *type, void *field, enum afield__list_place place,
		int64_t index, const void *values, size_t count, void *old)
{
	struct afield__list_edit edit = {place, index, 0, values, values, count};

	return afield__list_edit((struct afield__list *)field, &type->value_type, &edit, old);
}

static int64_t index_of(const void *argument)
{
	int64_t index;

	memcpy(&index, argument, sizeof(index));
	return index;
}

static int call_get(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	return afield__list_get((struct afield__list *)field, &type->value_type,
				index_of(arguments[0]), result)
		       ? 0
		       : -ERANGE;
}

static int call_set(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	(void)result;
	return edit(type, field, AFIELD__LIST_AT, index_of(arguments[0]), arguments[1], 1, NULL);
}

static int call_delete(const struct afield_type *type, void *field, void *result,
		       const void *const *arguments)
{
	(void)result;
	return edit(type, field, AFIELD__LIST_AT, index_of(arguments[0]), NULL, 0, NULL);
}

static size_t count(const struct afield_type *type, const void *field)
{
	size_t count = 0;

	(void)type;
	AFIELD_READ_SECTION
	count = afield__list_load((const struct afield__list *)field).count;
	return count;
}

static int call_append(const struct afield_type *type, void *field, void *result,
		       const void *const *arguments)
{
	(void)result;
	return edit(type, field, AFIELD__LIST_END, 0, arguments[0], 1, NULL);
}

static int call_insert(const struct afield_type *type, void *field, void *result,
		       const void *const *arguments)
{
	(void)result;
	return edit(type, field, AFIELD__LIST_BEFORE, index_of(arguments[0]), arguments[1], 1,
		    NULL);
}

static int call_pop(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	return edit(type, field, AFIELD__LIST_AT, index_of(arguments[0]), NULL, 0, result);
}

static int call_reverse(const struct afield_type *type, void *field, void *result,
			const void *const *arguments)
{
	(void)result, (void)arguments;
	return edit(type, field, AFIELD__LIST_REVERSED, 0, NULL, 0, NULL);
}

static int call_clear(const struct afield_type *type, void *field, void *result,
		      const void *const *arguments)
{
	(void)result, (void)arguments;
	return edit(type, field, AFIELD__LIST_ALL, 0, NULL, 0, NULL);
}

static const struct afield_verb verbs[] = {
	{.name = "__getitem__",
	 .doc = "The element at index.",
	 .result = AFIELD_ITSELF,
	 .parameter_count = 1,
	 .parameters = {AFIELD_PARAMETER("index", AFIELD_INDEX)},
	 .call = call_get,
	 .only_reads = true},
	AFIELD_VERB_WITH("__setitem__", "Puts value in place of the element at index.",
			 AFIELD_NOTHING, call_set, AFIELD_PARAMETER("index", AFIELD_INDEX),
			 AFIELD_PARAMETER("value", AFIELD_ITSELF)),
	AFIELD_VERB_WITH("__delitem__", "Takes the element at index out.", AFIELD_NOTHING,
			 call_delete, AFIELD_PARAMETER("index", AFIELD_INDEX)),
	AFIELD_READING_VERB("__len__", "How many elements there are.", AFIELD_U64,
			    afield_view_count),
	AFIELD_VERB_WITH("append", "Puts value behind the last.", AFIELD_NOTHING, call_append,
			 AFIELD_PARAMETER("value", AFIELD_ITSELF)),
	AFIELD_VERB_WITH("insert", "Puts value in front of the element at index.", AFIELD_NOTHING,
			 call_insert, AFIELD_PARAMETER("index", AFIELD_I64),
			 AFIELD_PARAMETER("value", AFIELD_ITSELF)),
	AFIELD_VERB_WITH("pop", "Takes the element at index, or the last, out and returns it.",
			 AFIELD_ITSELF, call_pop,
			 {"index", AFIELD_INDEX, AFIELD_OR_LAST, AFIELD_ARGUMENT}),
	AFIELD_VERB("reverse", "Turns the list round in one step.", AFIELD_NOTHING, call_reverse),
	AFIELD_VERB("clear", "Takes all out in one step.", AFIELD_NOTHING, call_clear),
};

/* The host's own walk, whose `each` owns a reference to what it gets. */
struct visit {
	const struct afield_value_type *value_type;
	int (*each)(const void *key, const void *value, void *argument);
	void *argument;
};

static int visit_one(const void *value, void *opaque)
{
	const struct visit *visit = (const struct visit *)opaque;

	afield_retain(visit->value_type, value);
	return visit->each(NULL, value, visit->argument);
}

static int walk(const struct afield_type *type, void *field,
		int (*each)(const void *key, const void *value, void *argument), void *argument)
{
	struct visit visit = {&type->value_type, each, argument};

	return afield__list_walk((struct afield__list *)field, &type->value_type, visit_one,
				 &visit);
}

static int replace(const struct afield_type *type, void *field, const void *values, size_t number)
{
	return edit(type, field, AFIELD__LIST_ALL, 0, values, number, NULL);
}

static int splice(const struct afield_type *type, void *field, int64_t start, int64_t stop,
		  const void *values, size_t number)
{
	struct afield__list_edit edit = {AFIELD__LIST_SLICE, start, stop, NULL, values, number};

	return afield__list_edit((struct afield__list *)field, &type->value_type, &edit, NULL);
}

static int take(const struct afield_type *type, void *field, const void *value)
{
	return edit(type, field, AFIELD__LIST_EQUAL, 0, value, 0, NULL);
}

static const struct afield_view view = {
	.name = "List",
	.base = "collections.abc.MutableSequence",
	.reading_base = "collections.abc.Sequence",
	.key = {AFIELD_NOTHING, 0, NULL},
	.verbs = verbs,
	.verb_count = AFIELD__LENGTH(verbs),
	.count = count,
	.walk = walk,
	.replace = replace,
	.splice = splice,
	.take = take,
};

/*
 * The collector: every thread that could replace the array is attached, and stopped or without the
 * GIL. So the current array stays, and needs no section, which might register this thread.
 */
static int traverse(const struct afield_type *type, void *field,
		    int (*visit)(void *object, void *argument), void *argument)
{
	struct afield__list_span span = afield__list_load((const struct afield__list *)field);
	int result = 0;

	if (type->value_type.type_code != AFIELD_OBJECT)
		return 0;
	for (size_t i = 0; i < span.count && !result; i++)
		result = visit(((void *const *)span.start)[i], argument);
	return result;
}

static void clear(const struct afield_type *type, void *field)
{
	if (type->value_type.type_code == AFIELD_OBJECT)
		afield__list_table_fini(type, field);
}

static const struct afield_error_mapping error_mappings[] = {
	{-ERANGE, "builtins.IndexError", "there is no element at this index"},
	{-ENOENT, "builtins.ValueError", "the element is not there"},
};
const struct afield_host_binding afield__list_host_binding = {
	.traverse = traverse,
	.clear = clear,
	.error_mappings = error_mappings,
	.error_mapping_count = AFIELD__LENGTH(error_mappings),
	.view = &view,
};
