/* SPDX-License-Identifier: MIT */
/*
 * python/object/sequence: what a collection without keys has of a Python list, beside the kind's
 * verbs.
 *
 * The abstract base class makes these of several steps, between which other threads come: its
 * reversed() may end in an IndexError, its index() and remove() may miss an element that was there
 * all the while, its extend() lets others in. Here those that look do so at the list of one walk,
 * and those that change it do so in one step.
 *
 * When to use it: inside the Python layer, for a view whose table has a base and a walk, and no
 * keys.
 *
 * Synchronization: as the walk and the one step of the kind. Comparison runs Python code, outside
 * of everything.
 */
#ifndef AFIELD_PYTHON_OBJECT_SEQUENCE_H
#define AFIELD_PYTHON_OBJECT_SEQUENCE_H

#include <afield/python/call/method.h>
#include <afield/python/object/snapshot.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the view is compared by its elements, and has no hash. */
static inline bool afield__is_by_elements(const struct afield_view *table)
{
	return table->walk && (table->key.type_code != AFIELD_NOTHING || table->base);
}

static inline bool afield__is_sequence(const struct afield_view *table)
{
	return afield__is_by_elements(table) && table->key.type_code == AFIELD_NOTHING;
}

/* Something of the host's own, by its full name: "queue.Empty". A new reference, or NULL. */
static inline PyObject *afield__import(const char *name)
{
	const char *dot = strrchr(name, '.');
	PyObject *path = PyUnicode_FromStringAndSize(name, dot - name);
	PyObject *module = path ? PyImport_Import(path) : NULL;
	PyObject *found = module ? PyObject_GetAttrString(module, dot + 1) : NULL;

	Py_XDECREF(path);
	Py_XDECREF(module);
	return found;
}

/* "<bank.Jobs: 3 elements>" */
static inline PyObject *afield__view_repr(PyObject *self)
{
	const struct afield__view *view = (const struct afield__view *)self;
	const struct afield_type *type = view->attribute->type;
	size_t count;

	if (!type->binding->view->count || !afield__may_use(view->owner))
		return PyUnicode_FromFormat("<%s.%s>", Py_TYPE(view->owner)->tp_name,
					    view->attribute->name);
	count = type->binding->view->count(type,
					   afield__field(view->owner, view->attribute->offset));
	return PyUnicode_FromFormat("<%s.%s: %zu element%s>", Py_TYPE(view->owner)->tp_name,
				    view->attribute->name, count, count == 1 ? "" : "s");
}

/* The elements as a list; a new reference, or NULL with an exception. */
static inline PyObject *afield__view_snapshot(PyObject *self)
{
	const struct afield__view *view = (const struct afield__view *)self;

	return afield__check_thread(view->owner) ? NULL : afield__snapshot(view, AFIELD__VALUES);
}

/* The method of list, of the list of one walk. */
static inline PyObject *afield__sequence_look(PyObject *self, const char *name, PyObject *arguments)
{
	PyObject *snapshot = afield__view_snapshot(self);
	PyObject *method = snapshot ? PyObject_GetAttrString(snapshot, name) : NULL;
	PyObject *result = method ? PyObject_Call(method, arguments, NULL) : NULL;

	Py_XDECREF(snapshot);
	Py_XDECREF(method);
	return result;
}

#define AFIELD__SEQUENCE_LOOK(function, name)                                                \
	static inline PyObject *afield__sequence_##function(PyObject *self, PyObject *given) \
	{                                                                                    \
		return afield__sequence_look(self, name, given);                             \
	}                                                                                    \
	AFIELD__SEMICOLON
AFIELD__SEQUENCE_LOOK(contains, "__contains__");
AFIELD__SEQUENCE_LOOK(count, "count");
AFIELD__SEQUENCE_LOOK(index, "index");
AFIELD__SEQUENCE_LOOK(reversed, "__reversed__");

/* Puts values, NULL for none, in place of a slice: 0, or -1 with an exception. */
static inline int afield__sequence_splice(PyObject *self, int64_t start, int64_t stop,
					  PyObject *values)
{
	const struct afield__view *view = (const struct afield__view *)self;
	const struct afield__attribute *attribute = view->attribute;
	const struct afield_type *type = attribute->type;
	PyObject *batch = NULL;
	const void *bytes = NULL;
	size_t count = 0;
	int error;

	if (afield__check_thread(view->owner))
		return -1;
	if (values) {
		batch = afield__batch_from(attribute, values);
		if (!batch)
			return -1;
		bytes = PyBytes_AS_STRING(PyTuple_GET_ITEM(batch, 1));
		count = (size_t)PyTuple_GET_SIZE(PyTuple_GET_ITEM(batch, 0));
	}
	error = type->binding->view->splice(type, afield__field(view->owner, attribute->offset),
					    start, stop, bytes, count);
	Py_XDECREF(batch);
	if (error)
		afield__raise(error, attribute, "splice");
	return error ? -1 : 0;
}

/* view[1:3] is a list, of one walk; view[1:3] = values and del view[1:3] are one step. */
static inline PyObject *afield__sequence_slice(const struct afield__method *method, PyObject *self,
					       PyObject *slice, PyObject *values)
{
	Py_ssize_t start, stop, step;
	PyObject *snapshot;
	PyObject *result;

	if (method->verb->result != AFIELD_NOTHING) {
		snapshot = afield__view_snapshot(self);
		result = snapshot ? PyObject_GetItem(snapshot, slice) : NULL;
		Py_XDECREF(snapshot);
		return result;
	}
	if (PySlice_Unpack(slice, &start, &stop, &step))
		return NULL;
	if (step != 1 || !method->attribute->type->binding->view->splice)
		return PyErr_Format(PyExc_TypeError, "%s: only a slice without a step is stored",
				    method->attribute->name);
	return afield__sequence_splice(self, start, stop, values) ? NULL : Py_NewRef(Py_None);
}

/* The verbs that take an index take a slice as well. */
static inline PyObject *afield__sequence_item(PyObject *callable, PyObject *const *values,
					      size_t count_and_flags, PyObject *keywords,
					      vectorcallfunc verb)
{
	const struct afield__method *method = (const struct afield__method *)callable;
	Py_ssize_t count = PyVectorcall_NARGS(count_and_flags);

	if (count != 1 + method->parameter_count || keywords || !PySlice_Check(values[1]))
		return verb(callable, values, count_and_flags, keywords);
	if (afield__method_check(method, values, count))
		return NULL;
	return afield__sequence_slice(method, values[0], values[1], count > 2 ? values[2] : NULL);
}

static inline PyObject *afield__sequence_call(PyObject *callable, PyObject *const *values,
					      size_t count_and_flags, PyObject *keywords)
{
	return afield__sequence_item(callable, values, count_and_flags, keywords,
				     afield__verb_call);
}

static inline PyObject *afield__sequence_call_checked(PyObject *callable, PyObject *const *values,
						      size_t count_and_flags, PyObject *keywords)
{
	return afield__sequence_item(callable, values, count_and_flags, keywords,
				     afield__verb_call_checked);
}

static inline PyObject *afield__sequence_extend(PyObject *self, PyObject *values)
{
	return afield__sequence_splice(self, INT64_MAX, INT64_MAX, values) ? NULL
									   : Py_NewRef(Py_None);
}

/* `board.things += values` then assigns the view to the attribute, which is no change. */
static inline PyObject *afield__sequence_iadd(PyObject *self, PyObject *values)
{
	PyObject *done = afield__sequence_extend(self, values);

	Py_XDECREF(done);
	return done ? Py_NewRef(self) : NULL;
}

/*
 * Takes out the first of those caught that is equal to `value`, and uses up what was caught. 0, or
 * -ENOENT when none is; -EAGAIN when it was gone by then; -ECANCELED: an exception is set.
 */
static inline int afield__sequence_take(const struct afield__view *view,
					const struct afield__snapshot_buffer *caught,
					PyObject *value)
{
	const struct afield__attribute *attribute = view->attribute;
	const struct afield_type *type = attribute->type;
	const char *at = caught->start;
	size_t done = 0;
	int error = -ENOENT;

	for (; done < caught->count && error == -ENOENT; done++) {
		struct afield_bytes bytes;
		const void *one = afield__snapshot_buffer_take(caught->value, &at, &bytes);
		PyObject *item = afield__value_to(attribute, one);
		int is_equal = item ? PyObject_RichCompareBool(item, value, Py_EQ) : -1;

		if (is_equal > 0)
			error = type->binding->view->take(
				type, afield__field(view->owner, attribute->offset), one);
		if (is_equal > 0 && error == -ENOENT)
			error = -EAGAIN;
		if (is_equal < 0)
			error = -ECANCELED;
		Py_XDECREF(item);
	}
	afield__snapshot_buffer_drop(caught, at, caught->count - done);
	return error;
}

/*
 * Comparison may run code, and others may come: what was found equal is taken out in one step, by
 * its bytes, if it is still there.
 */
static inline PyObject *afield__sequence_remove(PyObject *self, PyObject *value)
{
	const struct afield__view *view = (const struct afield__view *)self;
	int error;

	if (afield__check_thread(view->owner))
		return NULL;
	do {
		struct afield__snapshot_buffer caught;

		error = afield__snapshot_buffer_all(view, &caught);
		if (error)
			afield__snapshot_buffer_drop(&caught, caught.start, caught.count);
		else
			error = afield__sequence_take(view, &caught, value);
		PyMem_RawFree(caught.start);
	} while (error == -EAGAIN);
	if (error)
		afield__raise(error, view->attribute, "remove");
	return error ? NULL : Py_NewRef(Py_None);
}

/* Puts methods into the type of views: 0, or -1 with an exception. */
static inline int afield__view_methods(PyTypeObject *type, PyMethodDef *methods, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		PyObject *method = PyDescr_NewMethod(type, &methods[i]);
		int failed = !method ||
			     PyObject_SetAttrString((PyObject *)type, methods[i].ml_name, method);

		Py_XDECREF(method);
		if (failed)
			return -1;
	}
	return 0;
}
/* Adds these to the type of an attribute's views. The table's own methods go over it. */
static inline int afield__sequence_add(PyTypeObject *type,
				       const struct afield__attribute *attribute)
{
	static PyMethodDef looks[] = {
		{"__contains__", afield__sequence_contains, METH_VARARGS, NULL},
		{"__reversed__", afield__sequence_reversed, METH_VARARGS, NULL},
		{"count", afield__sequence_count, METH_VARARGS,
		 "count($self, value, /)\n--\n\n"
		 "How many elements are equal to a value, at one instant.\n\n"
		 "Thread safety: atomic."},
		{"index", afield__sequence_index, METH_VARARGS,
		 "index($self, value, start=0, stop=9223372036854775807, /)\n--\n\n"
		 "The place of the first element that is equal to a value, or ValueError.\n\n"
		 "Thread safety: atomic, but what was there may have moved by now."},
	};
	static PyMethodDef extends[] = {
		{"extend", afield__sequence_extend, METH_O,
		 "extend($self, values, /)\n--\n\n"
		 "Puts all values of an iterable behind the last.\n\nThread safety: atomic."},
		{"__iadd__", afield__sequence_iadd, METH_O, NULL},
	};
	static PyMethodDef removes[] = {
		{"remove", afield__sequence_remove, METH_O,
		 "remove($self, value, /)\n--\n\n"
		 "Takes out the first element that is equal to value, or ValueError.\n\n"
		 "Thread safety: atomic."},
	};
	const struct afield_view *table = attribute->type->binding->view;
	bool may_change = !attribute->is_constant;

	if (!afield__is_sequence(table))
		return 0;
	if (afield__view_methods(type, looks, AFIELD__LENGTH(looks)) ||
	    (may_change && table->splice &&
	     afield__view_methods(type, extends, AFIELD__LENGTH(extends))) ||
	    (may_change && table->take &&
	     afield__view_methods(type, removes, AFIELD__LENGTH(removes))))
		return -1;
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
