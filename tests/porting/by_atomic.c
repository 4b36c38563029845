/* SPDX-License-Identifier: MIT */
/*
 * by_atomic: x and y are a field each. Nobody waits and nothing fails.
 */
#include <afield/python.h>

#include <afield/atomic.h>

#define MY_CLASS(field)                    \
	field(afield_i32, x, AFIELD_VERBS) \
	field(afield_i32, y, AFIELD_VERBS)
AFIELD_CLASS(my_class, MY_CLASS);

static PyObject *get_x(PyObject *self, PyObject *unused)
{
	(void)unused;
	return PyLong_FromLong(afield_i32_load(&AFIELD_PYTHON_SELF(self, my_class)->x));
}

static PyObject *set_y(PyObject *self, PyObject *value)
{
	int32_t y;

	if (!PyArg_Parse(value, "i", &y))
		return NULL;
	afield_i32_store(&AFIELD_PYTHON_SELF(self, my_class)->y, y);
	Py_RETURN_NONE;
}

#include "my_class.h"

AFIELD_PYTHON_MODULE(by_atomic, my_class_exec, NULL, "MyClass, a number at a time");
