/* SPDX-License-Identifier: MIT */
/*
 * python/object/orphans: a method that takes back what a fork left in an object's fields.
 *
 *	static PyMethodDef account_methods[] = {
 *		{"reset_orphans", afield_python_reset_orphans, METH_NOARGS,
 *		 AFIELD_PYTHON_RESET_ORPHANS_DOC},
 *		{NULL, NULL, 0, NULL},
 *	};
 *
 * os.fork() leaves the other threads of the process behind, with the locks and borrows that they
 * have. In the child these raise OwnerDeadError, until a program that can go on with the values as
 * they are says so: in a hook of os.register_at_fork(after_in_child=...), or where it meets the
 * error. fields/forks.md says what is left in a field of each kind.
 *
 * When to use it: in a type of afield_python_type with fields that are locked or borrowed, of which
 * a child of the process is to have the use. Among the methods of the type's options, under the
 * name that its author likes. When not: for a type that something else makes; there
 * afield_class_reset_orphans does it.
 *
 * Synchronization: as afield_class_reset_orphans.
 */
#ifndef AFIELD_PYTHON_OBJECT_ORPHANS_H
#define AFIELD_PYTHON_OBJECT_ORPHANS_H

#include <afield/python/cpython.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define AFIELD_PYTHON_RESET_ORPHANS_DOC                                                     \
	"reset_orphans($self, /)\n--\n\n"                                                   \
	"In the child of a fork, takes back the locks and borrows of threads that it does " \
	"not have; returns the number of fields that had one."

/*
 * The method.
 *   Concurrent with: everything; the thread is attached. Progress, ordering: as
 *   afield_class_reset_orphans. Returns the number of fields as an int; NULL with an exception:
 *   PermissionError where a field asks for the thread that forked, MemoryError.
 */
AFIELD_PYTHON_FUNCTION PyObject *afield_python_reset_orphans(PyObject *self, PyObject *unused);

#ifdef __cplusplus
}
#endif

#endif
