/* SPDX-License-Identifier: MIT */
/*
 * lazy: a class with objects that are made once, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/object.h>
#include <afield/once_object.h>

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

static PyMethodDef lazy_methods[] = {
	{"of_c", lazy_of_c, METH_O, "The object that C sees, made by the function."},
	{"give_up", lazy_give_up, METH_NOARGS, "Gives the value up, as the collector does."},
	{NULL, NULL, 0, NULL},
};

/* The functions of C that Python does not reach; returns a list of what is not as it should be. */
static PyObject *check_c(PyObject *module, PyObject *unused)
{
	PyObject *one = PyList_New(0), *two = PyList_New(0), *wrong = PyList_New(0), *seen;
	afield_once_object field;
	Py_ssize_t before = one ? Py_REFCNT(one) : 0;

	(void)module, (void)unused;
	if (!one || !two || !wrong)
		return NULL;
	memset(&field, 0, sizeof(field));
	afield_once_object_fini(&field);
	afield_once_object_clear(&field);
	CHECK(!afield_once_object_is_set(&field));
	CHECK(afield_once_object_load(&field) == NULL && !PyErr_Occurred());
	CHECK(afield_once_object_set(&field, NULL) == -ENODATA);
	CHECK(afield_once_object_set(&field, one) == 0 && Py_REFCNT(one) == before + 1);
	CHECK(afield_once_object_set(&field, two) == -EEXIST);
	CHECK(afield_once_object_set(&field, NULL) == -EEXIST);
	CHECK(afield_once_object_is_set(&field));
	seen = afield_once_object_load(&field);
	CHECK(seen == one && Py_REFCNT(one) == before + 2);
	Py_XDECREF(seen);
	afield_once_object_clear(&field);
	CHECK(Py_REFCNT(one) == before && !afield_once_object_is_set(&field));
	CHECK(afield_once_object_set(&field, two) == 0);
	afield_once_object_fini(&field);
	CHECK(Py_REFCNT(two) == before);
	Py_DECREF(one);
	Py_DECREF(two);
	return wrong;
}

static PyMethodDef functions[] = {
	{"check_c", check_c, METH_NOARGS, "The functions of C."},
	{NULL, NULL, 0, NULL},
};

static int lazy_exec(PyObject *module)
{
	return module_add(module, lazy_class(), "Lazy",
			  AFIELD_PYTHON_SUBCLASS | AFIELD_PYTHON_WEAKREF, lazy_methods);
}

AFIELD_PYTHON_MODULE(lazy, lazy_exec, functions, "Objects that are made once.");
