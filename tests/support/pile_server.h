/*
 * pile_server: a class with piles (pile.h) of objects, of records and of numbers, for the Python
 * tests of a room. An extension is
 *
 *	#include <afield/python.h>
 *
 *	#include <afield/queue.h>
 *
 *	#define PILE_KIND queue
 *	#include "pile_server.h"
 *
 *	AFIELD_PYTHON_MODULE(queues, pile_exec, pile_functions, "A class with queues");
 *
 * Synchronization: that of the kind.
 */
#ifndef AFIELD_TESTS_PILE_SERVER_H
#define AFIELD_TESTS_PILE_SERVER_H

#include <afield/record.h>

#include "pile.h"

#define JOB(member) member(int64_t, id) member(double, cost)
AFIELD_RECORD(job, JOB);
PILE_OF(pile_of_jobs, struct job);
PILE_OF(pile_of_things, PyObject *);

#define SERVER(field)                                               \
	field(pile_of_things, things, AFIELD_VERBS, "Any objects.") \
	field(numbers, numbers)                                     \
	field(pile_of_jobs, jobs)
AFIELD_CLASS(server, SERVER);

/* What the collector does to garbage, at a time when threads still use it. */
static PyObject *pile_clear(PyObject *module, PyObject *object)
{
	(void)module;
	return PyLong_FromLong(Py_TYPE(object)->tp_clear(object));
}

/* A pile in C: the reference that went in comes out. */
static PyObject *pile_pass_through(PyObject *module, PyObject *object)
{
	pile_of_things pile;
	PyObject *out = NULL;

	(void)module;
	memset(&pile, 0, sizeof(pile));
	if (!pile_of_things_push(&pile, object) || !pile_of_things_push(&pile, object))
		return PyErr_NoMemory();
	if (!pile_of_things_pop(&pile, &out))
		PyErr_SetString(PyExc_AssertionError, "it is empty");
	pile_of_things_fini(&pile);
	return out;
}

static PyMethodDef pile_functions[] = {
	{"clear", pile_clear, METH_O, NULL},
	{"pass_through", pile_pass_through, METH_O, NULL},
	{NULL, NULL, 0, NULL},
};

static int pile_exec(PyObject *module)
{
	struct afield_python_options options = {
		"Server", "Piles.", AFIELD_PYTHON_WEAKREF | AFIELD_PYTHON_SUBCLASS,
		NULL,     NULL,     NULL};
	PyObject *type = afield_python_type(module, server_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

#endif
