/*
 * python/snapshot: the elements of a collection as a Python list or dict.
 *
 * A walk over the collection may be inside a read section, where no Python code may run. So it is
 * done in two steps: the walk copies what it meets, and what is copied becomes Python's.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: beside every operation of the field; weakly consistent, as the walk is.
 */
#ifndef AFIELD_PYTHON_SNAPSHOT_H
#define AFIELD_PYTHON_SNAPSHOT_H

#include "attribute.h"

#include "../host.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a walk has met, one element behind the other: the key, for bytes and text their length and
 * the bytes themselves, and the value. Objects own a reference. Its memory comes from the raw
 * allocator, for a walk may be inside a read section.
 */
struct afield__catch {
	char *start;
	size_t used, room;
	size_t count;
	const struct afield_holds *key;
	const struct afield_holds *value;
	/* References that found no room. They are given up when the walk has left its section. */
	void *lost[2];
};

static inline bool afield__is_long(const struct afield_holds *holds)
{
	return holds->shape == AFIELD_BYTES || holds->shape == AFIELD_TEXT;
}

static inline size_t afield__catch_size(const struct afield_holds *holds, const void *value)
{
	struct afield_bytes bytes;

	if (!afield__is_long(holds))
		return holds->shape == AFIELD_NOTHING ? 0 : holds->size;
	memcpy(&bytes, value, sizeof(bytes));
	return sizeof(bytes.size) + bytes.size;
}

static inline void afield__catch_put(struct afield__catch *caught, const struct afield_holds *holds,
				     const void *value)
{
	char *out = caught->start + caught->used;
	size_t size = afield__catch_size(holds, value);
	struct afield_bytes bytes;

	caught->used += size;
	if (!afield__is_long(holds)) {
		if (size)
			memcpy(out, value, size);
		return;
	}
	memcpy(&bytes, value, sizeof(bytes));
	memcpy(out, &bytes.size, sizeof(bytes.size));
	if (bytes.size)
		memcpy(out + sizeof(bytes.size), bytes.data, bytes.size);
}

static inline int afield__catch_each(const void *key, const void *value, void *argument)
{
	struct afield__catch *caught = (struct afield__catch *)argument;
	size_t size =
		afield__catch_size(caught->key, key) + afield__catch_size(caught->value, value);

	if (caught->room - caught->used < size) {
		size_t room = 2 * caught->room + size + 256;
		char *start = (char *)PyMem_RawRealloc(caught->start, room);

		if (!start) {
			caught->lost[0] = afield__object_of(caught->key, key);
			caught->lost[1] = afield__object_of(caught->value, value);
			return -ENOMEM;
		}
		caught->start = start;
		caught->room = room;
	}
	afield__catch_put(caught, caught->key, key);
	afield__catch_put(caught, caught->value, value);
	caught->count++;
	return 0;
}

/* The next value in the catch: its address as a verb would give it, and the step behind it. */
static inline const void *afield__catch_take(const struct afield_holds *holds, const char **from,
					     struct afield_bytes *bytes)
{
	const char *start = *from;

	if (!afield__is_long(holds)) {
		*from += holds->shape == AFIELD_NOTHING ? 0 : holds->size;
		return start;
	}
	memcpy(&bytes->size, start, sizeof(bytes->size));
	bytes->data = start + sizeof(bytes->size);
	*from += sizeof(bytes->size) + bytes->size;
	return bytes;
}

/* Moves one element of the catch into the list or dict: 0, or -1. Its references are used up. */
static inline int afield__snapshot_add(const struct afield__attribute *attribute,
				       const struct afield__catch *caught, const char **from,
				       PyObject *snapshot)
{
	struct afield_bytes bytes;
	bool has_key = caught->key->shape != AFIELD_NOTHING;
	const void *at = afield__catch_take(caught->key, from, &bytes);
	PyObject *key = has_key ? afield__shape_to(caught->key->shape, at) : NULL;
	PyObject *value =
		afield__value_to(attribute, afield__catch_take(caught->value, from, &bytes));
	int failed = !value || (has_key && !key);

	if (!failed)
		failed = has_key ? PyDict_SetItem(snapshot, key, value)
				 : PyList_Append(snapshot, value);
	Py_XDECREF(key);
	Py_XDECREF(value);
	return failed ? -1 : 0;
}

/* A walk over all; what it returns. Its memory is the caller's to free, and its references. */
static inline int afield__catch_all(const struct afield__view *view, struct afield__catch *caught)
{
	const struct afield_type *type = view->attribute->type;
	const struct afield_view *table = type->hosted->view;
	int error;

	memset(caught, 0, sizeof(*caught));
	caught->key = &table->key;
	caught->value = &type->holds;
	error = table->walk(type, afield__field(view->owner, view->attribute->offset),
			    afield__catch_each, caught);
	Py_XDECREF((PyObject *)caught->lost[0]);
	Py_XDECREF((PyObject *)caught->lost[1]);
	return error;
}

/* Gives up the references from here on. */
static inline void afield__catch_drop(const struct afield__catch *caught, const char *at,
				      size_t count)
{
	struct afield_bytes bytes;

	for (size_t i = 0; i < count; i++) {
		afield_release(caught->key, afield__catch_take(caught->key, &at, &bytes));
		afield_release(caught->value, afield__catch_take(caught->value, &at, &bytes));
	}
}

/* A list of the values, or a dict where there are keys; a new reference, or NULL. */
static inline PyObject *afield__snapshot(const struct afield__view *view)
{
	const struct afield__attribute *attribute = view->attribute;
	const struct afield_view *table = attribute->type->hosted->view;
	struct afield__catch caught;
	int error = afield__catch_all(view, &caught);
	PyObject *snapshot = table->key.shape == AFIELD_NOTHING ? PyList_New(0) : PyDict_New();
	const char *at = caught.start;
	int failed = error || !snapshot;
	size_t done = 0;

	for (; done < caught.count && !failed; done++)
		failed = afield__snapshot_add(attribute, &caught, &at, snapshot);
	afield__catch_drop(&caught, at, caught.count - done);
	PyMem_RawFree(caught.start);
	if (error)
		afield__raise(error, attribute, "walk");
	if (failed)
		Py_CLEAR(snapshot);
	return snapshot;
}

#ifdef __cplusplus
}
#endif

#endif
