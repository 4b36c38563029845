/* SPDX-License-Identifier: MIT */
/*
 * lazy: a class with objects that are made once, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/object.h>
#include <afield/once_object.h>

#include <sched.h>

#include "module.h"

#define LAZY(field)                                                  \
	field(afield_once_object, value, AFIELD_VERBS, "Made once.") \
	field(afield_once_object, other, AFIELD_VERBS)               \
	field(afield_once_object, hidden, AFIELD_HIDDEN)             \
	field(afield_object, next)
AFIELD_CLASS(lazy, LAZY);

static PyObject *call(void *callable)
{
	return PyObject_CallNoArgs((PyObject *)callable);
}

/* The hidden object, which the given function makes. */
static PyObject *lazy_of_c(PyObject *self, PyObject *callable)
{
	return afield_once_object_get_or_init(&AFIELD_PYTHON_SELF(self, lazy)->hidden, call,
					      callable);
}

/* What the collector does, while nobody is in the way; threads may use the field meanwhile. */
static PyObject *lazy_give_up(PyObject *self, PyObject *unused)
{
	(void)unused;
	afield_once_object_clear(&AFIELD_PYTHON_SELF(self, lazy)->value);
	Py_RETURN_NONE;
}

/* This thread makes the value, and will not end that by itself. */
static PyObject *lazy_begin(PyObject *self, PyObject *unused)
{
	PyObject *object;

	(void)unused;
	return PyLong_FromLong(
		afield__once_object_begin(&AFIELD_PYTHON_SELF(self, lazy)->value.once, &object));
}

/* Behind it, when another thread waits: leaves the object there and does not say so, as a thread
 * does that a fork orphans in between. */
static PyObject *lazy_leave_unsaid(PyObject *self, PyObject *object)
{
	struct afield__once_object *field
	= &AFIELD_PYTHON_SELF(self, lazy)->value.once;

	Py_BEGIN_ALLOW_THREADS;
	while (AFIELD_LOAD(&field->once.waiters.count, seq_cst) == 0)
		sched_yield();
	Py_END_ALLOW_THREADS;
	(void)afield__object_exchange(&field->held, object);
	afield__once_end(&field->once, NULL, 0, false);
	Py_RETURN_NONE;
}

static PyMethodDef lazy_methods[] = {
	{"begin", lazy_begin, METH_NOARGS, "Begins to make the value."},
	{"leave_unsaid", lazy_leave_unsaid, METH_O, "Makes the value and leaves it unsaid."},
	{"of_c", lazy_of_c, METH_O, "The object that C sees, made by the function."},
	{"give_up", lazy_give_up, METH_NOARGS, "Gives the value up, as the collector does."},
	{NULL, NULL, 0, NULL},
};

static int see(PyObject *object, void *seen)
{
	*(PyObject **)seen = object;
	return 7;
}

/* The functions of C that Python does not reach; returns a list of what is not as it should be. */
static PyObject *check_c(PyObject *module, PyObject *unused)
{
	PyObject *one = PyList_New(0), *two = PyList_New(0), *wrong = PyList_New(0), *seen;
	PyObject *traversed = NULL;
	afield_once_object field;
	Py_ssize_t before = one ? Py_REFCNT(one) : 0;

	(void)module, (void)unused;
	if (!one || !two || !wrong)
		return NULL;
	memset(&field, 0, sizeof(field));
	afield_once_object_fini(&field);
	afield_once_object_clear(&field);
	CHECK(!afield_once_object_is_set(&field));
	CHECK(afield_once_object_traverse(&field, see, &traversed) == 0);
	CHECK(afield_once_object_load(&field) == NULL && !PyErr_Occurred());
	CHECK(afield_once_object_set(&field, NULL) == -ENODATA);
	CHECK(afield_once_object_set(&field, one) == 0 && Py_REFCNT(one) == before + 1);
	CHECK(afield_once_object_set(&field, two) == -EEXIST);
	CHECK(afield_once_object_set(&field, NULL) == -EEXIST);
	CHECK(afield_once_object_is_set(&field));
	CHECK(afield_once_object_traverse(&field, see, &traversed) == 7 && traversed == one);
	seen = afield_once_object_load(&field);
	CHECK(seen == one && Py_REFCNT(one) == before + 2);
	Py_XDECREF(seen);
	afield_once_object_clear(&field);
	CHECK(Py_REFCNT(one) == before && !afield_once_object_is_set(&field));
	CHECK(afield_once_object_set(&field, two) == 0);
	afield_once_object_fini(&field);
	CHECK(Py_REFCNT(two) == before);
	/* Who clears takes nothing from who makes. */
	CHECK(afield__once_object_begin(&field.once, &seen) == 0 && !seen);
	afield_once_object_clear(&field);
	CHECK(afield__once_object_begin(&field.once, &seen) == -EDEADLK && !seen);
	afield__once_object_end(&field.once, one);
	CHECK(afield_once_object_set(&field, two) == -EEXIST);
	afield_once_object_fini(&field);
	CHECK(Py_REFCNT(one) == before);
	Py_DECREF(one);
	Py_DECREF(two);
	return wrong;
}

static PyMethodDef functions[] = {
	MODULE_METHOD(check_c, METH_NOARGS),
	{NULL, NULL, 0, NULL},
};

static int lazy_exec(PyObject *module)
{
	return module_add(module, lazy_class(), "Lazy",
			  AFIELD_PYTHON_SUBCLASS | AFIELD_PYTHON_WEAKREF, lazy_methods);
}

AFIELD_PYTHON_MODULE(lazy, lazy_exec, functions, "Objects that are made once.");
