# SPDX-License-Identifier: MIT
# cython: language_level=3, freethreading_compatible=True
"""by_cython: a cdef class whose objects have a box of fields inside."""
from cpython.object cimport PyObject, PyTypeObject, inquiry, traverseproc, visitproc
from libc.stdint cimport int64_t


cdef extern from "box.h":
    struct afield_class:
        pass
    ctypedef struct afield_object:
        pass
    ctypedef struct box:
        afield_object label
    const afield_class *box_class()
    void box_fini(box *fields)
    int box_put(box *fields, object item) except -1
    object box_take(box *fields, double seconds)
    void box_add(box *fields, int64_t number, double seconds)
    int64_t box_total(box *fields)
    object box_label(box *fields)
    void afield_object_store(afield_object *field, object value)
    int afield_python_init(PyObject *module) except -1
    int afield_python_traverse(const afield_class *table, box *fields, visitproc visit, void *arg) except -1
    int afield_python_clear(const afield_class *table, box *fields) except -1


cdef class Box:
    cdef box fields
    cdef dict __dict__  # without any member of Python's, Cython keeps the type from the collector

    def __dealloc__(self):
        box_fini(&self.fields)

    def put(self, item):
        box_put(&self.fields, item)

    def take(self, double seconds):
        return box_take(&self.fields, seconds)

    def add(self, int64_t number, double seconds):
        box_add(&self.fields, number, seconds)

    def total(self):
        return box_total(&self.fields)

    @property
    def label(self):
        return box_label(&self.fields)

    @label.setter
    def label(self, value):
        afield_object_store(&self.fields.label, <object>value)


# Cython writes tp_traverse and tp_clear of its own; these go on to the fields.
cdef traverseproc traverse_members
cdef inquiry clear_members

cdef int traverse(PyObject *self, visitproc visit, void *arg) except -1:
    cdef int result = traverse_members(self, visit, arg)
    if result:
        return result
    return afield_python_traverse(box_class(), &(<Box>self).fields, visit, arg)

cdef int clear(object self) except -1:
    clear_members(self)
    return afield_python_clear(box_class(), &(<Box>self).fields)

cdef PyTypeObject *type_of_box = <PyTypeObject *>Box
traverse_members, type_of_box.tp_traverse = type_of_box.tp_traverse, traverse
clear_members, type_of_box.tp_clear = type_of_box.tp_clear, clear

afield_python_init(NULL)
