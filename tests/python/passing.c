/* SPDX-License-Identifier: MIT */
/*
 * passing: types that come and go, of a class with a field of each sort that Python sees: numbers,
 * named bits, objects, records behind locks and borrows, collections; and what the collector does
 * to garbage, done to what is none.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/cell.h>
#include <afield/event.h>
#include <afield/flags.h>
#include <afield/list.h>
#include <afield/locked.h>
#include <afield/map_object.h>
#include <afield/object.h>
#include <afield/queue.h>
#include <afield/record.h>
#include <afield/ring.h>
#include <afield/rwlocked.h>
#include <afield/seqlock.h>
#include <afield/stack.h>

#define SPOT(member) member(int64_t, x) member(double, y)
AFIELD_RECORD(spot, SPOT);
AFIELD_TYPE(spot_seq, seqlock, struct spot);
AFIELD_TYPE(spot_locked, locked, struct spot);
AFIELD_TYPE(spot_rw, rwlocked, struct spot);
AFIELD_TYPE(spot_cell, cell, struct spot);
#define DOOR(flag) flag(door, open) flag(door, shut)
AFIELD_FLAGS(door, DOOR);
AFIELD_TYPE(door_flags, flags, door);
AFIELD_TYPE(object_list, list, PyObject *);
AFIELD_TYPE(object_map, map, PyObject *, PyObject *);
AFIELD_TYPE(text_map, map, afield_map_text, int64_t);
AFIELD_TYPE(object_queue, queue, PyObject *);
AFIELD_TYPE(object_ring, ring, PyObject *, 4);
AFIELD_TYPE(object_stack, stack, PyObject *);

#define KIT(field)                                               \
	field(afield_i64, number, AFIELD_VERBS)                  \
	field(afield_object, object, AFIELD_VERBS)               \
	field(door_flags, door, AFIELD_VERBS)                    \
	field(spot_seq, seq, AFIELD_VERBS)                       \
	field(spot_locked, locked, AFIELD_VERBS | AFIELD_GUARDS) \
	field(spot_rw, rw, AFIELD_VERBS | AFIELD_GUARDS)         \
	field(spot_cell, cell, AFIELD_VERBS | AFIELD_GUARDS)     \
	field(object_list, list)                                 \
	field(object_map, map)                                   \
	field(text_map, texts)                                   \
	field(object_queue, queue)                               \
	field(object_ring, ring)                                 \
	field(object_stack, stack)                               \
	field(afield_event, event)
AFIELD_CLASS(kit, KIT);
/* For a frozen type, which cannot have verbs and locks. */
#define COLD_KIT(field)              \
	field(afield_i64, number)    \
	field(afield_object, object) \
	field(door_flags, door)      \
	field(spot_seq, seq)         \
	field(object_list, list)     \
	field(object_map, map)
AFIELD_CLASS(cold_kit, COLD_KIT);

/* catch_in(list): what a frozen kit's finalizer meets is put there and lives on; None: it is
 * not. */
static PyObject *catcher;
static void finalize(PyObject *self)
{
	if (catcher)
		(void)PyList_Append(catcher, self);
}
static PyObject *catch_in(PyObject *module, PyObject *list)
{
	(void)module;
	Py_XSETREF(catcher, list == Py_None ? NULL : Py_NewRef(list));
	Py_RETURN_NONE;
}
static const PyType_Slot cold_slots[] = {
	{Py_tp_finalize, (void *)(uintptr_t)finalize},
	{0, NULL},
};

/* new_type(flags): a type that nothing else refers to, once its caller has dropped it. */
static PyObject *new_type(PyObject *module, PyObject *flags)
{
	struct afield_python_options options;

	memset(&options, 0, sizeof(options));
	options.name = "Kit";
	options.flags = (unsigned)PyLong_AsUnsignedLong(flags);
	if (PyErr_Occurred())
		return NULL;
	if (options.flags & AFIELD_PYTHON_FROZEN)
		options.slots = cold_slots;
	return afield_python_type(
		module, options.flags & AFIELD_PYTHON_FROZEN ? cold_kit_class() : kit_class(),
		&options);
}

/* clear(object): whether its type has a tp_clear, which has then been called. */
static PyObject *clear(PyObject *module, PyObject *object)
{
	inquiry call = Py_TYPE(object)->tp_clear;

	(void)module;
	if (call)
		(void)call(object);
	return PyBool_FromLong(call != NULL);
}

static PyMethodDef functions[] = {
	{"new_type", new_type, METH_O, NULL},
	{"clear", clear, METH_O, NULL},
	{"catch_in", catch_in, METH_O, NULL},
	{NULL, NULL, 0, NULL},
};

static int passing_exec(PyObject *module)
{
	return PyModule_AddIntConstant(module, "FROZEN", AFIELD_PYTHON_FROZEN) ||
			       PyModule_AddIntConstant(module, "SUBCLASS",
						       AFIELD_PYTHON_SUBCLASS) ||
			       PyModule_AddIntConstant(module, "WEAKREF", AFIELD_PYTHON_WEAKREF) ||
			       PyModule_AddIntConstant(module, "DICT", AFIELD_PYTHON_DICT) ||
			       PyModule_AddIntConstant(module, "UNSENDABLE",
						       AFIELD_PYTHON_UNSENDABLE)
		       ? -1
		       : 0;
}

AFIELD_PYTHON_MODULE(passing, passing_exec, functions, "Types that come and go");
