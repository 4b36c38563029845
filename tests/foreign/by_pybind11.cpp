/* SPDX-License-Identifier: MIT */
/*
 * by_pybind11: a C++ class with a box of fields, made a Python type by pybind11.
 */
#include "box.hpp"

#include <pybind11/pybind11.h>

namespace py = pybind11;

/* The Box in an object; NULL while the object is being made or ends. Takes no reference. */
static Box *box_of(PyObject *self)
{
	auto instance = reinterpret_cast<py::detail::instance *>(self);

	return instance->get_value_and_holder().value_ptr<Box>();
}

static int traverse(PyObject *self, visitproc visit, void *arg)
{
	Box *it = box_of(self);

	Py_VISIT(Py_TYPE(self));
	return it ? afield_python_traverse(box_class(), &it->fields, visit, arg) : 0;
}

static int clear(PyObject *self)
{
	Box *it = box_of(self);

	return it ? afield_python_clear(box_class(), &it->fields) : 0;
}

static void collect(PyHeapTypeObject *type)
{
	type->ht_type.tp_flags |= Py_TPFLAGS_HAVE_GC;
	type->ht_type.tp_traverse = traverse;
	type->ht_type.tp_clear = clear;
}

/* A function of C that has failed has set an exception. */
static void check(bool is_good)
{
	if (!is_good)
		throw py::error_already_set();
}

static void put(Box &self, py::handle item)
{
	check(box_put(&self.fields, item.ptr()) == 0);
}

static py::object take(Box &self, double seconds)
{
	PyObject *item = box_take(&self.fields, seconds);

	check(item != nullptr);
	return py::reinterpret_steal<py::object>(item);
}

static void add(Box &self, int64_t number, double seconds)
{
	box_add(&self.fields, number, seconds);
}

static int64_t total(Box &self)
{
	return box_total(&self.fields);
}

static py::object label(Box &self)
{
	return py::reinterpret_steal<py::object>(box_label(&self.fields));
}

static void set_label(Box &self, py::handle value)
{
	afield_object_store(&self.fields.label, value.ptr());
}

PYBIND11_MODULE(by_pybind11, module, py::mod_gil_not_used(),
		py::multiple_interpreters::per_interpreter_gil())
{
	check(afield_python_init(module.ptr()) == 0);
	py::class_<Box>(module, "Box", py::custom_type_setup(collect))
		.def(py::init<>())
		.def("put", put)
		.def("take", take)
		.def("add", add)
		.def("total", total)
		.def_property("label", label, set_label);
}
