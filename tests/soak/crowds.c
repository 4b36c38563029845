/* SPDX-License-Identifier: MIT */
/*
 * crowds: a class with every kind that Python sees, for soak.py. Its objects can be derived from
 * and weakly referenced.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/atomic_float.h>
#include <afield/cell.h>
#include <afield/confined.h>
#include <afield/counter.h>
#include <afield/event.h>
#include <afield/flags.h>
#include <afield/object.h>
#include <afield/once.h>
#include <afield/rcu.h>

#include "module.h"
#include "objects.h"

#define DOOR(flag) flag(door, open) flag(door, locked)
AFIELD_FLAGS(door, DOOR);

AFIELD_TYPE(point_rcu, rcu, struct point);
AFIELD_TYPE(point_patient, cell_wait, struct point);
AFIELD_TYPE(point_once, once, struct point);
AFIELD_TYPE(point_confined, confined, struct point);
AFIELD_TYPE(door_flags, flags, door);

#define CROWD(field)                               \
	field(afield_i64, total, AFIELD_VERBS)     \
	field(afield_f64, share, AFIELD_VERBS)     \
	field(afield_counter, hits, AFIELD_VERBS)  \
	field(door_flags, door, AFIELD_VERBS)      \
	field(afield_event, ready)                 \
	field(point_seq, seq)                      \
	field(point_rcu, rcu)                      \
	field(point_locked, locked, AFIELD_GUARDS) \
	field(point_rw, rw, AFIELD_GUARDS)         \
	field(point_patient, cell)                 \
	field(point_once, once)                    \
	field(point_confined, confined)            \
	field(afield_object, owner)                \
	field(object_map, map)                     \
	field(object_list, list)                   \
	field(object_queue, queue)                 \
	field(object_ring, ring)                   \
	field(object_stack, stack)
AFIELD_CLASS(crowd, CROWD);

/* In the child of a fork: how many fields had something that a thread left behind. */
static PyObject *reset(PyObject *self, PyObject *unused)
{
	(void)unused;
	return PyLong_FromLong(
		afield_class_reset_orphans(crowd_class(), AFIELD_PYTHON_SELF(self, crowd)));
}

static PyMethodDef methods[] = {
	{"reset", reset, METH_NOARGS, "Takes back what a fork left behind."},
	{NULL, NULL, 0, NULL},
};

static PyObject *barrier(PyObject *module, PyObject *unused)
{
	(void)module;
	(void)unused;
	return PyLong_FromLong(afield_barrier());
}

static PyObject *limits(PyObject *module, PyObject *arguments)
{
	Py_ssize_t objects, bytes;

	(void)module;
	if (!PyArg_ParseTuple(arguments, "nn", &objects, &bytes))
		return NULL;
	afield_set_backlog_limit((size_t)objects);
	afield_set_backlog_bytes((size_t)bytes);
	Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
	{"barrier", barrier, METH_NOARGS, "Waits for all that was retired."},
	{"limits", limits, METH_VARARGS,
	 "limits($module, objects, bytes, /)\n--\n\nOf the backlog."},
	{NULL, NULL, 0, NULL},
};

static int crowds_exec(PyObject *module)
{
	return module_add(module, crowd_class(), "crowds.Crowd",
			  AFIELD_PYTHON_SUBCLASS | AFIELD_PYTHON_WEAKREF, methods);
}
AFIELD_PYTHON_MODULE(crowds, crowds_exec, functions, "Every kind at once.");
