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

static PyMethodDef methods[] = {
	{"get_x", get_x, METH_NOARGS, "The value of x."},
	{"set_y", set_y, METH_O, "Sets y."},
	{NULL, NULL, 0, NULL},
};

static int by_atomic_exec(PyObject *module)
{
	struct afield_python_options options = {.name = "MyClass", .methods = methods};
	PyObject *type = afield_python_type(module, my_class_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(by_atomic, by_atomic_exec, NULL, "MyClass, a number at a time");
