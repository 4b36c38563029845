/* SPDX-License-Identifier: MIT */
/*
 * python/object/attribute: a field read and written as an attribute.
 *
 * A getter loads the field and makes a Python value; a setter makes a C value, which may run Python
 * code, and then stores it. Both know the field by its table alone.
 *
 * When to use it: inside the Python layer. When not: two attributes never change together; a record
 * in one field does.
 *
 * Synchronization: any number of getters and setters may run on one object, beside every operation
 * of its fields from C. CPython's word for it is "atomic". A += on an attribute is a read and a
 * write, and another thread may come between; the verbs are for that.
 */
#ifndef AFIELD_PYTHON_OBJECT_ATTRIBUTE_H
#define AFIELD_PYTHON_OBJECT_ATTRIBUTE_H

#include <afield/python/convert/flags.h>
#include <afield/python/call/errors.h>
#include <afield/python/convert/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the attribute is an object itself, and not a view of many. */
static inline bool afield__is_of_objects(const struct afield__attribute *attribute)
{
	return !attribute->view_type && attribute->type->value_type.type_code == AFIELD_OBJECT;
}

/* What a field holds, or each element of a collection, as a Python value, and back. */
static inline PyObject *afield__value_to(const struct afield__attribute *attribute, const void *in)
{
	const struct afield_value_type *value_type = &attribute->type->value_type;

	if (attribute->flag_type)
		return afield__flag_to(attribute, in);
	return attribute->record_type ? afield__record_to(value_type, attribute->record_type, in)
				      : afield__type_code_to(value_type->type_code, in);
}

static inline int afield__value_from(const struct afield__attribute *attribute, PyObject *value,
				     void *out)
{
	struct afield__place place = {attribute->name, NULL};
	const struct afield_value_type *value_type = &attribute->type->value_type;

	if (attribute->flag_type)
		return afield__scalar_from(value_type->type_code, value, out, &place) ||
				       afield__flag_check(attribute, out)
			       ? -1
			       : 0;
	return attribute->record_type
		       ? afield__record_from(value_type, value, out, attribute->name)
		       : afield__type_code_from(value_type->type_code, value, out, &place);
}

/*
 * A view: what Python sees of a field that is more than a value. It keeps the object that the field
 * is in, and with it the type, the type state and the attribute.
 */
struct afield__view {
	PyObject ob_base;
	PyObject *owner;
	const struct afield__attribute *attribute;
};

static inline PyObject *afield__view_new(const struct afield__attribute *attribute, PyObject *self)
{
	struct afield__view *view =
		(struct afield__view *)attribute->view_type->tp_alloc(attribute->view_type, 0);

	if (view) {
		view->owner = Py_NewRef(self);
		view->attribute = attribute;
	}
	return (PyObject *)view;
}

/*
 * The attribute's value: None when the field is empty, AttributeError when it is an object's, a
 * view where there is one.
 */
static inline PyObject *afield__attribute_load(const struct afield__attribute *attribute,
					       PyObject *self)
{
	const struct afield_type *type = attribute->type;
	struct afield__scratch scratch;
	PyObject *result = NULL;
	void *value;
	int error;

	if (attribute->view_type)
		return afield__view_new(attribute, self);
	value = afield__scratch_open(&scratch, type->value_type.size);
	if (!value)
		return NULL;
	error = type->load(type, afield__field(self, attribute->offset), value);
	if (error == -ENODATA && !afield__is_of_objects(attribute))
		result = Py_NewRef(Py_None);
	else if (error)
		afield__raise(error, attribute, "load");
	else
		result = afield__value_to(attribute, value);
	afield__scratch_close(&scratch);
	return result;
}

/*
 * The values that are to replace those of a collection, from any iterable: a tuple of the objects,
 * which keeps them, and the C values in a bytes object. A new reference, or NULL.
 */
static inline PyObject *afield__batch_from(const struct afield__attribute *attribute,
					   PyObject *values)
{
	PyObject *objects = PySequence_Tuple(values);
	Py_ssize_t count = objects ? PyTuple_GET_SIZE(objects) : 0;
	size_t size = attribute->type->value_type.size;
	PyObject *bytes = NULL;
	PyObject *batch;
	bool failed = !objects;

	if (!failed && (size_t)count > PY_SSIZE_T_MAX / size)
		failed = PyErr_NoMemory() == NULL;
	if (!failed)
		bytes = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)size);
	failed |= !bytes;
	for (Py_ssize_t i = 0; !failed && i < count; i++)
		failed = afield__value_from(attribute, PyTuple_GET_ITEM(objects, i),
					    PyBytes_AS_STRING(bytes) + i * (Py_ssize_t)size);
	batch = failed ? NULL : PyTuple_Pack(2, objects, bytes);
	Py_XDECREF(objects);
	Py_XDECREF(bytes);
	return batch;
}

/* Stores what afield__value_from, or of a view afield__batch_from, has made. */
static inline int afield__attribute_store(const struct afield__attribute *attribute, PyObject *self,
					  const void *value)
{
	const struct afield_type *type = attribute->type;
	void *target = afield__field(self, attribute->offset);
	PyObject *batch;
	int error;

	if (attribute->view_type) {
		memcpy(&batch, value, sizeof(batch));
		error = type->binding->view->replace(
			type, target, PyBytes_AS_STRING(PyTuple_GET_ITEM(batch, 1)),
			(size_t)PyTuple_GET_SIZE(PyTuple_GET_ITEM(batch, 0)));
	} else {
		error = type->store(type, target, value);
	}
	if (error)
		afield__raise(error, attribute, "store");
	return error ? -1 : 0;
}

static inline PyObject *afield__get(PyObject *self, void *closure)
{
	return afield__attribute_load((const struct afield__attribute *)closure, self);
}

static inline int afield__set(PyObject *self, PyObject *value, void *closure)
{
	const struct afield__attribute *attribute = (const struct afield__attribute *)closure;
	struct afield__scratch scratch;
	PyObject *batch;
	void *converted;
	int failed;

	if (!value && !afield__is_of_objects(attribute))
		return afield__cannot_delete(attribute->name);
	/* What `+=` leaves to do, once it has extended the collection. */
	if (attribute->view_type && Py_IS_TYPE(value, attribute->view_type) &&
	    ((struct afield__view *)value)->owner == self)
		return 0;
	if (attribute->view_type) {
		batch = afield__batch_from(attribute, value);
		failed = !batch || afield__attribute_store(attribute, self, &batch);
		Py_XDECREF(batch);
		return failed ? -1 : 0;
	}
	converted = afield__scratch_open(&scratch, attribute->type->value_type.size);
	if (!converted)
		return -1;
	failed = afield__value_from(attribute, value, converted) ||
		 afield__attribute_store(attribute, self, converted);
	afield__scratch_close(&scratch);
	return failed ? -1 : 0;
}

/* The same for a field of objects, which needs no conversion. */
static inline PyObject *afield__get_object(PyObject *self, void *closure)
{
	const struct afield__attribute *attribute = (const struct afield__attribute *)closure;
	const struct afield_type *type = attribute->type;
	PyObject *value = NULL;
	int error = type->load(type, afield__field(self, attribute->offset), &value);

	if (error)
		afield__raise(error, attribute, "load");
	return value;
}

static inline int afield__set_object(PyObject *self, PyObject *value, void *closure)
{
	return afield__attribute_store((const struct afield__attribute *)closure, self, &value);
}

/* The same for an unsendable class. */
static inline PyObject *afield__get_checked(PyObject *self, void *closure)
{
	return afield__check_thread(self) ? NULL : afield__get(self, closure);
}

static inline int afield__set_checked(PyObject *self, PyObject *value, void *closure)
{
	return afield__check_thread(self) ? -1 : afield__set(self, value, closure);
}

/* `text` with `name=value` behind it. Takes both references; NULL when `value` is. */
static inline PyObject *afield__attribute_text(PyObject *text, const char *comma,
					       const struct afield__attribute *attribute,
					       PyObject *value)
{
	PyObject *longer =
		value ? PyUnicode_FromFormat("%U%s%U=%U", text, comma, attribute->key, value)
		      : NULL;

	Py_DECREF(text);
	Py_XDECREF(value);
	return longer;
}

/*
 * Assignment on a type without subclasses and without __dict__. Such a type is all there is to
 * search, and it never changes: a name in it is found by its address, in one step. That saves the
 * time which the exchange costs more than a plain store.
 */
static inline int afield__setattr(PyObject *self, PyObject *name, PyObject *value)
{
	const struct afield__type_state *state = afield__type_state_of_type(Py_TYPE(self));
	size_t place = ((uintptr_t)name >> state->by_key_shift) & state->by_key_mask;
	const struct afield__attribute *attribute = state->by_key[place];

	if (attribute && attribute->key == name && value)
		return attribute->set(self, value, attribute->closure);
	return PyObject_GenericSetAttr(self, name, value);
}

/* Puts the settable attributes where their keys' addresses say; true when each has its own place.
 */
static inline bool afield__by_key_fill(struct afield__type_state *state, unsigned shift)
{
	bool is_perfect = true;

	memset(state->by_key, 0, (state->by_key_mask + 1) * sizeof(*state->by_key));
	state->by_key_shift = shift;
	for (size_t i = 0; i < state->attribute_count; i++) {
		struct afield__attribute *attribute = &state->attributes[i];
		size_t place = ((uintptr_t)attribute->key >> shift) & state->by_key_mask;

		if (!attribute->set)
			continue;
		is_perfect &= state->by_key[place] == NULL;
		state->by_key[place] = attribute;
	}
	return is_perfect;
}

/* Of two attributes in one place, the first is found in the ordinary way, and only that is slower.
 */
static inline void afield__by_key_make(struct afield__type_state *state)
{
	for (unsigned shift = 3; shift < 20; shift++)
		if (afield__by_key_fill(state, shift))
			return;
}

#ifdef __cplusplus
}
#endif

#endif
