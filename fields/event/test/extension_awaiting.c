/* SPDX-License-Identifier: MIT */
/*
 * awaiting: classes with events, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/event.h>
#include <afield/object.h>

#include <pthread.h>
#include <time.h>

#include "module.h"

#define SERVER(field)                                                   \
	field(afield_event, ready, AFIELD_VERBS, "Whether it answers.") \
	field(afield_event, stopping, 0, NULL, "closing")               \
	field(afield_i64, served, AFIELD_VERBS)                         \
	field(afield_object, value)
AFIELD_CLASS(server, SERVER);

static AFIELD_ATOMIC(int) under_way; /* threads that may still use an object */

/* Sets `ready` from a thread that is none of Python's, a moment later. */
static void *set_ready(void *opaque)
{
	struct timespec moment = {0, 20000000};
	server *object = (server *)opaque;

	nanosleep(&moment, NULL);
	afield_event_set(&object->ready);
	AFIELD_FETCH_SUB(&under_way, 1, release);
	return NULL;
}

/* The caller keeps the object until `join` returns: who wakes does not know that set has. */
static PyObject *server_set_soon(PyObject *self, PyObject *unused)
{
	pthread_t thread;

	(void)unused;
	AFIELD_FETCH_ADD(&under_way, 1, relaxed);
	if (pthread_create(&thread, NULL, set_ready, AFIELD_PYTHON_SELF(self, server))) {
		AFIELD_FETCH_SUB(&under_way, 1, relaxed);
		return PyErr_NoMemory();
	}
	pthread_detach(thread);
	Py_RETURN_NONE;
}

/* Waits for all such threads, of every object. */
static PyObject *server_join(PyObject *self, PyObject *unused)
{
	struct timespec moment = {0, 1000000};

	(void)self, (void)unused;
	Py_BEGIN_ALLOW_THREADS;
	while (AFIELD_LOAD(&under_way, acquire))
		nanosleep(&moment, NULL);
	Py_END_ALLOW_THREADS;
	Py_RETURN_NONE;
}

/* How many threads are counted in to wait for `ready`. */
static PyObject *server_waiting(PyObject *self, PyObject *unused)
{
	server *object = AFIELD_PYTHON_SELF(self, server);

	(void)unused;
	return PyLong_FromUnsignedLong(AFIELD_LOAD(&object->ready.event.waiters.count, seq_cst));
}

static PyMethodDef server_methods[] = {
	{"set_soon", server_set_soon, METH_NOARGS, "Sets ready from a thread of the system's."},
	{"join", server_join, METH_NOARGS, "Waits for the end of such threads."},
	{"waiting", server_waiting, METH_NOARGS, "How many threads wait for ready."},
	{NULL, NULL, 0, NULL},
};

static int awaiting_exec(PyObject *module)
{
	return module_add(module, server_class(), "Server",
			  AFIELD_PYTHON_SUBCLASS | AFIELD_PYTHON_WEAKREF, server_methods) ||
			       module_add(module, server_class(), "LoneServer",
					  AFIELD_PYTHON_UNSENDABLE, server_methods)
		       ? -1
		       : 0;
}

AFIELD_PYTHON_MODULE(awaiting, awaiting_exec, NULL, "Classes with events");
