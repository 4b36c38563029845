/* SPDX-License-Identifier: MIT */
/*
 * confining: classes with an owner, for the tests of the kind and of unsendable classes. Handles
 * count where they end.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/confined.h>
#include <afield/object.h>

#include "module.h"

static AFIELD_ATOMIC(int64_t) ended_at_home;
static AFIELD_ATOMIC(int64_t) ended_abroad;

static void count_end(uint64_t maker)
{
	if (maker == afield_thread_id())
		AFIELD_FETCH_ADD(&ended_at_home, 1, seq_cst);
	else
		AFIELD_FETCH_ADD(&ended_abroad, 1, seq_cst);
}

struct handle {
	uint64_t maker;
	int64_t uses;
};

static void handle_end(struct handle *handle)
{
	count_end(handle->maker);
}

AFIELD_TYPE(handle_confined, confined, struct handle, handle_end);
AFIELD_TYPE(number_confined, confined, int64_t);

/* A kind that is nobody's but this file's: it knows its maker, and its fini counts. */
typedef struct trace {
	AFIELD_ATOMIC(uint64_t) maker;
} trace;

static void trace_fini(const struct afield_type *type, void *field)
{
	uint64_t maker = AFIELD_LOAD(&((trace *)field)->maker, relaxed);

	(void)type;
	if (maker)
		count_end(maker);
}

AFIELD_TYPE_TABLE(trace, "trace", AFIELD_VALUE_OF(AFIELD_OPAQUE, trace), 0, NULL, NULL, trace_fini,
		  NULL, 0, NULL, NULL);

#define BOX(field)                                               \
	field(number_confined, number, 0, "The owner's number.") \
	field(handle_confined, handle)
AFIELD_CLASS(box, BOX);

#define WIDGET(field)                          \
	field(afield_i64, count, AFIELD_VERBS) \
	field(afield_object, value)            \
	field(trace, life)
AFIELD_CLASS(widget, WIDGET);

/* The author's side of a confined field: claim it, and use what get returns. */
static PyObject *box_use(PyObject *self, PyObject *unused)
{
	box *object = AFIELD_PYTHON_SELF(self, box);
	struct handle *handle;

	(void)unused;
	if (handle_confined_claim(&object->handle) == -ENOMEM)
		return PyErr_NoMemory();
	handle = handle_confined_get(&object->handle);
	if (!handle)
		return PyErr_Format(PyExc_RuntimeError, "another thread's handle");
	handle->maker = afield_thread_id();
	return PyLong_FromLongLong(++handle->uses);
}

static PyMethodDef box_methods[] = {
	{"use", box_use, METH_NOARGS, "Uses the handle, and says how often that was done."},
	{NULL, NULL, 0, NULL},
};

static PyObject *widget_begin(PyObject *self, PyObject *unused)
{
	widget *object = AFIELD_PYTHON_SELF_CHECKED(self, widget);

	(void)unused;
	if (!object)
		return NULL;
	AFIELD_STORE(&object->life.maker, afield_thread_id(), relaxed);
	Py_RETURN_NONE;
}

static PyMethodDef widget_methods[] = {
	{"begin", widget_begin, METH_NOARGS, "From here on its end counts."},
	{NULL, NULL, 0, NULL},
};

/* How many ended in their own thread, and how many in another, since the last call. */
static PyObject *ended(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	return Py_BuildValue("(LL)", (long long)AFIELD_EXCHANGE(&ended_at_home, 0, seq_cst),
			     (long long)AFIELD_EXCHANGE(&ended_abroad, 0, seq_cst));
}

static PyMethodDef confining_functions[] = {
	MODULE_METHOD(ended, METH_NOARGS),
	{NULL, NULL, 0, NULL},
};

static int confining_exec(PyObject *module)
{
	return module_add(module, box_class(), "Box", AFIELD_PYTHON_WEAKREF, box_methods) ||
			       module_add(module, widget_class(), "Widget",
					  AFIELD_PYTHON_UNSENDABLE | AFIELD_PYTHON_WEAKREF |
						  AFIELD_PYTHON_SUBCLASS,
					  widget_methods) ||
			       module_add(module, box_class(), "FrozenBox",
					  AFIELD_PYTHON_FROZEN | AFIELD_PYTHON_UNSENDABLE, NULL)
		       ? -1
		       : 0;
}

AFIELD_PYTHON_MODULE(confining, confining_exec, confining_functions, "Classes with an owner");
