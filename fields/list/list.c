/* SPDX-License-Identifier: MIT */
/*
 * list: arrays, and the edits that make the next one.
 *
 * An array is one block: a header, then the elements. An array of objects owns a reference to each.
 */
#include "list.h"
#include "list_core.h"

#include <afield/detail/back_off.h>
#include <afield/detail/blocks.h>
#include <afield/host.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* In front of the elements. Constant once published, but for the holders. */
struct array {
	struct afield_retired retired;
	struct afield__list_holders holders; /* of an array of objects */
	size_t count;
};

/* malloc gives 16 bytes of alignment, and so does what follows a header of whole 16 bytes. */
#define HEADER ((sizeof(struct array) + 15) & ~(size_t)15)

static size_t bytes_of(size_t count, const struct afield_value_type *value_type)
{
	return HEADER + count * value_type->size;
}

static char *element(const struct array *array, const struct afield_value_type *value_type,
		     size_t index)
{
	return (char *)(uintptr_t)array + HEADER + index * value_type->size;
}

static bool is_object(const struct afield_value_type *value_type)
{
	return value_type->type_code == AFIELD_OBJECT;
}

static void release_all(const struct array *array, const struct afield_value_type *value_type)
{
	for (size_t i = 0; is_object(value_type) && i < array->count; i++)
		afield_release(value_type, element(array, value_type, i));
}

/*
 * One holder less. The last gives up the elements here, where the thread is attached, and not in
 * the thread that reclaims. Readers and finalizers do not wait for the backlog.
 */
static void let_go(struct array *array, const struct afield_value_type *value_type, bool may_wait)
{
	if (!array || (is_object(value_type) && !afield__list_let_go(&array->holders)))
		return;
	release_all(array, value_type);
	afield__block_retire(&array->retired, bytes_of(array->count, value_type), may_wait);
}

static struct array *load(const struct afield__list *list)
{
	return (struct array *)afield__rcu_load(&list->current);
}

/*
 * The current array, in a read section that the caller leaves; an array of objects is held, too.
 * One that nobody holds is current no longer, so that the next load finds another.
 */
static struct array *enter(const struct afield__list *list,
			   const struct afield_value_type *value_type)
{
	for (;;) {
		struct array *array;

		afield_read_lock();
		array = load(list);
		if (!array || !is_object(value_type) || afield__list_hold(&array->holders))
			return array;
		afield_read_unlock();
	}
}

/* Inside the caller's read section; plain elements. */
struct afield__list_span afield__list_load(const struct afield__list *list)
{
	const struct array *array = load(list);
	struct afield__list_span span = {NULL, 0};

	if (array) {
		span.start = (const char *)array + HEADER;
		span.count = array->count;
	}
	return span;
}

/* From the beginning, or for a negative index from the end; `count` or more when there is none. */
static size_t place_of(size_t count, int64_t index)
{
	return index < 0 ? count + (size_t)index : (size_t)index;
}

bool afield__list_get(const struct afield__list *list, const struct afield_value_type *value_type,
		      int64_t index, void *value)
{
	struct array *array = enter(list, value_type);
	size_t count = array ? array->count : 0;
	size_t at = place_of(count, index);

	if (at < count) {
		memcpy(value, element(array, value_type, at), value_type->size);
		afield_retain(value_type, value);
	}
	afield_read_unlock();
	if (is_object(value_type))
		let_go(array, value_type, false);
	return at < count;
}

/* An array that a walk is in: in its section, or held. Left by an exception of C++ as well. */
struct walk {
	struct array *array;
	const struct afield_value_type *value_type;
};

static void leave(struct walk *walk)
{
	if (is_object(walk->value_type))
		let_go(walk->array, walk->value_type, false);
	else
		afield_read_unlock();
}

int afield__list_walk(const struct afield__list *list, const struct afield_value_type *value_type,
		      int (*each)(const void *value, void *argument), void *argument)
{
	struct walk walk __attribute__((cleanup(leave))) = {enter(list, value_type), value_type};
	size_t count = walk.array ? walk.array->count : 0;
	int result = 0;

	/* An array that is held needs no section, in which no Python code may run. */
	if (is_object(value_type))
		afield_read_unlock();
	for (size_t i = 0; i < count && !result; i++)
		result = each(element(walk.array, value_type, i), argument);
	return result;
}

/* A bound of a slice: what is beyond the list is its end, as in Python. */
static size_t bound_of(size_t count, int64_t index)
{
	size_t at = place_of(count, index);

	return at <= count ? at : index < 0 ? 0 : count;
}

/* Where an edit takes place in this array: *removed elements at *at. 0, or a negative errno. */
static int locate(const struct array *array, const struct afield_value_type *value_type,
		  const struct afield__list_edit *edit, size_t *at, size_t *removed)
{
	size_t count = array ? array->count : 0;

	*removed = edit->place == AFIELD__LIST_AT || edit->place == AFIELD__LIST_EQUAL ? 1 : 0;
	*at = place_of(count, edit->index);
	switch (edit->place) {
	case AFIELD__LIST_AT:
		return *at < count ? 0 : -ERANGE;
	case AFIELD__LIST_BEFORE:
		*at = bound_of(count, edit->index);
		return 0;
	case AFIELD__LIST_SLICE:
		*at = bound_of(count, edit->index);
		*removed = bound_of(count, edit->stop);
		*removed -= *removed < *at ? *removed : *at;
		return 0;
	case AFIELD__LIST_EQUAL:
		for (*at = 0; *at < count; ++*at)
			if (memcmp(element(array, value_type, *at), edit->equal,
				   value_type->size) == 0)
				return 0;
		return -ENOENT;
	case AFIELD__LIST_ALL:
		*removed = count;
		return 0;
	default:
		*at = count;
		return 0;
	}
}

/* The array after the edit, at *next, where NULL stands for an empty one. Holds its elements. */
static int make(const struct array *array, const struct afield_value_type *value_type,
		const struct afield__list_edit *edit, size_t at, size_t removed,
		struct array **next)
{
	size_t behind = (array ? array->count : 0) - at - removed;
	size_t count = at + edit->count + behind;

	if (count == 0)
		return 0;
	if (edit->count > SIZE_MAX / 2 / value_type->size)
		return -ENOMEM;
	*next = (struct array *)afield__block_new(bytes_of(count, value_type));
	if (!*next)
		return -ENOMEM;
	AFIELD_STORE(&(*next)->holders.count, 1, relaxed); /* the pointer publishes it */
	(*next)->count = count;
	if (at)
		memcpy(element(*next, value_type, 0), element(array, value_type, 0),
		       at * value_type->size);
	if (edit->count)
		memcpy(element(*next, value_type, at), edit->values,
		       edit->count * value_type->size);
	if (behind)
		memcpy(element(*next, value_type, at + edit->count),
		       element(array, value_type, at + removed), behind * value_type->size);
	for (size_t i = 0; edit->place == AFIELD__LIST_REVERSED && i < count; i++)
		memcpy(element(*next, value_type, i), element(array, value_type, count - 1 - i),
		       value_type->size);
	for (size_t i = 0; is_object(value_type) && i < count; i++)
		afield_retain(value_type, element(*next, value_type, i));
	return 0;
}

/*
 * The array stays held, or in the section of its load, until after the exchange: it is not freed,
 * so an equal pointer is the same array, and nothing was changed meanwhile.
 */
int afield__list_edit(struct afield__list *list, const struct afield_value_type *value_type,
		      const struct afield__list_edit *edit, void *old)
{
	for (;;) {
		struct array *array = enter(list, value_type);
		struct array *next = NULL;
		void *expected = array;
		size_t at = 0, removed = 0;
		bool is_done = false;
		int error = locate(array, value_type, edit, &at, &removed);

		for (size_t i = 0; i < edit->count && is_object(value_type) && !error; i++)
			error = afield_may_keep(value_type,
						(const char *)edit->values + i * value_type->size,
						"list");
		if (!error)
			error = make(array, value_type, edit, at, removed, &next);
		if (!error)
			is_done = afield__rcu_compare_exchange(&list->current, &expected, next);
		if (is_done && old && removed) {
			memcpy(old, element(array, value_type, at), value_type->size);
			afield_retain(value_type, old);
		}
		afield_read_unlock();
		if (is_object(value_type))
			let_go(array, value_type, true);
		if (is_done) {
			let_go(array, value_type, true);
			return 0;
		}
		if (next) {
			release_all(next, value_type);
			afield__block_free(next, bytes_of(next->count, value_type));
		}
		if (error)
			return error;
		afield__back_off_long();
	}
}

void afield__list_fini(struct afield__list *list, const struct afield_value_type *value_type)
{
	let_go((struct array *)afield__rcu_exchange(&list->current, NULL), value_type, false);
}

void afield__list_table_fini(const struct afield_type *type, void *field)
{
	afield__list_fini((struct afield__list *)field, &type->value_type);
}
