/* SPDX-License-Identifier: MIT */
/*
 * counting: a class with counters, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/counter.h>

#include "module.h"

#define SITE(field)                                                          \
	field(afield_counter, hits, AFIELD_VERBS, "How often it was asked.") \
	field(afield_counter, bytes)
AFIELD_CLASS(site, SITE);

/* Whether the counter of hits has stripes by now. */
static PyObject *site_is_striped(PyObject *self, PyObject *unused)
{
	site *object = AFIELD_PYTHON_SELF(self, site);

	(void)unused;
	return PyBool_FromLong(afield__counter_block(&object->hits.counter) != NULL);
}

/* Adds 1 to hits so often, without the interpreter. */
static PyObject *site_add_detached(PyObject *self, PyObject *argument)
{
	site *object = AFIELD_PYTHON_SELF(self, site);
	long count = PyLong_AsLong(argument);

	if (count == -1 && PyErr_Occurred())
		return NULL;
	Py_BEGIN_ALLOW_THREADS;
	while (count-- > 0)
		afield_counter_add(&object->hits, 1);
	Py_END_ALLOW_THREADS;
	Py_RETURN_NONE;
}

static PyMethodDef site_methods[] = {
	{"is_striped", site_is_striped, METH_NOARGS, NULL},
	{"add_detached", site_add_detached, METH_O, NULL},
	{NULL, NULL, 0, NULL},
};

static int counting_exec(PyObject *module)
{
	return module_add(module, site_class(), "Site", AFIELD_PYTHON_WEAKREF, site_methods);
}

AFIELD_PYTHON_MODULE(counting, counting_exec, NULL, "A class with counters");
