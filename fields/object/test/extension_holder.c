/* SPDX-License-Identifier: MIT */
/*
 * holder: classes with object fields, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/atomic.h>
#include <afield/object.h>

#include "module.h"

#define HOLDER(field)                                            \
	field(afield_object, value, AFIELD_VERBS, "Any object.") \
	field(afield_object, next)                               \
	field(afield_i64, count)
AFIELD_CLASS(holder, HOLDER);

/* Nobody in Python sees the field, but the collector does. */
#define SECRET(field) field(afield_object, kept, AFIELD_HIDDEN)
AFIELD_CLASS(secret, SECRET);

static PyObject *secret_keep(PyObject *self, PyObject *object)
{
	afield_object_store(&AFIELD_PYTHON_SELF(self, secret)->kept, object);
	Py_RETURN_NONE;
}

static PyMethodDef secret_methods[] = {
	{"keep", secret_keep, METH_O, "Keeps an object."},
	{NULL, NULL, 0, NULL},
};

static PyObject *first_of(void *list)
{
	return PySequence_GetItem((PyObject *)list, 0);
}

static int see(PyObject *object, void *seen)
{
	*(PyObject **)seen = object;
	return 7;
}

/* The functions that C sees, one after the other; returns a list of what is not as it should be. */
static PyObject *check_c(PyObject *module, PyObject *list)
{
	PyObject *one = PyUnicode_FromString("one, an object of its own");
	PyObject *two = PyUnicode_FromString("two, another");
	PyObject *wrong = PyList_New(0);
	PyObject *seen;
	afield_object field;
	Py_ssize_t before = one ? Py_REFCNT(one) : 0;

	(void)module;
	if (!one || !two || !wrong)
		return NULL;
	memset(&field, 0, sizeof(field));
	afield_object_fini(&field);
	CHECK(!afield_object_is_set(&field));
	CHECK(afield_object_load(&field) == NULL && !PyErr_Occurred());
	CHECK(afield_object_traverse(&field, see, &seen) == 0);
	CHECK(!afield_object_compare_exchange(&field, one, two));
	CHECK(afield_object_compare_exchange(&field, NULL, one));
	CHECK(afield_object_is_set(&field));
	CHECK(!afield_object_compare_exchange(&field, NULL, two));
	CHECK(!afield_object_compare_exchange(&field, two, two));
	CHECK(Py_REFCNT(one) == before + 1);
	seen = afield_object_load(&field);
	CHECK(seen == one && Py_REFCNT(one) == before + 2);
	Py_DECREF(seen);
	seen = afield_object_exchange(&field, two);
	CHECK(seen == one && Py_REFCNT(one) == before + 1);
	Py_DECREF(seen);
	afield_object_store(&field, NULL);
	CHECK(Py_REFCNT(two) == before && afield_object_load(&field) == NULL);
	seen = afield_object_get_or_init(&field, first_of, list);
	CHECK(seen == PyList_GET_ITEM(list, 0));
	Py_XDECREF(seen);
	seen = afield_object_get_or_init(&field, first_of, one);
	CHECK(seen == PyList_GET_ITEM(list, 0));
	Py_XDECREF(seen);
	afield_object_store(&field, one);
	afield_object_store(&field, one);
	CHECK(Py_REFCNT(one) == before + 1);
	CHECK(afield_object_compare_exchange(&field, one, one) && Py_REFCNT(one) == before + 1);
	seen = NULL;
	CHECK(afield_object_traverse(&field, see, &seen) == 7 && seen == one);
	CHECK(Py_REFCNT(one) == before + 1);
	afield_object_clear(&field);
	CHECK(Py_REFCNT(one) == before && !afield_object_is_set(&field));
	afield_object_store(&field, one);
	afield_object_fini(&field);
	CHECK(Py_REFCNT(one) == before);
	Py_DECREF(one);
	Py_DECREF(two);
	return wrong;
}

static PyMethodDef holder_functions[] = {
	{"clear", module_clear, METH_O, NULL},
	MODULE_METHOD(check_c, METH_O),
	{NULL, NULL, 0, NULL},
};

#define FROZEN(field)               \
	field(afield_object, value) \
	field(afield_i64, count)
AFIELD_CLASS(frozen, FROZEN);

static int holder_exec(PyObject *module)
{
	return module_add(module, holder_class(), "Holder",
			  AFIELD_PYTHON_WEAKREF | AFIELD_PYTHON_SUBCLASS, NULL) ||
			       module_add(module, holder_class(), "Plain", 0, NULL) ||
			       module_add(module, frozen_class(), "Frozen", AFIELD_PYTHON_FROZEN,
					  NULL) ||
			       module_add(module, secret_class(), "Secret", AFIELD_PYTHON_WEAKREF,
					  secret_methods)
		       ? -1
		       : 0;
}

AFIELD_PYTHON_MODULE(holder, holder_exec, holder_functions, "Classes with object fields");
