/* SPDX-License-Identifier: MIT */
/*
 * by_nanobind: a C++ class with a box of fields, made a Python type by nanobind.
 */
#include "box.hpp"

#include <nanobind/nanobind.h>

namespace nb = nanobind;

static int traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(self));
	if (!nb::inst_ready(self)) /* the object is being made, or ends */
		return 0;
	return afield_python_traverse(box_class(), &nb::inst_ptr<Box>(self)->fields, visit, arg);
}

static int clear(PyObject *self)
{
	if (!nb::inst_ready(self))
		return 0;
	return afield_python_clear(box_class(), &nb::inst_ptr<Box>(self)->fields);
}

static PyType_Slot slots[] = {
	{Py_tp_traverse, (void *)traverse},
	{Py_tp_clear, (void *)clear},
	{0, nullptr},
};

/* A function of C that has failed has set an exception. */
static void check(bool is_good)
{
	if (!is_good)
		throw nb::python_error();
}

static void put(Box &self, nb::handle item)
{
	check(box_put(&self.fields, item.ptr()) == 0);
}

static nb::object take(Box &self, double seconds)
{
	PyObject *item = box_take(&self.fields, seconds);

	check(item != nullptr);
	return nb::steal(item);
}

static void add(Box &self, int64_t number, double seconds)
{
	box_add(&self.fields, number, seconds);
}

static int64_t total(Box &self)
{
	return box_total(&self.fields);
}

static nb::object label(Box &self)
{
	return nb::steal(box_label(&self.fields));
}

static void set_label(Box &self, nb::handle value)
{
	afield_object_store(&self.fields.label, value.ptr());
}

NB_MODULE(by_nanobind, module)
{
	check(afield_python_init(module.ptr()) == 0);
	nb::class_<Box>(module, "Box", nb::type_slots(slots))
		.def(nb::init<>())
		.def("put", put, nb::arg().none())
		.def("take", take)
		.def("add", add)
		.def("total", total)
		.def_prop_rw("label", label, set_label, nb::arg().none());
}
