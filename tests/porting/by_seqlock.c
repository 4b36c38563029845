/* SPDX-License-Identifier: MIT */
/*
 * by_seqlock: x and y are one struct that is read without a lock. Writers take turns.
 */
#include <afield/python.h>

#include <afield/record.h>
#include <afield/seqlock.h>

#define POINT(member) member(int32_t, x) member(int32_t, y)
AFIELD_RECORD(point, POINT);
AFIELD_TYPE(point_seq, seqlock, struct point);

#define MY_CLASS(field) field(point_seq, point)
AFIELD_CLASS(my_class, MY_CLASS);

static PyObject *get_x(PyObject *self, PyObject *unused)
{
	(void)unused;
	return PyLong_FromLong(point_seq_load(&AFIELD_PYTHON_SELF(self, my_class)->point).x);
}

static bool put_y(struct point *point, void *y)
{
	point->y = *(const int32_t *)y;
	return true;
}

static PyObject *set_y(PyObject *self, PyObject *value)
{
	int32_t y;

	if (!PyArg_Parse(value, "i", &y))
		return NULL;
	point_seq_update(&AFIELD_PYTHON_SELF(self, my_class)->point, put_y, &y);
	Py_RETURN_NONE;
}

#include "my_class.h"

AFIELD_PYTHON_MODULE(by_seqlock, my_class_exec, NULL, "MyClass, read without a lock");
