/* SPDX-License-Identifier: MIT */
/*
 * python/object/snapshot: the elements of a collection as a Python list.
 *
 * A walk over the collection may be inside a read section, where no Python code may run. So it is
 * done in two steps: the walk copies what it meets, and what is copied becomes Python's.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: beside every operation of the field; weakly consistent, as the walk is.
 */
#ifndef AFIELD_PYTHON_OBJECT_SNAPSHOT_H
#define AFIELD_PYTHON_OBJECT_SNAPSHOT_H

#include <afield/python/object/attribute.h>

#include <afield/host.h>

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
struct afield__snapshot_buffer {
	char *start;
	size_t used, capacity;
	size_t count;
	const struct afield_value_type *key;
	const struct afield_value_type *value;
	/* References that found no room. They are given up when the walk has left its section. */
	void *lost[2];
};

static inline bool afield__is_long(const struct afield_value_type *value_type)
{
	return value_type->type_code == AFIELD_BYTES || value_type->type_code == AFIELD_TEXT;
}

static inline size_t afield__snapshot_buffer_size(const struct afield_value_type *value_type,
						  const void *value)
{
	struct afield_bytes bytes;

	if (!afield__is_long(value_type))
		return value_type->type_code == AFIELD_NOTHING ? 0 : value_type->size;
	memcpy(&bytes, value, sizeof(bytes));
	return sizeof(bytes.size) + bytes.size;
}

static inline void afield__snapshot_buffer_put(struct afield__snapshot_buffer *caught,
					       const struct afield_value_type *value_type,
					       const void *value)
{
	char *out = caught->start + caught->used;
	size_t size = afield__snapshot_buffer_size(value_type, value);
	struct afield_bytes bytes;

	caught->used += size;
	if (!afield__is_long(value_type)) {
		if (size)
			memcpy(out, value, size);
		return;
	}
	memcpy(&bytes, value, sizeof(bytes));
	memcpy(out, &bytes.size, sizeof(bytes.size));
	if (bytes.size)
		memcpy(out + sizeof(bytes.size), bytes.data, bytes.size);
}

static inline int afield__snapshot_buffer_each(const void *key, const void *value, void *argument)
{
	struct afield__snapshot_buffer *caught = (struct afield__snapshot_buffer *)argument;
	size_t size = afield__snapshot_buffer_size(caught->key, key) +
		      afield__snapshot_buffer_size(caught->value, value);

	if (caught->capacity - caught->used < size) {
		size_t capacity = 2 * caught->capacity + size + 256;
		char *start = (char *)PyMem_RawRealloc(caught->start, capacity);

		if (!start) {
			caught->lost[0] = afield__object_of(caught->key, key);
			caught->lost[1] = afield__object_of(caught->value, value);
			return -ENOMEM;
		}
		caught->start = start;
		caught->capacity = capacity;
	}
	afield__snapshot_buffer_put(caught, caught->key, key);
	afield__snapshot_buffer_put(caught, caught->value, value);
	caught->count++;
	return 0;
}

/* The next value in the catch: its address as a verb would give it, and the step behind it. */
static inline const void *afield__snapshot_buffer_take(const struct afield_value_type *value_type,
						       const char **from,
						       struct afield_bytes *bytes)
{
	const char *start = *from;

	if (!afield__is_long(value_type)) {
		*from += value_type->type_code == AFIELD_NOTHING ? 0 : value_type->size;
		return start;
	}
	memcpy(&bytes->size, start, sizeof(bytes->size));
	bytes->data = start + sizeof(bytes->size);
	*from += sizeof(bytes->size) + bytes->size;
	return bytes;
}

/* What of each element is wanted. */
enum afield__parts { AFIELD__VALUES = 1, AFIELD__KEYS = 2, AFIELD__PAIRS = 3 };

/* The next element in the catch, or NULL with an exception. Its references are used up. */
static inline PyObject *afield__snapshot_buffer_item(const struct afield__attribute *attribute,
						     const struct afield__snapshot_buffer *caught,
						     const char **from, enum afield__parts parts)
{
	struct afield_bytes bytes;
	const void *at = afield__snapshot_buffer_take(caught->key, from, &bytes);
	PyObject *key = NULL, *value = NULL, *pair = NULL;

	if (parts & AFIELD__KEYS)
		key = afield__type_code_to(caught->key->type_code, at);
	else
		afield_release(caught->key, at);
	at = afield__snapshot_buffer_take(caught->value, from, &bytes);
	if (parts & AFIELD__VALUES)
		value = afield__value_to(attribute, at);
	else
		afield_release(caught->value, at);
	if (parts != AFIELD__PAIRS)
		return key ? key : value;
	if (key && value)
		pair = PyTuple_Pack(2, key, value);
	Py_XDECREF(key);
	Py_XDECREF(value);
	return pair;
}

/* A walk over all; what it returns. Its memory is the caller's to free, and its references. */
static inline int afield__snapshot_buffer_all(const struct afield__view *view,
					      struct afield__snapshot_buffer *caught)
{
	const struct afield_type *type = view->attribute->type;
	const struct afield_view *table = type->binding->view;
	int error;

	memset(caught, 0, sizeof(*caught));
	caught->key = &table->key;
	caught->value = &type->value_type;
	error = table->walk(type, afield__field(view->owner, view->attribute->offset),
			    afield__snapshot_buffer_each, caught);
	Py_XDECREF((PyObject *)caught->lost[0]);
	Py_XDECREF((PyObject *)caught->lost[1]);
	return error;
}

/* Gives up the references from here on. */
static inline void afield__snapshot_buffer_drop(const struct afield__snapshot_buffer *caught,
						const char *at, size_t count)
{
	struct afield_bytes bytes;

	for (size_t i = 0; i < count; i++) {
		afield_release(caught->key, afield__snapshot_buffer_take(caught->key, &at, &bytes));
		afield_release(caught->value,
			       afield__snapshot_buffer_take(caught->value, &at, &bytes));
	}
}

/*
 * A list of what one walk met; a new reference, or NULL. It runs no Python code of keys or values,
 * but what the end of an element sets off that has left meanwhile.
 */
static inline PyObject *afield__snapshot(const struct afield__view *view, enum afield__parts parts)
{
	const struct afield__attribute *attribute = view->attribute;
	struct afield__snapshot_buffer caught;
	int error = afield__snapshot_buffer_all(view, &caught);
	PyObject *list = error ? NULL : PyList_New((Py_ssize_t)caught.count);
	const char *at = caught.start;
	size_t done = 0;

	for (; list && done < caught.count; done++) {
		PyObject *item = afield__snapshot_buffer_item(attribute, &caught, &at, parts);

		if (item)
			PyList_SET_ITEM(list, (Py_ssize_t)done, item);
		else
			Py_CLEAR(list);
	}
	afield__snapshot_buffer_drop(&caught, at, caught.count - done);
	PyMem_RawFree(caught.start);
	if (error)
		afield__raise(error, attribute, "walk");
	return list;
}

#ifdef __cplusplus
}
#endif

#endif
