/* SPDX-License-Identifier: MIT */
/*
 * python/object/try_incref: a new reference to an object that may be dying.
 *
 * A reader that has loaded a pointer from shared memory without a lock holds no reference yet, and
 * the object may be given back before it takes one. Free-threaded Python has an answer for the
 * count: try to raise it, and be told when the object is already on its way out. The memory of a
 * dead object can be read for that (Python keeps such pages until no thread can be looking), but it
 * may hold another object by then. So a success says only that the caller has a reference to
 * whatever is at this address now; whether that is the object it meant, it must look again.
 *
 * When to use it: in a kind that keeps references to objects. When not: on an object that somebody
 * is known to hold, where Py_NewRef is right.
 *
 *                                             [1] [2]
 *   [1] afield_python_enable_try_incref        -   -     (- runs concurrently)
 *   [2] afield_python_try_incref               -   -
 *
 * With the GIL both are simple: the threads that may touch references run one at a time.
 */
#ifndef AFIELD_PYTHON_OBJECT_TRY_INCREF_H
#define AFIELD_PYTHON_OBJECT_TRY_INCREF_H

#include <afield/python/cpython.h>

#include <stdbool.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes afield_python_try_incref work on an object in every thread. The caller holds a reference,
 * and calls this before it publishes the pointer: a reader that came between would be refused until
 * some thread enables it, and would spin.
 *   Concurrent with it: everything; the thread is attached. Progress: lock-free. Ordering: none of
 *   its own; the store that publishes carries it. Never fails.
 *
 * afield_python_try_incref: takes a reference to the object at this address, which was one when the
 * pointer was loaded, and enabled.
 *   Concurrent with it: everything; the thread is attached. Progress: lock-free. Ordering: seq_cst
 *   when it takes the count that threads share, so that a re-check of the pointer is not read
 *   before.
 *   Returns false when the object at this address is dying, or is not enabled.
 */
#if !defined(Py_GIL_DISABLED)
static inline void afield_python_enable_try_incref(PyObject *object)
{
	(void)object;
}
static inline bool afield_python_try_incref(PyObject *object)
{
	Py_INCREF(object);
	return true;
}
#elif PY_VERSION_HEX >= 0x030E0000
static inline void afield_python_enable_try_incref(PyObject *object)
{
	PyUnstable_EnableTryIncRef(object);
}
static inline bool afield_python_try_incref(PyObject *object)
{
	return PyUnstable_TryIncRef(object) != 0;
}
#else
/*
 * 3.13 has no such functions; these do what 3.14's do. An object has two counts: one that its
 * owner's thread alone writes, and one shared by the others with two bits of state. Of these, zero
 * says that the owner may free the object without looking at the shared count, so that nobody else
 * may raise it from nothing; enabling moves it to the next state. A shared count of nothing in the
 * last state, merged, is a dead object. The interpreter's own atomics are used on its own words.
 */
static inline void afield_python_enable_try_incref(PyObject *object)
{
	Py_ssize_t shared = _Py_atomic_load_ssize_relaxed(&object->ob_ref_shared);

	if (_Py_IsImmortal(object))
		return;
	while ((shared & _Py_REF_SHARED_FLAG_MASK) == 0 &&
	       !_Py_atomic_compare_exchange_ssize(&object->ob_ref_shared, &shared,
						  shared | _Py_REF_MAYBE_WEAKREF))
		;
}
static inline bool afield_python_try_incref(PyObject *object)
{
	uint32_t local = _Py_atomic_load_uint32_relaxed(&object->ob_ref_local);
	Py_ssize_t shared = _Py_atomic_load_ssize_relaxed(&object->ob_ref_shared);

	if (local == _Py_IMMORTAL_REFCNT_LOCAL)
		return true;
	/* The address of an owner's thread is only ever written by that thread, so a match is true.
	 */
	if (_Py_atomic_load_uintptr_relaxed(&object->ob_tid) == _Py_ThreadId()) {
		_Py_atomic_store_uint32_relaxed(&object->ob_ref_local, local + 1);
		return true;
	}
	while (shared != 0 && shared != _Py_REF_MERGED)
		if (_Py_atomic_compare_exchange_ssize(&object->ob_ref_shared, &shared,
						      shared + (1 << _Py_REF_SHARED_SHIFT)))
			return true;
	return false;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
