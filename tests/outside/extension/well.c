/* SPDX-License-Identifier: MIT */
/*
 * The second file of the module depth: a type of its own.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/class.h>

#include "well.h"

#define WELL(field) field(afield_i64, buckets, AFIELD_VERBS, "How many were drawn")
AFIELD_CLASS(well, WELL);

static PyObject *draw(PyObject *self, PyObject *unused)
{
	(void)unused;
	return PyLong_FromLongLong(
		afield_i64_fetch_add(&AFIELD_PYTHON_SELF(self, well)->buckets, 1));
}

int depth_add_well(PyObject *module)
{
	static PyMethodDef methods[] = {
		{"draw", draw, METH_NOARGS, "Draws one; returns how many came before."},
		{NULL, NULL, 0, NULL},
	};
	static const struct afield_python_options options = {"depth.Well", "A well.", 0,
							     methods,      NULL,      NULL};
	PyObject *type = afield_python_type(module, well_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}
