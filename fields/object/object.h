/* SPDX-License-Identifier: MIT */
/*
 * object: a reference to a Python object that threads read, replace and remove at once.
 *
 *	#include <afield/python.h>
 *	#include <afield/object.h>
 *
 *	PyObject *now = afield_object_load(&cache->parser);    // a new reference, or NULL
 *	afield_object_store(&cache->parser, next);             // takes a reference of its own
 *
 * When to use it: for any member of an extension type that is a PyObject *: a callback, a cached
 * module, a parent. When not: for a value that is made once and never replaced (once, or a frozen
 * class, reads with less work); for numbers and small structs, whose fields need no counting.
 *
 * This header needs Python.h of 3.11 or newer, and is compiled only by those who have it; libafield
 * itself knows nothing of Python. Include it after afield/python.h.
 *
 *   1 = load, is_set   2 = store, exchange, compare_exchange, get_or_init   3 = traverse, clear
 *   4 = fini
 *        [1] [2] [3] [4]
 *   [1]   -   -   -   X    - runs concurrently
 *   [2]   -   -   -   X    X needs the caller's own exclusion: nobody uses the field then or later
 *   [3]   -   -   -   X
 *   [4]   X   X   X   X
 *
 * Every thread here is attached to the interpreter that the objects are of; is_set alone may be
 * called by any thread. A native thread attaches first (PyGILState_Ensure).
 *
 * How a reader takes a reference without a lock, on free-threaded builds: it loads the pointer,
 * tries to raise the count of what it points to, and loads the pointer again. Between the first
 * load and the count a writer may have taken the object out, the object may have died, and its
 * memory may be another object, whose count is then raised: the count alone proves nothing. But the
 * field owns a reference to what it points to. If the second load sees the same pointer, the
 * reference was taken while, or before, the field held that very object, and this is the read's
 * linearization point. Otherwise the reader gives back what it took and starts again. Without the
 * second load, a reader returns an object that was never in the field.
 *
 * With the GIL, attached threads run one at a time, and a load and a count are one step.
 *
 * A writer exchanges the pointer and then gives up the reference that the field had, in its own
 * thread, after the swap and outside of everything: when that was the last one, the object is
 * destroyed then and there, and its __del__ may use this same field. So may the __del__ of whatever
 * a reader had to give back. (Free-threaded Python itself may hand the end of an object to the
 * thread that made it.)
 *
 * Limits: as with every reference in a cycle, the collector must see it: the Python layer walks
 * object fields of a class by itself, and an author's own struct calls afield_object_traverse and
 * afield_object_clear from its type's functions. After clear, readers find the field unset.
 *
 * Source: the interpreter's own slots are read in the same way (PEP 703).
 */
#ifndef AFIELD_OBJECT_H
#define AFIELD_OBJECT_H

#include <afield/python/object/try_incref.h>

#include <afield/detail/object_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_object (AFIELD__OBJECT)

/*
 * AFIELD_TYPE(name, object, PyObject *) declares
 *   typedef PyObject *name_value; typedef struct name { ... } name;
 *   PyObject *name_load(const name *)
 *   bool      name_is_set(const name *)
 *   void      name_store(name *, PyObject *)
 *   PyObject *name_exchange(name *, PyObject *)
 *   bool      name_compare_exchange(name *, PyObject *expected, PyObject *desired)
 *   PyObject *name_get_or_init(name *, PyObject *(*make)(void *argument), void *argument)
 *   int       name_traverse(name *, visitproc, void *)
 *   void      name_clear(name *)
 *   void      name_fini(name *)
 *   const struct afield_type *name_type(void)
 * afield_object, below, is one that is ready made.
 */
#define AFIELD__OBJECT(name, T)                                              \
	typedef T name##_value;                                              \
	AFIELD__OBJECT_VALUE_TYPE(name, T);                                  \
	typedef struct name {                                                \
		struct afield__object held;                                  \
	} name;                                                              \
	AFIELD__OBJECT_READERS(name, held);                                  \
	AFIELD__OBJECT_WRITERS(name);                                        \
	AFIELD__OBJECT_LIFE(name, held, afield__object_clear(&field->held)); \
	AFIELD__OBJECT_TABLE(name)

/*
 * name_load: the object in the field.
 *   Concurrent with it: everything but fini; attached. Progress: lock-free: it starts again only
 *   when a writer has replaced the object meanwhile. Ordering: seq_cst.
 *   Returns a new reference, or NULL without an exception when the field is unset.
 *
 * name_is_set: whether there is one.
 *   Concurrent with it: everything but fini; also in a thread that is not attached. Progress:
 *   wait-free.
 *   Ordering: seq_cst. Never fails.
 */

/*
 * Writers borrow what they are passed and take a reference of their own for the field.
 *
 * name_store: replaces the object; NULL unsets the field. The old one is given up afterwards, in
 * this thread, which may run Python code.
 *   Concurrent with it: everything but fini; attached. Progress: wait-free, and then that of the
 *   old object's end. Ordering: seq_cst. Never fails.
 *
 * name_exchange: the same, but the old object's reference is the caller's.
 *   Concurrent with it: everything but fini; attached. Progress: wait-free. Ordering: seq_cst.
 *   Returns the old object, or NULL when the field was unset.
 *
 * name_compare_exchange: replaces the object if it is `expected` itself, which the caller holds
 * (NULL: if the field is unset). Equal objects that are not the same do not count.
 *   Concurrent with it: everything but fini; attached. Progress: wait-free, and then that of the
 *   old object's end. Ordering: seq_cst, also when it fails.
 *   Returns false when another object is there; load tells which.
 *
 * name_get_or_init: the object; of an unset field, first the one that make(argument) returns, a new
 * reference. Several threads may call make at once: one result is stored, the others are given up
 * and all callers get the same object. (A once field calls it once, and the others wait.)
 *   Concurrent with it: everything but fini; attached. Progress: lock-free, and that of make.
 *   Ordering: seq_cst. Returns a new reference, or NULL with the exception of make.
 */

/*
 * name_traverse, name_clear: for the tp_traverse and tp_clear of an author's own type. clear is a
 * store of NULL.
 *   Concurrent with it: everything but fini; traverse in a collection only. Progress: wait-free;
 *   clear then that of the old object's end. Ordering: acquire, seq_cst. traverse returns what
 *   visit returned.
 *
 * name_fini: gives up the object. A zeroed field is left as it is.
 *   Concurrent with it: nobody; attached, as in a tp_dealloc. Progress: that of the object's end.
 *   Ordering: none. Never fails.
 */

AFIELD_TYPE(afield_object, object, PyObject *);

#endif
