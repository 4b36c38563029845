/* SPDX-License-Identifier: MIT */
/*
 * python/object/foreign: fields in a Python type that something else than afield makes.
 *
 * Cython, pybind11, nanobind and hand-written code make types of their own, and a class of fields
 * (class.h) may be a part of their objects. Three things are then the author's, and all that is:
 *
 *	afield_python_init(module)          once, when the module is initialised: waits detach from
 *	                                    the interpreter, and references are counted
 *	afield_python_traverse, _clear      in the type's tp_traverse and tp_clear, if the class
 *	                                    keeps objects: cycles through the fields are collected
 *	afield_fini                         in the type's tp_dealloc, or in the C++ destructor
 *
 *	static int box_traverse(PyObject *self, visitproc visit, void *arg)
 *	{
 *		Py_VISIT(Py_TYPE(self));
 *		return afield_python_traverse(box_class(), &((struct box_object *)self)->fields,
 *					      visit, arg);
 *	}
 *
 * The memory of the fields is zero before their first use, as tp_alloc leaves it. They are aligned
 * to 16 bytes at most, which is what Python and malloc give.
 *
 * When to use it: for a type that exists already, or that needs what its maker offers. When not:
 * afield_python_type makes a whole type of a class, with attributes and methods.
 *
 * Without afield_python_init a container refuses to keep an object, with -ENOTSUP or as its comment
 * says; a debug build of afield says so and aborts. Waits cannot be refused, for afield does not
 * know then that there is an interpreter: they would keep the GIL.
 *
 * Synchronization: each function says it.
 */
#ifndef AFIELD_PYTHON_OBJECT_FOREIGN_H
#define AFIELD_PYTHON_OBJECT_FOREIGN_H

#include <afield/python/lock/host.h>

#include <afield/class.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A field knows nothing of Python, and calls this with the address of an object. */
struct afield__foreign_visitor {
	visitproc visit;
	void *argument;
};
static inline int afield__foreign_visit(void *object, void *opaque)
{
	const struct afield__foreign_visitor *visitor =
		(const struct afield__foreign_visitor *)opaque;

	return visitor->visit((PyObject *)object, visitor->argument);
}

/*
 * afield_python_traverse: shows the collector every object that the fields keep. `fields` points to
 *   the class's struct. The type itself (Py_TYPE(self), of a heap type) and other members are the
 *   author's to visit.
 *   Concurrent with it: as afield_class_traverse. Progress: that of `visit`. Ordering: none.
 *   Returns what visit returned, if that was not 0, otherwise 0.
 *
 * afield_python_clear: gives these objects up; the fields stay usable.
 *   Concurrent with it: every operation of the fields but fini; the thread is attached. Progress:
 *   that of the objects' ends. Ordering: that of each kind. Returns 0, as tp_clear does.
 */
static inline int afield_python_traverse(const struct afield_class *table, void *fields,
					 visitproc visit, void *arg)
{
	struct afield__foreign_visitor visitor = {visit, arg};

	return afield_class_traverse(table, fields, afield__foreign_visit, &visitor);
}

static inline int afield_python_clear(const struct afield_class *table, void *fields)
{
	afield_class_clear(table, fields);
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
