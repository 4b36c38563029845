/* SPDX-License-Identifier: MIT */
/*
 * depth: an extension of somebody else, with a field of the library's and one of a kind that is
 * not the library's either, built against the installed library.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/class.h>

#include "../../examples/gauge/gauge.h"
#include "well.h"

AFIELD_TYPE(depth_gauge, gauge, uint32_t);

#define QUEUE(field)                                                     \
	field(afield_i64, passed, AFIELD_VERBS, "How many went through") \
	field(depth_gauge, deepest, AFIELD_VERBS, "The most that ever waited")
AFIELD_CLASS(queue, QUEUE);

static int depth_exec(PyObject *module)
{
	PyObject *type = afield_python_type(module, queue_class(), NULL);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : depth_add_well(module);
}

AFIELD_PYTHON_MODULE(depth, depth_exec, NULL, "Queues and their depth");
