/* SPDX-License-Identifier: MIT */
/*
 * rings: classes with rings of objects, numbers and records, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/record.h>
#include <afield/ring.h>

#include "module.h"

#define JOB(member) member(int64_t, number) member(double, weight)
AFIELD_RECORD(job, JOB);

AFIELD_TYPE(object_ring, ring, PyObject *, 4);
AFIELD_TYPE(number_ring, ring, int64_t, 3);
AFIELD_TYPE(job_ring, ring, struct job, 2);
AFIELD_TYPE(one_ring, ring, PyObject *, 1);

#define OFFICE(field)                                           \
	field(object_ring, things, 0, "Objects, four at most.") \
	field(number_ring, numbers, AFIELD_VERBS)               \
	field(job_ring, jobs)                                   \
	field(one_ring, one)
AFIELD_CLASS(office, OFFICE);

/* open(office, capacity): the ring of objects with another capacity. */
static PyObject *open_things(PyObject *self, PyObject *arguments)
{
	PyObject *object;
	Py_ssize_t capacity;
	int error;

	(void)self;
	if (!PyArg_ParseTuple(arguments, "On", &object, &capacity))
		return NULL;
	error = object_ring_open(&((office *)afield_python_self(object))->things, (size_t)capacity);
	return PyLong_FromLong(error);
}

static PyMethodDef functions[] = {
	{"open", open_things, METH_VARARGS, "Chooses the capacity of things; 0 or an error."},
	{NULL, NULL, 0, NULL},
};

static int rings_exec(PyObject *module)
{
	return module_add(module, office_class(), "rings.Office", AFIELD_PYTHON_WEAKREF, NULL);
}
AFIELD_PYTHON_MODULE(rings, rings_exec, functions, "Rings of the tests.");
