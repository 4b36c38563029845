/* SPDX-License-Identifier: MIT */
/*
 * rivals: one struct twice, as a class of fields and as PyMemberDef shows it.
 */
#include <afield/python.h>

#include <afield/atomic.h>

#include <structmember.h>

#define FIELDS(field)                           \
	field(afield_i64, number, AFIELD_VERBS) \
	field(afield_f64, real)                 \
	field(afield_bool, flag)
AFIELD_CLASS(fields, FIELDS);

struct members {
	PyObject ob_base;
	long long number;
	double real;
	char flag;
};

static PyMemberDef member_rows[] = {
	{"number", T_LONGLONG, (Py_ssize_t)offsetof(struct members, number), 0, NULL},
	{"real", T_DOUBLE, (Py_ssize_t)offsetof(struct members, real), 0, NULL},
	{"flag", T_BOOL, (Py_ssize_t)offsetof(struct members, flag), 0, NULL},
	{NULL, 0, 0, 0, NULL},
};

static int members_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(self));
	return 0;
}

static void members_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	type->tp_free(self);
	Py_DECREF(type);
}

static PyType_Slot member_slots[] = {
	{Py_tp_members, member_rows},
	{Py_tp_traverse, (void *)(uintptr_t)members_traverse},
	{Py_tp_dealloc, (void *)(uintptr_t)members_dealloc},
	{Py_tp_new, (void *)(uintptr_t)PyType_GenericNew},
	{0, NULL},
};

static PyType_Spec member_spec = {
	"rivals.Members", (int)sizeof(struct members), 0,
	Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE, member_slots};

static int add(PyObject *module, PyObject *type)
{
	int failed = !type || PyModule_AddType(module, (PyTypeObject *)type);

	Py_XDECREF(type);
	return failed ? -1 : 0;
}

static int rivals_exec(PyObject *module)
{
	return add(module, afield_python_type(module, fields_class(), NULL)) ||
			       add(module, PyType_FromModuleAndSpec(module, &member_spec, NULL))
		       ? -1
		       : 0;
}

AFIELD_PYTHON_MODULE(rivals, rivals_exec, NULL, NULL);
