/* SPDX-License-Identifier: MIT */
/*
 * object_core: the four steps that every object field does, on a bare pointer.
 *
 * A reader loads the pointer and then raises the object's count. Between these two steps a writer
 * may exchange the pointer and give back the last reference; the memory may even become another
 * object. So the reader loads the pointer once more. When it is still the same, the field owned
 * this object after the reader had counted itself, and so it cannot go away. When it is another,
 * the reader gives its reference back and begins again.
 *
 * See object.h for what the steps mean, who may run beside them, and why the reader looks twice.
 *
 * When to use it: through object.h.
 *
 * Synchronization: each of these beside each of the others; every thread is attached.
 */
#ifndef AFIELD_OBJECT_CORE_H
#define AFIELD_OBJECT_CORE_H

#include <afield/python/object/try_incref.h>

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Written by exchange alone; owns a reference to what it points to. NULL: unset. */
struct afield__object {
	AFIELD_ATOMIC(PyObject *) object;
};

/*
 * Both loads are seq_cst, for a bare verb is linearizable; what the count needs of them is less.
 *   (1) seq_cst, pairs with (3) (4), ordered with (3) (4). It acquires from the writer, so that the
 *   object is seen as it was made.
 *   (2) seq_cst, ordered with (3) (4). It must not be read before the count is raised, which the
 *   exchange in python/object/try_incref.h orders; where the count is this thread's own, the object
 *   is as well and no other thread frees it.
 */
static inline PyObject *afield__object_load(const struct afield__object *field)
{
	for (;;) {
		PyObject *object = AFIELD_LOAD(&field->object, seq_cst);

		if (!object)
			return NULL;
		AFIELD_PAUSE("object: before the count");
		/* Refused: it is dying, so the field has lost it, and the next load sees that. */
		if (!afield_python_try_incref(object))
			continue;
		if (AFIELD_LOAD(&field->object, seq_cst) == object)
			return object;
		Py_DECREF(object);
	}
}

/* Takes a reference for the field, ready for readers. The old one is the caller's. */
static inline PyObject *afield__object_exchange(struct afield__object *field, PyObject *object)
{
	if (object) {
		Py_INCREF(object);
		/* Before it is published: a reader may come at once. */
		afield_python_enable_try_incref(object);
	}
	/* (3) seq_cst, pairs with (1) (3) (4), ordered with (1) (2) (4). Without the release half
	 * readers could see the object before its contents. Acquire, of the exchange that published
	 * the old object: this thread may be the one that destroys it. */
	return AFIELD_EXCHANGE(&field->object, object, seq_cst);
}

/*
 * The caller holds `expected`, so its address is no other object's and equal means the same.
 *   (4) seq_cst, pairs with (1) (3), ordered with (1) (2) (3) (4). It releases as (3). A failure is
 *   a load in the total order.
 */
static inline bool afield__object_compare_exchange(struct afield__object *field, PyObject *expected,
						   PyObject *desired)
{
	PyObject *seen = expected;

	if (desired) {
		Py_INCREF(desired);
		afield_python_enable_try_incref(desired);
	}
	if (!AFIELD_COMPARE_EXCHANGE(&field->object, &seen, desired, seq_cst)) {
		Py_XDECREF(desired);
		return false;
	}
	Py_XDECREF(expected);
	return true;
}

static inline PyObject *afield__object_get_or_init(struct afield__object *field,
						   PyObject *(*make)(void *argument),
						   void *argument)
{
	PyObject *object = afield__object_load(field);
	PyObject *made;

	if (object)
		return object;
	made = make(argument);
	if (!made)
		return NULL;
	/* Unset again after it was set: another try with the same object. */
	while (!object && !afield__object_compare_exchange(field, NULL, made))
		object = afield__object_load(field);
	if (!object)
		return made;
	Py_DECREF(made);
	return object;
}

#ifdef __cplusplus
}
#endif

#endif
