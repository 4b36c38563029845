/*
 * locks: a class with a field of each kind that may refuse, and methods that hold one of them while
 * they call back into Python, so that a test decides what happens meanwhile.
 */
#include <afield/python.h>

#include <afield/cell.h>
#include <afield/locked.h>
#include <afield/once.h>
#include <afield/record.h>
#include <afield/rwlocked.h>

#define POINT(member) member(int64_t, x) member(int64_t, y)
AFIELD_RECORD(point, POINT);
AFIELD_TYPE(point_locked, locked, struct point);
AFIELD_TYPE(point_rw, rwlocked, struct point);
AFIELD_TYPE(point_once, once, struct point);
AFIELD_TYPE(point_cell, cell, struct point);
AFIELD_TYPE(point_patient, cell_wait, struct point);
AFIELD_TYPE(number_locked, locked, double);

#define DESK(field)                                                \
	field(point_locked, locked, AFIELD_VERBS | AFIELD_TURNS)   \
	field(point_rw, rwlocked, AFIELD_VERBS | AFIELD_TURNS)     \
	field(point_once, once)                                    \
	field(point_cell, cell, AFIELD_VERBS | AFIELD_TURNS)       \
	field(point_patient, patient, AFIELD_VERBS | AFIELD_TURNS) \
	field(number_locked, number, AFIELD_TURNS)
AFIELD_CLASS(desk, DESK);

/* desk.with_<way>(call): the result of call(), called while the field is held. */
#define WITH(way, FORM, type, field)                                                       \
	static PyObject *with_##way(PyObject *self, PyObject *call)                        \
	{                                                                                  \
		PyObject *result = NULL;                                                   \
		FORM(type, point, &AFIELD_PYTHON_SELF(self, desk)->field)                  \
		{                                                                          \
			(void)point;                                                       \
			result = PyObject_CallNoArgs(call);                                \
		}                                                                          \
		if (!result && !PyErr_Occurred())                                          \
			PyErr_SetString(PyExc_RuntimeError, "the field is not to be had"); \
		return result;                                                             \
	}
WITH(locked, AFIELD_LOCKED, point_locked, locked)
WITH(reading, AFIELD_READING, point_rw, rwlocked)
WITH(writing, AFIELD_WRITING, point_rw, rwlocked)
WITH(borrow, AFIELD_BORROWED, point_cell, cell)
WITH(borrow_mut, AFIELD_BORROWED_MUT, point_cell, cell)
WITH(patient_mut, AFIELD_BORROWED_MUT, point_patient, patient)

static int make(struct point *point, void *call)
{
	PyObject *result = PyObject_CallNoArgs((PyObject *)call);

	if (!result)
		return -ECANCELED; /* the exception is set */
	point->x = PyLong_AsLongLong(result);
	point->y = -point->x;
	Py_DECREF(result);
	return 0;
}

static PyObject *once_get_or_init(PyObject *self, PyObject *call)
{
	const struct point *point = NULL;
	int error =
		point_once_get_or_init(&AFIELD_PYTHON_SELF(self, desk)->once, make, call, &point);

	if (error == 0)
		return Py_BuildValue("(LL)", (long long)point->x, (long long)point->y);
	if (!PyErr_Occurred())
		PyErr_SetString(PyExc_RuntimeError, strerror(-error));
	return NULL;
}

static PyMethodDef methods[] = {
	{"with_locked", with_locked, METH_O, NULL},
	{"with_reading", with_reading, METH_O, NULL},
	{"with_writing", with_writing, METH_O, NULL},
	{"with_borrow", with_borrow, METH_O, NULL},
	{"with_borrow_mut", with_borrow_mut, METH_O, NULL},
	{"with_patient_mut", with_patient_mut, METH_O, NULL},
	{"once_get_or_init", once_get_or_init, METH_O, NULL},
	{NULL, NULL, 0, NULL},
};

static int locks_exec(PyObject *module)
{
	struct afield_python_options options;
	PyObject *type;
	int failed;

	memset(&options, 0, sizeof(options));
	options.name = "Desk";
	options.methods = methods;
	type = afield_python_type(module, desk_class(), &options);
	failed = !type || PyModule_AddType(module, (PyTypeObject *)type);
	Py_XDECREF(type);
	return failed ? -1 : 0;
}

AFIELD_PYTHON_MODULE(locks, locks_exec, NULL, "A class with a field of each kind that may refuse");
