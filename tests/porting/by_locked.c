/* SPDX-License-Identifier: MIT */
/*
 * by_locked: x and y are one struct with a mutex. An overlap waits its turn.
 */
#include <afield/python.h>

#include <afield/locked.h>
#include <afield/record.h>

#define POINT(member) member(int32_t, x) member(int32_t, y)
AFIELD_RECORD(point, POINT);
AFIELD_TYPE(point_locked, locked, struct point);

#define MY_CLASS(field) field(point_locked, point)
AFIELD_CLASS(my_class, MY_CLASS);

static PyObject *get_x(PyObject *self, PyObject *unused)
{
	point_locked *place = &AFIELD_PYTHON_SELF(self, my_class)->point;
	struct point point;
	int error = point_locked_load(place, &point);

	(void)unused;
	return error ? afield_python_raise(self, place, error) : PyLong_FromLong(point.x);
}

static bool put_y(struct point *point, void *y)
{
	point->y = *(const int32_t *)y;
	return true;
}

static PyObject *set_y(PyObject *self, PyObject *value)
{
	point_locked *place = &AFIELD_PYTHON_SELF(self, my_class)->point;
	int32_t y;
	int done;

	if (!PyArg_Parse(value, "i", &y))
		return NULL;
	done = point_locked_update(place, put_y, &y);
	if (done < 0)
		return afield_python_raise(self, place, done);
	Py_RETURN_NONE;
}

#include "my_class.h"

AFIELD_PYTHON_MODULE(by_locked, my_class_exec, NULL, "MyClass, one thread at a time");
