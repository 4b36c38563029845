/*
 * queue_table: what the tables of queue field types point to, and how a host shows a queue.
 */
#include "queue.h"

#include <errno.h>
#include <string.h>

static const struct afield_element *element_of(const struct afield_type *type)
{
	return (const struct afield_element *)type->detail;
}

static struct afield__queue *queue_of(const void *field)
{
	return (struct afield__queue *)(uintptr_t)field;
}

void afield__queue_table_fini(const struct afield_type *type, void *field)
{
	afield__queue_fini(queue_of(field), element_of(type));
}

/* The collector runs while no attached thread is inside an operation here. */
static int traverse(const struct afield_type *type, void *field,
		    int (*visit)(void *object, void *argument), void *argument)
{
	(void)type;
	return afield__queue_each(queue_of(field), visit, argument);
}

/* As many as there are now: the end of an object may push others. */
static void clear(const struct afield_type *type, void *field)
{
	struct afield__queue *queue = queue_of(field);
	void *object;

	for (size_t left = afield__queue_size(queue); left > 0; left--) {
		if (!afield__queue_pop(queue, element_of(type), &object))
			return;
		afield_drop(element_of(type), &object);
	}
}

static size_t count(const struct afield_type *type, const void *field)
{
	(void)type;
	return afield__queue_size(queue_of(field));
}

static int call_push(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	(void)result;
	return afield__queue_push(queue_of(field), element_of(type), arguments[0]) ? 0 : -ENOMEM;
}

static int call_pop(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	(void)arguments;
	return afield__queue_pop(queue_of(field), element_of(type), result) ? 0 : -ENODATA;
}

static int call_pop_wait(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	double seconds = *(const double *)arguments[0];
	struct timespec deadline;
	int error;

	if (seconds == 0)
		return call_pop(type, field, result, arguments);
	error = afield__queue_pop_wait(queue_of(field), element_of(type), result,
				       afield_deadline(seconds, &deadline));
	return error == -ETIMEDOUT ? -ENODATA : error;
}

static int call_is_empty(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	(void)type;
	(void)arguments;
	*(bool *)result = afield__queue_look(queue_of(field));
	return 0;
}

/* A queue without an end is never full. */
static int call_full(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	(void)type;
	(void)field;
	(void)arguments;
	*(bool *)result = false;
	return 0;
}

static int call_maxsize(const struct afield_type *type, void *field, void *result,
			const void *const *arguments)
{
	(void)type;
	(void)field;
	(void)arguments;
	*(uint64_t *)result = 0;
	return 0;
}

const struct afield_verb afield__queue_verbs[AFIELD__QUEUE_VERBS] = {
	{"push", "Appends a value.", AFIELD_NOTHING, 1, {AFIELD_ITSELF}, {"value"}, call_push},
	{.name = "pop",
	 .doc = "Takes the value that came first, or raises queue.Empty.",
	 .result = AFIELD_ITSELF,
	 .call = call_pop},
	{.name = "count",
	 .doc = "How many values there are.",
	 .result = AFIELD_U64,
	 .call = afield_view_count},
	{.name = "is_empty",
	 .doc = "Whether there is no value.",
	 .result = AFIELD_BOOL,
	 .call = call_is_empty},
};

/* Those of queue.Queue. */
static const struct afield_verb queue_verbs[] = {
	{"put",
	 "Puts an item in. The queue has no end, so it never waits.",
	 AFIELD_NOTHING,
	 2,
	 {AFIELD_ITSELF, AFIELD_WAITING},
	 {"item", "block"},
	 call_push},
	{"get",
	 "Takes the item that came first; waits for one, or raises queue.Empty.",
	 AFIELD_ITSELF,
	 1,
	 {AFIELD_WAITING},
	 {"block"},
	 call_pop_wait},
	{"put_nowait", "Puts an item in.", AFIELD_NOTHING, 1, {AFIELD_ITSELF}, {"item"}, call_push},
	{.name = "get_nowait",
	 .doc = "Takes the item that came first, or raises queue.Empty.",
	 .result = AFIELD_ITSELF,
	 .call = call_pop},
	{.name = "qsize",
	 .doc = "How many items there are.",
	 .result = AFIELD_U64,
	 .call = afield_view_count},
	{.name = "empty",
	 .doc = "Whether there is no item.",
	 .result = AFIELD_BOOL,
	 .call = call_is_empty},
	{.name = "full",
	 .doc = "False: the queue has no end.",
	 .result = AFIELD_BOOL,
	 .call = call_full},
};
static const struct afield_verb queue_properties[] = {
	{.name = "maxsize",
	 .doc = "0: the queue has no end.",
	 .result = AFIELD_U64,
	 .call = call_maxsize},
};

static const struct afield_view view = {
	.name = "Queue",
	.key = {AFIELD_NOTHING, 0, NULL},
	.verbs = queue_verbs,
	.verb_count = sizeof(queue_verbs) / sizeof(queue_verbs[0]),
	.properties = queue_properties,
	.property_count = sizeof(queue_properties) / sizeof(queue_properties[0]),
	.count = count,
};

static const struct afield_refusal refusals[] = {
	{-ENODATA, "queue.Empty", "there is no item"},
};

const struct afield_hosted afield__queue_of_values = {
	.refusals = refusals,
	.refusal_count = 1,
	.view = &view,
};
const struct afield_hosted afield__queue_of_objects = {
	.traverse = traverse,
	.clear = clear,
	.refusals = refusals,
	.refusal_count = 1,
	.view = &view,
};
