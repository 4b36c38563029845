/* SPDX-License-Identifier: MIT */
/*
 * after: the class of before.c, safe among threads. The members that must agree are one record, in
 * a field whose readers never wait; its attribute needs no code. fields/porting.md has more ways.
 *
 *	cc -shared -fPIC after.c -o after.so $(pkg-config --cflags --libs afield python3)
 *	python3 use.py after
 */
#include <afield/python.h>

#include <afield/record.h>
#include <afield/seqlock.h>

#define SUMS(member) member(int64_t, count) member(int64_t, total)
AFIELD_RECORD(sums, SUMS);
AFIELD_TYPE(sums_seq, seqlock, struct sums);

#define METER(field) \
	field(sums_seq, sums, AFIELD_READONLY, "How many amounts there were, and their total.")
AFIELD_CLASS(meter, METER);

/* On a copy of the record, which replaces it in one step. One thread at a time is here. */
static bool add(struct sums *sums, void *amount)
{
	sums->count += 1;
	sums->total += *(const int64_t *)amount;
	return true;
}

static PyObject *meter_add(PyObject *object, PyObject *value)
{
	meter *self = AFIELD_PYTHON_SELF(object, meter);
	int64_t amount = PyLong_AsLongLong(value); /* Python code, so before anything is changed */

	if (amount == -1 && PyErr_Occurred())
		return NULL;
	sums_seq_update(&self->sums, add, &amount);
	Py_RETURN_NONE;
}

static PyMethodDef meter_methods[] = {
	{"add", meter_add, METH_O, "Counts an amount."},
	{NULL, NULL, 0, NULL},
};

static int after_exec(PyObject *module)
{
	struct afield_python_options options = {.methods = meter_methods};
	PyObject *type = afield_python_type(module, meter_class(), &options);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(after, after_exec, NULL, "A count and a total that always agree");
