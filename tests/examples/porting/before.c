/* SPDX-License-Identifier: MIT */
/*
 * before: a class as it is often written for CPython. It is not safe among threads; after.c is the
 * same class, and is.
 *
 *	cc -shared -fPIC before.c -o before.so $(pkg-config --cflags python3)
 *
 * What is wrong: `add` counts, converts, which may run Python code (`__index__`), and then adds.
 * Who comes in between, with the GIL as well, reads a count and a total that do not agree. Without
 * the GIL two threads may add at once, and one of the two amounts is lost. To see it, run
 * `python3 use.py before`, also with PYTHON_GIL=0 before it. See fields/porting.md, too.
 */
#include <Python.h>

#include <stddef.h>
#include <stdint.h>

typedef struct {
	PyObject object;
	int64_t count;
	int64_t total;
} meter;

static PyObject *meter_add(PyObject *object, PyObject *value)
{
	meter *self = (meter *)object;
	int64_t amount;

	self->count += 1;
	amount = PyLong_AsLongLong(value);
	self->total += amount;
	if (amount == -1 && PyErr_Occurred())
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *meter_sums(PyObject *object, void *unused)
{
	meter *self = (meter *)object;

	(void)unused;
	return Py_BuildValue("(LL)", (long long)self->count, (long long)self->total);
}

static PyMethodDef meter_methods[] = {
	{"add", meter_add, METH_O, "Counts an amount."},
	{NULL, NULL, 0, NULL},
};

static PyGetSetDef meter_attributes[] = {
	{"sums", meter_sums, NULL, "How many amounts there were, and their total.", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot meter_slots[] = {
	{Py_tp_methods, meter_methods},
	{Py_tp_getset, meter_attributes},
	{0, NULL},
};

static PyType_Spec meter_spec = {"before.Meter", sizeof(meter), 0, Py_TPFLAGS_DEFAULT, meter_slots};

static int before_exec(PyObject *module)
{
	PyObject *type = PyType_FromModuleAndSpec(module, &meter_spec, NULL);
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

static PyModuleDef_Slot before_slots[] = {
	{Py_mod_exec, (void *)(uintptr_t)before_exec},
	{0, NULL},
};

static PyModuleDef before_module = {
	PyModuleDef_HEAD_INIT, "before", NULL, 0, NULL, before_slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_before(void)
{
	return PyModuleDef_Init(&before_module);
}
