/* SPDX-License-Identifier: MIT */
/*
 * Fields of an object, with a count in place of Python's. What must hold in every execution: who
 * loads gets an object that the field owned, alive, as it was made; the last reference is given up
 * once; and the operations on two fields stand in one order. A dead object's memory may become
 * another object while somebody still looks at it, as in free-threaded Python.
 */
#include "../../../tests/support/litmus.h"

#include <stdatomic.h>

/* In place of Python's object, and of try_incref.h: a count of 0 is dead. Plain C11,
 * which has no mutants. */
typedef struct {
	_Atomic(int) count;
	int value;  /* plain */
	int deaths; /* plain, by who gave up the last reference */
} PyObject;

static PyObject objects[3];

static void Py_INCREF(PyObject *object)
{
	atomic_fetch_add_explicit(&object->count, 1, memory_order_relaxed);
}

/* The last one's memory becomes another object, which no field has. */
static void Py_DECREF(PyObject *object)
{
	if (atomic_fetch_sub_explicit(&object->count, 1, memory_order_acq_rel) != 1)
		return;
	object->deaths++;
	object->value = 9;
	atomic_store_explicit(&object->count, 1, memory_order_release);
}

static void Py_XDECREF(PyObject *object)
{
	if (object)
		Py_DECREF(object);
}

static bool afield_python_try_incref(PyObject *object)
{
	int seen = atomic_load_explicit(&object->count, memory_order_relaxed);

	while (seen != 0)
		if (atomic_compare_exchange_strong(&object->count, &seen, seen + 1))
			return true;
	return false;
}

static void afield_python_enable_try_incref(PyObject *object)
{
}

#define AFIELD_PYTHON_OBJECT_TRY_INCREF_H 1
#include "../object_core.h"

static struct afield__object fields[2];

/* An object with one reference, the caller's. */
static PyObject *make_object(int which)
{
	objects[which].value = which + 1;
	atomic_store_explicit(&objects[which].count, 1, memory_order_relaxed);
	return &objects[which];
}

static void give_field(int field, int which)
{
	PyObject *object = make_object(which);

	Py_XDECREF(afield__object_exchange(&fields[field], object));
	Py_DECREF(object);
}

/*
 * One thread loads the object; another puts one of its own in its place, by an exchange or a
 * compare_exchange. The old one dies when both have given it back.
 */
static void load_once(int self)
{
	PyObject *object = afield__object_load(&fields[0]);

	assert(object);
	assert(object->value == (object == &objects[0] ? 1 : 2));
	Py_DECREF(object);
}

static void replace(int self)
{
	give_field(0, 1);
}

static void replace_and_end(litmus_steps *other)
{
	give_field(0, 0);
	RUN(load_once, other);
	assert(objects[0].deaths == 1);
	assert(atomic_load_explicit(&objects[1].count, memory_order_relaxed) == 1);
}

PROGRAM(load_beside_exchange)
{
	replace_and_end(replace);
}

static void replace_what_is_there(int self)
{
	PyObject *seen = afield__object_load(&fields[0]), *object = make_object(1);

	assert(afield__object_compare_exchange(&fields[0], seen, object));
	Py_DECREF(seen);
	Py_DECREF(object);
}

PROGRAM(load_beside_compare_exchange)
{
	replace_and_end(replace_what_is_there);
}

/* Two threads exchange, and each gives the other's object back, or the first one. */
static void replace_by_own(int self)
{
	give_field(0, self + 1);
}

PROGRAM(two_exchanges)
{
	give_field(0, 0);
	RUN(replace_by_own, replace_by_own);
	assert(objects[0].deaths + objects[1].deaths + objects[2].deaths == 2);
	assert(afield__object_exchange(&fields[0], NULL)->value != 9);
}

/* Two threads put one of their own in the place of what they have loaded. */
static bool is_done[2]; /* written by the thread with that number */

static void replace_what_it_saw(int self)
{
	PyObject *seen = afield__object_load(&fields[0]), *object = make_object(self + 1);

	is_done[self] = afield__object_compare_exchange(&fields[0], seen, object);
	Py_DECREF(seen);
	Py_DECREF(object);
}

PROGRAM(two_compare_exchanges)
{
	give_field(0, 0);
	RUN(replace_what_it_saw, replace_what_it_saw);
	assert(is_done[0] || is_done[1]);
	assert(objects[0].deaths == 1 && objects[1].deaths + objects[2].deaths == 1);
	assert(afield__object_exchange(&fields[0], NULL)->value != 9);
}

/* Each of two threads fills a field and loads the other: one of them finds an object. */
static bool misses[2]; /* written by the thread with that number */
static bool is_compared;

static void fill_and_load(int self)
{
	PyObject *object = make_object(self), *other;

	if (is_compared)
		assert(afield__object_compare_exchange(&fields[self], NULL, object));
	else
		assert(!afield__object_exchange(&fields[self], object));
	other = afield__object_load(&fields[1 - self]);
	misses[self] = other == NULL;
	Py_XDECREF(other);
	Py_DECREF(object);
}

PROGRAM(two_fields)
{
	RUN(fill_and_load, fill_and_load);
	assert(!misses[0] || !misses[1]);
}

PROGRAM(two_fields_compared)
{
	is_compared = true;
	RUN(fill_and_load, fill_and_load);
	assert(!misses[0] || !misses[1]);
}

PROGRAMS(load_beside_exchange, load_beside_compare_exchange, two_exchanges, two_compare_exchanges,
	 two_fields, two_fields_compared)
