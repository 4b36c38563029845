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

/* A row of a table of methods: the function has the method's name. */
#define MODULE_METHOD(function, flags)                                       \
	{                                                                    \
		.ml_name = #function, .ml_meth = function, .ml_flags = flags \
	}

/* The flags of a type, by their names. 0, or -1 with an exception. */
static inline int module_add_flags(PyObject *module)
{
	static const struct {
		const char *name;
		unsigned flag;
	} flags[] = {
		{"FROZEN", AFIELD_PYTHON_FROZEN},         {"SUBCLASS", AFIELD_PYTHON_SUBCLASS},
		{"WEAKREF", AFIELD_PYTHON_WEAKREF},       {"DICT", AFIELD_PYTHON_DICT},
		{"UNSENDABLE", AFIELD_PYTHON_UNSENDABLE},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (PyModule_AddIntConstant(module, flags[i].name, flags[i].flag))
			return -1;
	return 0;
}

/* A function clear(object): what the collector does to garbage, to an object that is none. Whether
 * its type has a tp_clear. */
static inline PyObject *module_clear(PyObject *module, PyObject *object)
{
	inquiry call = Py_TYPE(object)->tp_clear;

	(void)module;
	if (call && call(object) != 0)
		return PyErr_Format(PyExc_AssertionError, "tp_clear says that it has failed");
	return PyBool_FromLong(call != NULL);
}

/* The result of call() while FORM has the field. */
#define MODULE_CALL_IN(FORM, type, field, call, result) \
	FORM(type, held, field)                         \
	{                                               \
		(void)held;                             \
		result = PyObject_CallNoArgs(call);     \
	}                                               \
	if (!result && !PyErr_Occurred())               \
	PyErr_SetString(PyExc_RuntimeError, "the field is not to be had")

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
