/* SPDX-License-Identifier: MIT */
/*
 * by_cell: x and y are one struct, which is borrowed. An overlap is an error, as in PyO3.
 */
#include <afield/python.h>

#include <afield/cell.h>
#include <afield/record.h>

#define POINT(member) member(int32_t, x) member(int32_t, y)
AFIELD_RECORD(point, POINT);
AFIELD_TYPE(point_cell, cell, struct point);

#define MY_CLASS(field) field(point_cell, point)
AFIELD_CLASS(my_class, MY_CLASS);

static PyObject *get_x(PyObject *self, PyObject *unused)
{
	point_cell *place = &AFIELD_PYTHON_SELF(self, my_class)->point;
	struct point point;
	int error = point_cell_load(place, &point);

	(void)unused;
	return error ? afield_python_raise(self, place, error) : PyLong_FromLong(point.x);
}

static PyObject *set_y(PyObject *self, PyObject *value)
{
	point_cell *place = &AFIELD_PYTHON_SELF(self, my_class)->point;
	int32_t y;

	if (!PyArg_Parse(value, "i", &y))
		return NULL;
	AFIELD_BORROWED_MUT(point_cell, point, place)
	{
		point->y = y;
		Py_RETURN_NONE;
	}
	return afield_python_raise(self, place, -EALREADY); /* BorrowMutError */
}

#include "my_class.h"

AFIELD_PYTHON_MODULE(by_cell, my_class_exec, NULL, "MyClass, whose overlap is an error");
