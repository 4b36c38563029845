/* SPDX-License-Identifier: MIT */
/*
 * lists: a class with lists of objects, of records and of numbers, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/list.h>
#include <afield/record.h>

#include "module.h"

AFIELD_TYPE(things_list, list, PyObject *);
AFIELD_TYPE(numbers_list, list, int32_t);

#define HOOK(member) member(int32_t, priority) member(double, weight)
AFIELD_RECORD(hook, HOOK);
AFIELD_TYPE(hooks_list, list, struct hook);

#define BOARD(field)                                \
	field(things_list, things, 0, "Any things") \
	field(numbers_list, numbers)                \
	field(hooks_list, hooks)                    \
	field(things_list, fixed, AFIELD_READONLY)
AFIELD_CLASS(board, BOARD);

static int keep_first(PyObject *const *value, void *first)
{
	*(PyObject **)first = Py_NewRef(*value);
	return 1;
}

/* A list in C: what goes in is counted, and what comes out is the caller's. */
static PyObject *pass_through(PyObject *module, PyObject *object)
{
	things_list list;
	PyObject *got = NULL, *walked = NULL, *old = NULL;
	bool is_right;

	(void)module;
	memset(&list, 0, sizeof(list));
	if (things_list_append(&list, object) || things_list_append(&list, Py_None))
		return PyErr_NoMemory();
	is_right = things_list_load(&list, 0, &got) && got == object;
	is_right &= things_list_walk(&list, keep_first, &walked) == 1 && walked == object;
	is_right &= things_list_exchange(&list, 0, Py_None, &old) == 0 && old == object;
	things_list_fini(&list);
	Py_XDECREF(got);
	Py_XDECREF(walked);
	if (!is_right)
		PyErr_SetString(PyExc_AssertionError, "another object came out");
	return is_right ? old : NULL;
}

static PyMethodDef functions[] = {
	MODULE_METHOD(pass_through, METH_O),
	{"clear", module_clear, METH_O, NULL},
	{NULL, NULL, 0, NULL},
};

static int lists_exec(PyObject *module)
{
	return module_add(module, board_class(), "lists.Board", AFIELD_PYTHON_WEAKREF, NULL);
}
AFIELD_PYTHON_MODULE(lists, lists_exec, functions, "Lists of the tests.");
