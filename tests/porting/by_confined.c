/* SPDX-License-Identifier: MIT */
/*
 * by_confined: x and y are one struct that one thread owns: the first that writes it.
 */
#include <afield/python.h>

#include <afield/confined.h>
#include <afield/record.h>

#define POINT(member) member(int32_t, x) member(int32_t, y)
AFIELD_RECORD(point, POINT);
AFIELD_TYPE(point_confined, confined, struct point);

#define MY_CLASS(field) field(point_confined, point)
AFIELD_CLASS(my_class, MY_CLASS);

static PyObject *get_x(PyObject *self, PyObject *unused)
{
	point_confined *place = &AFIELD_PYTHON_SELF(self, my_class)->point;
	struct point point;
	int error = point_confined_load(place, &point);

	(void)unused;
	return error ? afield_python_raise(self, place, error) : PyLong_FromLong(point.x);
}

static PyObject *set_y(PyObject *self, PyObject *value)
{
	point_confined *place = &AFIELD_PYTHON_SELF(self, my_class)->point;
	int32_t y;
	int error;

	if (!PyArg_Parse(value, "i", &y))
		return NULL;
	error = point_confined_claim(place);
	if (error)
		return afield_python_raise(self, place, error);
	point_confined_get(place)->y = y;
	Py_RETURN_NONE;
}

#include "my_class.h"

AFIELD_PYTHON_MODULE(by_confined, my_class_exec, NULL, "MyClass, for one thread");
