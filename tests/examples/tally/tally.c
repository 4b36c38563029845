/* SPDX-License-Identifier: MIT */
/*
 * tally: a Python class with three fields that any threads use at once: numbers wait in a queue, an
 * atomic has their sum, a counter says how many there were. It has no lock.
 *
 *	cc -shared -fPIC tally.c -o tally.so $(pkg-config --cflags --libs afield python3)
 *	python3 use.py
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/counter.h>
#include <afield/queue.h>

AFIELD_TYPE(numbers, queue, int64_t);
AFIELD_TYPE(statistic, counter, int64_t);

#define TALLY(field)                                                      \
	field(numbers, waiting, 0, "Numbers that are not yet added")      \
	field(afield_i64, sum, AFIELD_VERBS, "The sum of those that are") \
	field(statistic, added, 0, "How many those are")
AFIELD_CLASS(tally, TALLY);

/* Each number is popped by one thread alone, and each sum is one step: nothing is lost. */
static PyObject *tally_add_one(PyObject *object, PyObject *Py_UNUSED(unused))
{
	tally *self = AFIELD_PYTHON_SELF(object, tally);
	int64_t number;

	if (!numbers_pop(&self->waiting, &number))
		Py_RETURN_FALSE;
	afield_i64_fetch_add(&self->sum, number);
	statistic_add(&self->added, 1);
	Py_RETURN_TRUE;
}

static PyMethodDef tally_methods[] = {
	{"add_one", tally_add_one, METH_NOARGS, "Adds a number that waits; False if none does."},
	{NULL, NULL, 0, NULL},
};

static int tally_exec(PyObject *module)
{
	struct afield_python_options options = {.methods = tally_methods};
	PyObject *type = afield_python_type(module, tally_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(tally, tally_exec, NULL, "Numbers that threads add up together");
