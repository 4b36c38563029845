/* SPDX-License-Identifier: MIT */
/*
 * maps: classes with maps of every sort, for the tests of the kind.
 */
#include <afield/python.h>

#include <afield/map_object.h>
#include <afield/record.h>

#include "module.h"

#define LIMITS(member) member(int32_t, low) member(int64_t, high)
AFIELD_RECORD(limits, LIMITS);

AFIELD_TYPE(object_map, map, PyObject *, PyObject *);
AFIELD_TYPE(count_map, map, PyObject *, int64_t);
AFIELD_TYPE(number_map, map, int64_t, int64_t);
AFIELD_TYPE(small_map, map, uint8_t, struct limits);
AFIELD_TYPE(named_map, map, afield_map_text, double);
AFIELD_TYPE(bytes_map, map, afield_map_bytes, PyObject *);

#define MAPS(field)                                            \
	field(object_map, objects, 0, "Anything by anything.") \
	field(count_map, counts)                               \
	field(number_map, numbers)                             \
	field(small_map, limits)                               \
	field(named_map, named)                                \
	field(bytes_map, blobs)
AFIELD_CLASS(maps, MAPS);

static int end_at_three(PyObject *key, PyObject *const *value, void *argument)
{
	Py_DECREF(key);
	Py_DECREF(*value);
	return ++*(int *)argument == 3 ? 33 : 0;
}

/* The functions that C sees, one after the other; returns a list of what is not as it should be. */
static PyObject *check_c(PyObject *module, PyObject *unused)
{
	PyObject *wrong = PyList_New(0);
	PyObject *one = PyUnicode_FromString("one, an object of its own");
	PyObject *two = PyUnicode_FromString("two, another");
	PyObject *key = PyFloat_FromDouble(2.5), *same = PyFloat_FromDouble(2.5);
	PyObject *seen = NULL, *no_hash = PyList_New(0);
	Py_ssize_t before;
	object_map map;
	int met = 0;

	(void)module, (void)unused;
	if (!wrong || !one || !two || !key || !same || !no_hash)
		return NULL;
	before = Py_REFCNT(one);
	memset(&map, 0, sizeof(map));
	object_map_fini(&map);
	CHECK(object_map_load(&map, key, &seen) == 0 && !seen);
	CHECK(object_map_contains(&map, no_hash) == -1 && PyErr_ExceptionMatches(PyExc_TypeError));
	PyErr_Clear();
	CHECK(object_map_set(&map, key, one) == 0);
	CHECK(object_map_set(&map, same, one) == 1 && object_map_count(&map) == 1);
	CHECK(Py_REFCNT(one) == before + 1);
	CHECK(object_map_load(&map, same, &seen) == 1 && seen == one);
	CHECK(Py_REFCNT(one) == before + 2);
	Py_CLEAR(seen);
	CHECK(object_map_get_or_insert(&map, key, two, &seen) == 0 && seen == one);
	Py_CLEAR(seen);
	CHECK(object_map_compare_exchange(&map, same, &two, two) == 0);
	CHECK(object_map_compare_exchange(&map, same, &one, two) == 1);
	CHECK(Py_REFCNT(one) == before);
	CHECK(object_map_exchange(&map, same, one, &seen) == 1 && seen == two);
	Py_CLEAR(seen);
	CHECK(object_map_get_or_insert(&map, one, two, &seen) == 1 && seen == two);
	Py_CLEAR(seen);
	CHECK(object_map_set(&map, two, two) == 0);
	CHECK(object_map_walk(&map, end_at_three, &met) == 33 && met == 3);
	CHECK(object_map_remove(&map, key, &seen) == 1 && seen == one);
	Py_CLEAR(seen);
	CHECK(object_map_remove(&map, key, NULL) == 0);
	object_map_clear(&map);
	CHECK(object_map_count(&map) == 0 && Py_REFCNT(one) == before);
	CHECK(object_map_set(&map, one, one) == 0 && Py_REFCNT(one) == before + 2);
	object_map_fini(&map);
	CHECK(Py_REFCNT(one) == before);
	Py_DECREF(one);
	Py_DECREF(two);
	Py_DECREF(key);
	Py_DECREF(same);
	Py_DECREF(no_hash);
	return wrong;
}

static PyObject *buckets(PyObject *module, PyObject *object)
{
	maps *self = AFIELD_PYTHON_SELF(object, maps);

	(void)module;
	return PyLong_FromSize_t(afield__map_buckets(&self->objects.map));
}

static PyObject *barrier(PyObject *module, PyObject *unused)
{
	(void)module, (void)unused;
	return PyLong_FromLong(afield_barrier());
}

static PyMethodDef maps_functions[] = {
	MODULE_METHOD(check_c, METH_NOARGS),
	{"clear", module_clear, METH_O, NULL},
	MODULE_METHOD(buckets, METH_O),
	MODULE_METHOD(barrier, METH_NOARGS),
	{NULL, NULL, 0, NULL},
};

static int maps_exec(PyObject *module)
{
	return module_add(module, maps_class(), "Maps",
			  AFIELD_PYTHON_WEAKREF | AFIELD_PYTHON_SUBCLASS, NULL);
}

AFIELD_PYTHON_MODULE(maps, maps_exec, maps_functions, "Classes with maps");
