/* SPDX-License-Identifier: MIT */
/*
 * queue_type: what the tables of queue field types point to, and how a host shows a queue.
 */
#include "queue.h"

#include <afield/detail/queue_methods.h>

#include <errno.h>
#include <string.h>

static struct afield__queue *queue_of(const void *field)
{
	return (struct afield__queue *)(uintptr_t)field;
}

void afield__queue_table_fini(const struct afield_type *type, void *field)
{
	afield__queue_fini(queue_of(field), afield_element_of(type));
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
		if (!afield__queue_pop_nowait(queue, afield_element_of(type), &object))
			return;
		afield_drop(afield_element_of(type), &object);
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
	return afield__queue_push(queue_of(field), afield_element_of(type), arguments[0]);
}

static int call_pop(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	(void)arguments;
	return afield__queue_pop(queue_of(field), afield_element_of(type), result) ? 0 : -ENODATA;
}

static int call_pop_wait(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	double seconds = *(const double *)arguments[0];
	struct timespec deadline;
	int error;

	if (seconds == 0)
		return call_pop(type, field, result, arguments);
	error = afield__queue_pop_wait(queue_of(field), afield_element_of(type), result,
				       afield_deadline(seconds, &deadline));
	return error == -ETIMEDOUT ? -ENODATA : error;
}

static int call_is_empty(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	(void)type;
	(void)arguments;
	*(bool *)result = afield__queue_load(queue_of(field));
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
	AFIELD_CONTAINER_VERBS("Appends a value.", call_push,
			       "Takes the value that came first, or raises queue.Empty.", call_pop),
	AFIELD_READING_VERB("is_empty", "Whether there is no value.", AFIELD_BOOL, call_is_empty),
};

/* Those of queue.Queue. */
static const struct afield_verb queue_verbs[] = {AFIELD_QUEUE_METHODS(
	call_push, call_push, call_pop_wait, call_pop, call_is_empty, call_full)};
static const struct afield_verb queue_properties[] = {AFIELD_QUEUE_MAXSIZE(call_maxsize)};

static const struct afield_view view = AFIELD_QUEUE_VIEW(queue_verbs, queue_properties, count);

static const struct afield_error_mapping error_mappings[] = {
	{-ENODATA, "queue.Empty", "there is no item"},
};

AFIELD_CONTAINER_BINDINGS(afield__queue_of_values, afield__queue_of_objects, traverse, clear,
			  error_mappings, &view);
