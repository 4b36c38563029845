/* SPDX-License-Identifier: MIT */
/*
 * container_server: a class with containers (container.h) of objects, of records and of numbers,
 * for the Python tests of a kind. An extension is
 *
 *	#include <afield/python.h>
 *
 *	#include <afield/queue.h>
 *
 *	#define CONTAINER_KIND queue
 *	#include "container_server.h"
 *
 *	AFIELD_PYTHON_MODULE(queues, container_exec, container_functions, "A class with queues");
 *
 * Synchronization: that of the kind.
 */
#ifndef AFIELD_TESTS_CONTAINER_SERVER_H
#define AFIELD_TESTS_CONTAINER_SERVER_H

#include <afield/record.h>

#include "container.h"
#include "module.h"

#define JOB(member) member(int64_t, id) member(double, cost)
AFIELD_RECORD(job, JOB);
CONTAINER_OF(container_of_jobs, struct job);
CONTAINER_OF(container_of_things, PyObject *);

#define SERVER(field)                                                    \
	field(container_of_things, things, AFIELD_VERBS, "Any objects.") \
	field(numbers, numbers)                                          \
	field(container_of_jobs, jobs)
AFIELD_CLASS(server, SERVER);

/* A container in C: the reference that went in comes out. */
static PyObject *pass_through(PyObject *module, PyObject *object)
{
	container_of_things container;
	PyObject *out = NULL;

	(void)module;
	memset(&container, 0, sizeof(container));
	if (container_of_things_push(&container, object) != 0 ||
	    container_of_things_push(&container, object) != 0)
		return PyErr_NoMemory();
	if (!container_of_things_pop(&container, &out))
		PyErr_SetString(PyExc_AssertionError, "it is empty");
	container_of_things_fini(&container);
	return out;
}

static PyMethodDef container_functions[] = {
	{"clear", module_clear, METH_O, NULL},
	MODULE_METHOD(pass_through, METH_O),
	{NULL, NULL, 0, NULL},
};

static int container_exec(PyObject *module)
{
	return module_add(module, server_class(), "Server",
			  AFIELD_PYTHON_WEAKREF | AFIELD_PYTHON_SUBCLASS, NULL);
}

#endif
