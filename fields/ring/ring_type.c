/* SPDX-License-Identifier: MIT */
/*
 * ring_type: what the tables of ring types point to, and how a host shows a ring.
 */
#include "ring.h"

#include <afield/detail/queue_methods.h>

static const struct afield__ring_detail *detail_of(const struct afield_type *type)
{
	return (const struct afield__ring_detail *)type->detail;
}

static struct afield__ring *ring_of(const void *field)
{
	return afield__ring_of((const struct afield__ring_field *)field);
}

void afield__ring_table_clear(const struct afield_type *type, void *field)
{
	while (detail_of(type)->drop(field))
		;
}

void afield__ring_table_fini(const struct afield_type *type, void *field)
{
	if (!ring_of(field))
		return;
	afield__ring_table_clear(type, field);
	afield__ring_free(ring_of(field), 0);
	memset(field, 0, sizeof(struct afield__ring_field));
}

/*
 * A host's collector looks while its threads stand still, at points where none is inside an
 * operation here. So a slot is full or not, and its word does not change.
 */
static int traverse(const struct afield_type *type, void *field,
		    int (*visit)(void *object, void *argument), void *argument)
{
	struct afield__ring *ring = ring_of(field);

	if (!ring || type->value_type.type_code != AFIELD_OBJECT)
		return 0;
	return afield__ring_each(ring, visit, argument);
}

static double seconds_of(const void *argument)
{
	double seconds;

	memcpy(&seconds, argument, sizeof(seconds));
	return seconds;
}

static int call_push(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	(void)result;
	return detail_of(type)->put(field, arguments[0], false, NULL);
}

static int call_pop(const struct afield_type *type, void *field, void *result,
		    const void *const *arguments)
{
	(void)arguments;
	return detail_of(type)->get(field, result, false, NULL);
}

/* A wait that ran out ends as it would have without waiting. */
static int call_push_wait(const struct afield_type *type, void *field, void *result,
			  const void *const *arguments)
{
	double seconds = seconds_of(arguments[1]);
	struct timespec deadline;
	int error;

	(void)result;
	error = detail_of(type)->put(field, arguments[0], seconds != 0,
				     afield_deadline(seconds, &deadline));
	return error == -ETIMEDOUT ? -ENOSPC : error;
}

static int call_pop_wait(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	double seconds = seconds_of(arguments[0]);
	struct timespec deadline;
	int error = detail_of(type)->get(field, result, seconds != 0,
					 afield_deadline(seconds, &deadline));

	return error == -ETIMEDOUT ? -ENODATA : error;
}

static size_t count(const struct afield_type *type, const void *field)
{
	const struct afield__ring *ring = ring_of(field);

	(void)type;
	return ring ? (size_t)afield__ring_count(ring) : 0;
}

static size_t capacity(const struct afield_type *type, const void *field)
{
	const struct afield__ring *ring = ring_of(field);

	return ring ? (size_t)ring->capacity : detail_of(type)->capacity;
}

static int call_empty(const struct afield_type *type, void *field, void *result,
		      const void *const *arguments)
{
	(void)arguments;
	*(bool *)result = count(type, field) == 0;
	return 0;
}

static int call_full(const struct afield_type *type, void *field, void *result,
		     const void *const *arguments)
{
	(void)arguments;
	*(bool *)result = count(type, field) == capacity(type, field);
	return 0;
}

static int call_capacity(const struct afield_type *type, void *field, void *result,
			 const void *const *arguments)
{
	(void)arguments;
	*(uint64_t *)result = capacity(type, field);
	return 0;
}

const struct afield_verb afield__ring_verbs[4] = {
	AFIELD_CONTAINER_VERBS(
		"Puts an element in as the newest; raises queue.Full when there is no room.",
		call_push, "Takes the oldest element out; raises queue.Empty when there is none.",
		call_pop),
	AFIELD_READING_VERB("capacity", "How many elements there can be.", AFIELD_U64,
			    call_capacity),
};

static const struct afield_verb queue_verbs[] = {AFIELD_QUEUE_METHODS(
	call_push_wait, call_push, call_pop_wait, call_pop, call_empty, call_full)};
static const struct afield_verb queue_properties[] = {AFIELD_QUEUE_MAXSIZE(call_capacity)};

static const struct afield_view view = AFIELD_QUEUE_VIEW(queue_verbs, queue_properties, count);

static const struct afield_error_mapping error_mappings[] = {
	{-ENOSPC, "queue.Full", "there is no room"},
	{-ENODATA, "queue.Empty", "there is no item"},
};

const struct afield_host_binding afield__ring_host_binding = {
	.traverse = traverse,
	.clear = afield__ring_table_clear,
	.error_mappings = error_mappings,
	.error_mapping_count = AFIELD__LENGTH(error_mappings),
	.view = &view,
};
