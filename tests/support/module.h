/* SPDX-License-Identifier: MIT */
/*
 * module: what the extension modules of tests share: how a type comes into its module, and checks
 * of functions that C sees and Python does not.
 *
 *	return module_add(module, house_class(), "House", AFIELD_PYTHON_FROZEN, house_methods);
 *
 *	PyObject *wrong = PyList_New(0);
 *	CHECK(afield_object_is_set(&field));
 *	return wrong;
 */
#ifndef AFIELD_TESTS_MODULE_H
#define AFIELD_TESTS_MODULE_H

#include <afield/python.h>

/* 0, or -1 with an exception. No name: the class's. */
static inline int module_add(PyObject *module, const struct afield_class *table, const char *name,
			     unsigned flags, PyMethodDef *methods)
{
	struct afield_python_options options = {name, NULL, flags, methods, NULL, NULL};
	PyObject *type = afield_python_type(module, table, &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

/* In a function that returns an object, and has a list `wrong` of what is not as it should be. */
#define CHECK(condition)                                                 \
	do {                                                             \
		if (!(condition) && module_note(wrong, #condition) != 0) \
			return NULL;                                     \
	} while (0)

static inline int module_note(PyObject *wrong, const char *what)
{
	PyObject *text = PyUnicode_FromString(what);
	int failed = !text || PyList_Append(wrong, text);

	Py_XDECREF(text);
	return failed ? -1 : 0;
}

#endif
