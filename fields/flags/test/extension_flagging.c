/* SPDX-License-Identifier: MIT */
/*
 * flagging: classes with flags, for the tests of the kind.
 */
#include <afield/python.h>

#include "doors.h"
#include "module.h"

#define HOUSE(field)                                                      \
	field(door_flags, front, AFIELD_VERBS, "The door to the street.") \
	field(door_flags, back, 0, NULL, "garden")                        \
	field(door_flags, built, AFIELD_READONLY)                         \
	field(door_flags, secret, AFIELD_HIDDEN)                          \
	field(wide_flags, bits)
AFIELD_CLASS(house, HOUSE);

#define MONUMENT(field) field(door_flags, front)
AFIELD_CLASS(monument, MONUMENT);

/* Two names in one namespace: the bit's and the verb's. */
#define CLASH(flag) flag(clash, set)
AFIELD_FLAGS(clash, CLASH);
AFIELD_TYPE(clash_flags, flags, clash);
#define WRONG(field) field(clash_flags, it, AFIELD_VERBS)
AFIELD_CLASS(wrong, WRONG);

/* The word of the front door, as it is. */
static PyObject *house_word(PyObject *self, PyObject *unused)
{
	house *object = AFIELD_PYTHON_SELF(self, house);

	(void)unused;
	return PyLong_FromUnsignedLongLong(door_flags_load(&object->front));
}

static PyMethodDef house_methods[] = {
	{"word", house_word, METH_NOARGS, NULL},
	{NULL, NULL, 0, NULL},
};

/* A type of its own each time, with an enumeration of its own: no module keeps it. */
static PyObject *make_type(PyObject *module, PyObject *unused)
{
	struct afield_python_options options = {"passing.House", NULL, 0, NULL, NULL, NULL};

	(void)module, (void)unused;
	return afield_python_type(NULL, monument_class(), &options);
}

static PyObject *make_wrong(PyObject *module, PyObject *unused)
{
	(void)unused;
	return afield_python_type(module, wrong_class(), NULL);
}

static PyMethodDef flagging_functions[] = {
	MODULE_METHOD(make_type, METH_NOARGS),
	MODULE_METHOD(make_wrong, METH_NOARGS),
	{NULL, NULL, 0, NULL},
};

static int flagging_exec(PyObject *module)
{
	return module_add(module, house_class(), "House",
			  AFIELD_PYTHON_SUBCLASS | AFIELD_PYTHON_DICT, house_methods) ||
			       module_add(module, house_class(), "Cabin", 0, house_methods) ||
			       module_add(module, house_class(), "LoneHouse",
					  AFIELD_PYTHON_UNSENDABLE, house_methods) ||
			       module_add(module, monument_class(), "Monument",
					  AFIELD_PYTHON_FROZEN, NULL)
		       ? -1
		       : 0;
}

AFIELD_PYTHON_MODULE(flagging, flagging_exec, flagging_functions, "Classes with flags");
