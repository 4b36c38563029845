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
#include <afield/list.h>
#include <afield/locked.h>
#include <afield/map_object.h>
#include <afield/object.h>
#include <afield/once.h>
#include <afield/queue.h>
#include <afield/rcu.h>
#include <afield/record.h>
#include <afield/ring.h>
#include <afield/rwlocked.h>
#include <afield/seqlock.h>
#include <afield/stack.h>

#include "module.h"

#define PAIR(member) member(int64_t, low) member(int64_t, high)
AFIELD_RECORD(pair, PAIR);
#define DOOR(flag) flag(door, open) flag(door, locked)
AFIELD_FLAGS(door, DOOR);

AFIELD_TYPE(pair_seq, seqlock, struct pair);
AFIELD_TYPE(pair_rcu, rcu, struct pair);
AFIELD_TYPE(pair_locked, locked, struct pair);
AFIELD_TYPE(pair_rw, rwlocked, struct pair);
AFIELD_TYPE(pair_cell, cell_wait, struct pair);
AFIELD_TYPE(pair_once, once, struct pair);
AFIELD_TYPE(pair_confined, confined, struct pair);
AFIELD_TYPE(door_flags, flags, door);
AFIELD_TYPE(object_map, map, PyObject *, PyObject *);
AFIELD_TYPE(object_list, list, PyObject *);
AFIELD_TYPE(object_queue, queue, PyObject *);
AFIELD_TYPE(object_ring, ring, PyObject *, 8);
AFIELD_TYPE(object_stack, stack, PyObject *);

#define CROWD(field)                              \
	field(afield_i64, total, AFIELD_VERBS)    \
	field(afield_f64, share, AFIELD_VERBS)    \
	field(afield_counter, hits, AFIELD_VERBS) \
	field(door_flags, door, AFIELD_VERBS)     \
	field(afield_event, ready)                \
	field(pair_seq, seq)                      \
	field(pair_rcu, rcu)                      \
	field(pair_locked, locked, AFIELD_GUARDS) \
	field(pair_rw, rw, AFIELD_GUARDS)         \
	field(pair_cell, cell)                    \
	field(pair_once, once)                    \
	field(pair_confined, confined)            \
	field(afield_object, owner)               \
	field(object_map, map)                    \
	field(object_list, list)                  \
	field(object_queue, queue)                \
	field(object_ring, ring)                  \
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
