/* SPDX-License-Identifier: MIT */
/*
 * sized: types whose C struct has any number of bytes. A class's size is a multiple of its
 * alignment, and with fields of one byte each it is any number.
 */
#include <afield/python.h>

#include <afield/atomic.h>

#include <stdio.h>

#include "module.h"

enum { MOST = 64, FLAGS = 32 };
static const struct afield_row rows[] = {{"flag", afield_bool_type, 0, 0, NULL, NULL}};
static struct afield_class tables[MOST + 1];

/* new_type(size, flags): a type that can be derived from, of a class of `size` bytes. */
static PyObject *new_type(PyObject *module, PyObject *arguments)
{
	static char names[MOST + 1][FLAGS][24]; /* the author's own stay valid forever */
	struct afield_python_options options;
	int size, flags;

	if (!PyArg_ParseTuple(arguments, "ii", &size, &flags))
		return NULL;
	if (size < 1 || size > MOST || flags < 0 || flags >= FLAGS)
		return PyErr_Format(PyExc_ValueError, "no such size or flags");
	(void)snprintf(names[size][flags], sizeof(names[size][flags]), "Sized%d_%d", size, flags);
	memset(&options, 0, sizeof(options));
	options.name = names[size][flags];
	options.flags = AFIELD_PYTHON_SUBCLASS | (unsigned)flags;
	return afield_python_type(module, &tables[size], &options);
}

static PyMethodDef functions[] = {
	MODULE_METHOD(new_type, METH_VARARGS),
	{NULL, NULL, 0, NULL},
};

static int sized_exec(PyObject *module)
{
	for (size_t i = 1; i <= MOST; i++) {
		tables[i].name = "sized";
		tables[i].size = i;
		tables[i].alignment = 1;
		tables[i].rows = rows;
		tables[i].row_count = 1;
	}
	return PyModule_AddIntMacro(module, MOST) ||
			       PyModule_AddIntConstant(module, "OFFSET", AFIELD_PYTHON_OFFSET) ||
			       module_add_flags(module)
		       ? -1
		       : 0;
}

/* A module that is written out, and asks afield for nothing before it makes a type. */
PyMODINIT_FUNC PyInit_sized(void)
{
	static PyModuleDef_Slot slots[] = {
		{Py_mod_exec, (void *)(uintptr_t)sized_exec},
		AFIELD__MODULE_INTERPRETERS AFIELD__MODULE_GIL{0, NULL},
	};
	static PyModuleDef definition = {
		.m_base = PyModuleDef_HEAD_INIT,
		.m_name = "sized",
		.m_doc = "Types of every size",
		.m_methods = functions,
		.m_slots = slots,
	};

	return PyModuleDef_Init(&definition);
}
