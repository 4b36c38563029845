/* SPDX-License-Identifier: MIT */
/*
 * by_hand: a type made with CPython's own functions, whose objects have a box of fields inside.
 */
#include "box.h"

typedef struct {
	PyObject_HEAD box fields;
} box_object;

static box *fields_of(PyObject *self)
{
	return &((box_object *)self)->fields;
}

static int traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(self));
	return afield_python_traverse(box_class(), fields_of(self), visit, arg);
}

static int clear(PyObject *self)
{
	return afield_python_clear(box_class(), fields_of(self));
}

static void dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	box_fini(fields_of(self));
	type->tp_free(self);
	Py_DECREF(type);
}

static PyObject *put(PyObject *self, PyObject *item)
{
	if (box_put(fields_of(self), item))
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *take(PyObject *self, PyObject *seconds)
{
	double value = PyFloat_AsDouble(seconds);

	return PyErr_Occurred() ? NULL : box_take(fields_of(self), value);
}

static PyObject *add(PyObject *self, PyObject *arguments)
{
	long long number;
	double seconds;

	if (!PyArg_ParseTuple(arguments, "Ld", &number, &seconds))
		return NULL;
	box_add(fields_of(self), number, seconds);
	Py_RETURN_NONE;
}

static PyObject *total(PyObject *self, PyObject *none)
{
	(void)none;
	return PyLong_FromLongLong(box_total(fields_of(self)));
}

static PyObject *get_label(PyObject *self, void *closure)
{
	(void)closure;
	return box_label(fields_of(self));
}

static int set_label(PyObject *self, PyObject *label, void *closure)
{
	(void)closure;
	afield_object_store(&fields_of(self)->label, label);
	return 0;
}

static PyMethodDef methods[] = {
	{"put", put, METH_O, NULL},
	{"take", take, METH_O, NULL},
	{"add", add, METH_VARARGS, NULL},
	{"total", total, METH_NOARGS, NULL},
	{NULL, NULL, 0, NULL},
};
static PyGetSetDef attributes[] = {
	{"label", get_label, set_label, NULL, NULL},
	{NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot slots[] = {
	{Py_tp_traverse, (void *)(uintptr_t)traverse},
	{Py_tp_clear, (void *)(uintptr_t)clear},
	{Py_tp_dealloc, (void *)(uintptr_t)dealloc},
	{Py_tp_methods, methods},
	{Py_tp_getset, attributes},
	{0, NULL},
};
static PyType_Spec spec = {"by_hand.Box", sizeof(box_object), 0,
			   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};

static int exec(PyObject *module)
{
	PyObject *type;
	int failed;

#ifndef BOX_WITHOUT_HOST /* the test sees what becomes of it */
	if (afield_python_init(module))
		return -1;
#endif
	type = PyType_FromModuleAndSpec(module, &spec, NULL);
	failed = !type || PyModule_AddType(module, (PyTypeObject *)type);
	Py_XDECREF(type);
	return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {
	{Py_mod_exec, (void *)(uintptr_t)exec},
#if PY_VERSION_HEX >= 0x030C0000
	{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
	{Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
	{0, NULL},
};
static PyModuleDef definition = {
	PyModuleDef_HEAD_INIT, "by_hand", NULL, 0, NULL, module_slots, NULL, NULL, NULL,
};

#ifdef BOX_WITHOUT_HOST
PyMODINIT_FUNC PyInit_without_host(void)
#else
PyMODINIT_FUNC PyInit_by_hand(void)
#endif
{
	return PyModuleDef_Init(&definition);
}
