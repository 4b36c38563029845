/* SPDX-License-Identifier: MIT */
/*
 * stack_type: what the tables of stack field types point to, and how a host shows a stack.
 */
#include "stack.h"

#include <afield/detail/queue_methods.h>

#include <errno.h>
#include <string.h>

static struct afield__stack_words *stack_of(const void *field)
{
	return (struct afield__stack_words *)(uintptr_t)field;
}

void afield__stack_table_fini(const struct afield_type *type, void *field)
{
	afield__stack_fini(stack_of(field), afield_element_of(type));
}

/* The collector runs while no attached thread is inside an operation here. */
static int traverse(const struct afield_type *type, void *field,
		    int (*visit)(void *object, void *argument), void *argument)
{
	(void)type;
	return afield__stack_each(stack_of(field), visit, argument);
}

static void clear(const struct afield_type *type, void *field)
{
	afield__stack_drop_all(stack_of(field), afield_element_of(type));
}

static size_t count(const struct afield_type *type, const void *field)
{
	(void)type;
	return afield__stack_count(stack_of(field));
}

static int call_push(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	(void)result;
	return afield__stack_push(stack_of(field), afield_element_of(type), arguments[0]);
}

static int call_pop(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	(void)arguments;
	return afield__stack_pop(stack_of(field), afield_element_of(type), result) ? 0 : -ENODATA;
}

static bool hand_out(const struct afield_type *type, struct afield_taken *taken, void *value)
{
	struct afield__block *rest = (struct afield__block *)taken->rest;
	bool is_there = afield__stack_next(&rest, afield_element_of(type), value);

	taken->rest = rest;
	return is_there;
}

static int call_pop_all(const struct afield_type *type, void *field, void *result,
			const void *const *arguments)
{
	struct afield_taken *taken = (struct afield_taken *)result;

	(void)type;
	(void)arguments;
	taken->next = hand_out;
	taken->rest = afield__stack_take(stack_of(field));
	return 0;
}

static int call_clear(const struct afield_type *type, void *field, void *result,
		      const void *const *arguments)
{
	(void)result;
	(void)arguments;
	clear(type, field);
	return 0;
}

static int call_is_empty(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	(void)type;
	(void)arguments;
	*(bool *)result = afield__stack_is_empty(stack_of(field));
	return 0;
}

const struct afield_verb afield__stack_verbs[AFIELD__STACK_VERBS] = {
	AFIELD_CONTAINER_VERBS("Lays a value on top.", call_push,
			       "Takes the value that came last, or raises IndexError.", call_pop),
	AFIELD_VERB("clear", "Takes all values in one step, and drops them.", AFIELD_NOTHING,
		    call_clear),
	AFIELD_READING_VERB("is_empty", "Whether there is no value.", AFIELD_BOOL, call_is_empty),
};

/* Those of collections.deque. */
static const struct afield_verb stack_verbs[] = {
	AFIELD_VERB_WITH("append", "Lays an item on top.", AFIELD_NOTHING, call_push,
			 AFIELD_PARAMETER("item", AFIELD_ITSELF)),
	AFIELD_VERB("pop", "Takes the item that came last, or raises IndexError.", AFIELD_ITSELF,
		    call_pop),
	AFIELD_VERB("pop_all", "Takes all items in one step: a list, the last that came first.",
		    AFIELD_TAKEN, call_pop_all),
	AFIELD_VERB("clear", "Takes all items in one step, and drops them.", AFIELD_NOTHING,
		    call_clear),
	AFIELD_READING_VERB("__len__", "How many items there are.", AFIELD_U64, afield_view_count),
};

static const struct afield_view view = {
	.name = "Stack",
	.key = {AFIELD_NOTHING, 0, NULL},
	.verbs = stack_verbs,
	.verb_count = AFIELD__LENGTH(stack_verbs),
	.count = count,
};

static const struct afield_error_mapping error_mappings[] = {
	{-ENODATA, "builtins.IndexError", "pop from an empty stack"},
};

AFIELD_CONTAINER_BINDINGS(afield__stack_of_values, afield__stack_of_objects, traverse, clear,
			  error_mappings, &view);
