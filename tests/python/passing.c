/* SPDX-License-Identifier: MIT */
/*
 * passing: types that come and go, of a class with a field of each sort that Python sees: numbers,
 * named bits, objects, records behind locks and borrows, collections; and what the collector does
 * to garbage, done to what is none.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/event.h>
#include <afield/flags.h>
#include <afield/object.h>

#include "module.h"
#include "objects.h"

#define DOOR(flag) flag(door, open) flag(door, shut)
AFIELD_FLAGS(door, DOOR);
AFIELD_TYPE(door_flags, flags, door);
AFIELD_TYPE(text_map, map, afield_map_text, int64_t);

#define KIT(field)                                                \
	field(afield_i64, number, AFIELD_VERBS)                   \
	field(afield_object, object, AFIELD_VERBS)                \
	field(door_flags, door, AFIELD_VERBS)                     \
	field(point_seq, seq, AFIELD_VERBS)                       \
	field(point_locked, locked, AFIELD_VERBS | AFIELD_GUARDS) \
	field(point_rw, rw, AFIELD_VERBS | AFIELD_GUARDS)         \
	field(point_cell, cell, AFIELD_VERBS | AFIELD_GUARDS)     \
	field(object_list, list)                                  \
	field(object_map, map)                                    \
	field(text_map, texts)                                    \
	field(object_queue, queue)                                \
	field(object_ring, ring)                                  \
	field(object_stack, stack)                                \
	field(afield_event, event)
AFIELD_CLASS(kit, KIT);
/* What is made without a step of Python code, which leaks where it finds no memory. */
#define PLAIN_KIT(field)                                      \
	field(afield_i64, number, AFIELD_VERBS)               \
	field(afield_object, object, AFIELD_VERBS)            \
	field(point_seq, seq, AFIELD_VERBS)                   \
	field(point_rw, rw, AFIELD_VERBS | AFIELD_GUARDS)     \
	field(point_cell, cell, AFIELD_VERBS | AFIELD_GUARDS) \
	field(object_queue, queue, AFIELD_VERBS)              \
	field(afield_event, event)
AFIELD_CLASS(plain_kit, PLAIN_KIT);
/* For a frozen type, which cannot have verbs and locks. */
#define COLD_KIT(field)              \
	field(afield_i64, number)    \
	field(afield_object, object) \
	field(door_flags, door)      \
	field(point_seq, seq)        \
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

/* new_plain_type(): the same of a plain kit. */
static PyObject *new_plain_type(PyObject *module, PyObject *unused)
{
	struct afield_python_options options;

	(void)unused;
	memset(&options, 0, sizeof(options));
	options.flags = AFIELD_PYTHON_UNSENDABLE;
	return afield_python_type(module, plain_kit_class(), &options);
}

static PyObject *of_rows(PyObject *module, const char *name, size_t size,
			 const struct afield_row *rows, size_t count, PyGetSetDef *attributes)
{
	static struct afield_class tables[16];
	static size_t made;
	struct afield_python_options options = {NULL, NULL, 0, NULL, attributes, NULL};

	made = (made + 1) % (sizeof(tables) / sizeof(tables[0]));
	tables[made] = (struct afield_class){name, size, 8, rows, count};
	return afield_python_type(module, &tables[made], &options);
}

/* with_frozen(which): a type with three numbers, of which that one is frozen. */
static PyObject *with_frozen(PyObject *module, PyObject *which)
{
	static struct afield_row rows[4][4];
	long frozen = PyLong_AsLong(which);
	static const char *const names[] = {"one", "two", "three", "no_row"};

	if (frozen < 0 || frozen > 3)
		return PyErr_Format(PyExc_ValueError, "there are three");
	for (size_t i = 0; i < 4; i++)
		rows[frozen][i] =
			(struct afield_row){names[i], afield_i64_type,
					    8 * i,    i == (size_t)frozen ? AFIELD_FROZEN : 0,
					    NULL,     NULL};
	return of_rows(module, "three", 24, rows[frozen], 3, NULL);
}

/* with_twin(name): a type with a queue that has verbs, a lock, and a number of that name. */
static PyObject *with_twin(PyObject *module, PyObject *name)
{
	static char names[8][32];
	static struct afield_row rows[8][3];
	static size_t made;
	const char *text = PyUnicode_AsUTF8(name);

	made = (made + 1) % 8;
	(void)snprintf(names[made], sizeof(names[made]), "%s", text ? text : "");
	rows[made][0] = (struct afield_row){"jobs", object_queue_type, 0, AFIELD_VERBS, NULL, NULL};
	rows[made][1] = (struct afield_row){
		"lock", point_locked_type, sizeof(object_queue), AFIELD_GUARDS, NULL, NULL};
	rows[made][2] = (struct afield_row){
		"number", afield_i64_type, sizeof(object_queue) + sizeof(point_locked), 0,
		NULL,     names[made]};
	return text ? of_rows(module, "twin",
			      sizeof(object_queue) + sizeof(point_locked) + sizeof(afield_i64),
			      rows[made], 3, NULL)
		    : NULL;
}

static PyObject *own(PyObject *object, void *closure)
{
	(void)object;
	return PyUnicode_FromString((const char *)closure);
}

/* with_own_attributes(): a type with as many attributes of its author's. */
static PyObject *with_own_attributes(PyObject *module, PyObject *unused)
{
	static char texts[4][2] = {"a", "b", "c", "d"};
	static PyGetSetDef attributes[] = {
		{"a", own, NULL, NULL, texts[0]}, {"b", own, NULL, NULL, texts[1]},
		{"c", own, NULL, NULL, texts[2]}, {"d", own, NULL, NULL, texts[3]},
		{NULL, NULL, NULL, NULL, NULL},
	};
	static const struct afield_row row = {"number", afield_i64_type, 0, 0, NULL, NULL};

	(void)unused;
	return of_rows(module, "adorned", 8, &row, 1, attributes);
}

static PyMethodDef functions[] = {
	MODULE_METHOD(with_frozen, METH_O),
	MODULE_METHOD(with_twin, METH_O),
	MODULE_METHOD(with_own_attributes, METH_NOARGS),
	MODULE_METHOD(new_type, METH_O),
	MODULE_METHOD(new_plain_type, METH_NOARGS),
	{"clear", module_clear, METH_O, NULL},
	MODULE_METHOD(catch_in, METH_O),
	{NULL, NULL, 0, NULL},
};

AFIELD_PYTHON_MODULE(passing, module_add_flags, functions, "Types that come and go");
