/* SPDX-License-Identifier: MIT */
/*
 * python/type/options: what an author says of a type, beside the class's table.
 *
 * When to use it: python.h includes it.
 *
 * Synchronization: options are read while the type is made, and not after.
 */
#ifndef AFIELD_PYTHON_TYPE_OPTIONS_H
#define AFIELD_PYTHON_TYPE_OPTIONS_H

#include <afield/python/cpython.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum afield_python_flag {
	AFIELD_PYTHON_FROZEN = 1,
	AFIELD_PYTHON_SUBCLASS = 2,
	AFIELD_PYTHON_WEAKREF = 4,
	AFIELD_PYTHON_DICT = 8,
	AFIELD_PYTHON_UNSENDABLE = 16,
};

/*
 * The options of a type. All of zero is right for a plain one.
 *   name        "bank.Account"; without a dot it gets the module's name; NULL: the class's name in
 *               CamelCase
 *   doc         what the type is for
 *   flags       AFIELD_PYTHON_FROZEN    fields are set by the constructor and read-only after it
 *               AFIELD_PYTHON_SUBCLASS  Python classes may derive from it
 *               AFIELD_PYTHON_WEAKREF   its objects can be weakly referenced
 *               AFIELD_PYTHON_DICT      its objects have a __dict__
 *               AFIELD_PYTHON_UNSENDABLE  only the thread that made an object uses it: see below
 *               joined by |
 *   methods     the author's methods, or NULL; they stay valid forever, as Python wants it
 *   attributes  the author's computed attributes, or NULL; as above
 *   slots       more slots (Py_tp_iternext ...) up to one of zero, or NULL. Refused are those that
 *               afield fills itself: new, init, dealloc, traverse, clear, alloc, free, members,
 *               methods, getset, doc, base, bases, setattr, setattro, is_gc and del.
 * A frozen type fills its object in __new__, so a subclass with other arguments overrides that. A
 * single row may be AFIELD_FROZEN: the first __init__ sets it, and nothing after. Frozen scalars
 * are read with plain loads.
 *
 * Unsendable: attributes, verbs and the constructor raise the module's UnsendableError, a
 * RuntimeError, in any other thread; an author's methods use AFIELD_PYTHON_SELF_CHECKED. The last
 * reference may go in any thread, and the collector works in any. Then references to objects are
 * given up where that is; the other fields are copied byte for byte into the owner queue of the
 * object's thread (owner_queue.h), which finishes them at its next use of any unsendable object, or
 * at its end: outside Python, as fini always is but for object fields. If that thread is gone, or
 * out of memory, they are finished where the object ended. A value that must not be moved (a
 * z_stream, which knows its own address) is better off in a confined field, whose value stays where
 * it is.
 */
struct afield_python_options {
	const char *name;
	const char *doc;
	unsigned flags;
	PyMethodDef *methods;
	PyGetSetDef *attributes;
	const PyType_Slot *slots;
};

#ifdef __cplusplus
}
#endif

#endif
