/* SPDX-License-Identifier: MIT */
/*
 * overlap: holds the field of a MyClass while Python code runs, so that a test decides what happens
 * meanwhile. Each MyClass begins with its only field, which these types describe once more.
 */
#include <afield/python.h>

#include <afield/cell.h>
#include <afield/locked.h>
#include <afield/record.h>
#include <afield/seqlock.h>

#include "module.h"

#define POINT(member) member(int32_t, x) member(int32_t, y)
AFIELD_RECORD(point, POINT);
AFIELD_TYPE(point_cell, cell, struct point);
AFIELD_TYPE(point_locked, locked, struct point);
AFIELD_TYPE(point_seq, seqlock, struct point);

/* The field would stay held by nobody if an exception went past it: the caller gets it
 * afterwards. */
#define WHILE(way, FORM, type)                                                              \
	static PyObject *way(PyObject *module, PyObject *arguments)                         \
	{                                                                                   \
		PyObject *object, *call, *result = NULL;                                    \
		(void)module;                                                               \
		if (!PyArg_ParseTuple(arguments, "OO", &object, &call))                     \
			return NULL;                                                        \
		MODULE_CALL_IN(FORM, type, AFIELD_PYTHON_SELF(object, type), call, result); \
		return result;                                                              \
	}
WHILE(while_borrowed, AFIELD_BORROWED, point_cell)
WHILE(while_borrowed_mut, AFIELD_BORROWED_MUT, point_cell)
WHILE(while_locked, AFIELD_LOCKED, point_locked)

struct call {
	PyObject *function;
	PyObject *result;
};

static bool run(struct point *point, void *argument)
{
	struct call *call = (struct call *)argument;

	point->x++;
	call->result = PyObject_CallNoArgs(call->function);
	return true;
}

static PyObject *while_written(PyObject *module, PyObject *arguments)
{
	struct call call = {NULL, NULL};
	PyObject *object;

	(void)module;
	if (!PyArg_ParseTuple(arguments, "OO", &object, &call.function))
		return NULL;
	point_seq_update(AFIELD_PYTHON_SELF(object, point_seq), run, &call);
	return call.result;
}

static PyMethodDef functions[] = {
	MODULE_METHOD(while_borrowed, METH_VARARGS),
	MODULE_METHOD(while_borrowed_mut, METH_VARARGS),
	MODULE_METHOD(while_locked, METH_VARARGS),
	{"while_written", while_written, METH_VARARGS,
	 "Adds one to x, and calls before it is done."},
	{NULL, NULL, 0, NULL},
};

static int overlap_exec(PyObject *module)
{
	(void)module;
	return 0;
}

AFIELD_PYTHON_MODULE(overlap, overlap_exec, functions, "Holds the fields of the five MyClass");
