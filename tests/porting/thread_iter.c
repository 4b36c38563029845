/* SPDX-License-Identifier: MIT */
/*
 * thread_iter: an iterator that threads share. Each number is handed out once, whoever asks.
 */
#include <afield/python.h>

#include <afield/atomic.h>

#define THREAD_ITER(field) field(afield_i64, count, AFIELD_READONLY)
AFIELD_CLASS(thread_iter, THREAD_ITER);

static PyObject *next(PyObject *self)
{
	thread_iter *iterator = AFIELD_PYTHON_SELF(self, thread_iter);

	return PyLong_FromLongLong(afield_i64_fetch_add(&iterator->count, 1) + 1);
}

static const PyType_Slot slots[] = {
	{Py_tp_iter, (void *)(uintptr_t)PyObject_SelfIter},
	{Py_tp_iternext, (void *)(uintptr_t)next},
	{0, NULL},
};

static int thread_iter_exec(PyObject *module)
{
	struct afield_python_options options = {.slots = slots};
	PyObject *type = afield_python_type(module, thread_iter_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(thread_iter, thread_iter_exec, NULL, "An iterator that threads share");
