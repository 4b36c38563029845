/* SPDX-License-Identifier: MIT */
/*
 * python/object/gc: an object of a class and the garbage collector, and the object's end.
 *
 * Objects are always known to the collector: an object holds its type and a type its module, so an
 * object in its own module's namespace is a cycle. What else it holds, its fields say: a kind that
 * keeps references has `traverse` and `clear` in its table (field.h).
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: traverse runs while the world stands still, or with the GIL beside native
 * threads, and takes no lock and no reference. clear runs beside everything. The last reference may
 * be dropped by any thread. The end never waits: nobody can read the object then.
 */
#ifndef AFIELD_PYTHON_OBJECT_GC_H
#define AFIELD_PYTHON_OBJECT_GC_H

#include <afield/python/object/foreign.h>
#include <afield/python/object/object.h>

#include <stdlib.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The dict that AFIELD_PYTHON_DICT gives an object. A dict of a subclass is the subclass's care. */
static inline int afield__dict_visit(PyObject *self, visitproc visit, void *arg)
{
	if (afield__own_type(self)->tp_dictoffset == 0)
		return 0;
#if PY_VERSION_HEX >= 0x030D0000
	return PyObject_VisitManagedDict(self, visit, arg);
#elif PY_VERSION_HEX >= 0x030C0000
	return _PyObject_VisitManagedDict(self, visit, arg);
#else
	Py_VISIT(*(PyObject **)afield__field(self, (size_t)afield__own_type(self)->tp_dictoffset));
	return 0;
#endif
}

static inline void afield__dict_clear(PyObject *self)
{
	if (afield__own_type(self)->tp_dictoffset == 0)
		return;
#if PY_VERSION_HEX >= 0x030D0000
	PyObject_ClearManagedDict(self);
#elif PY_VERSION_HEX >= 0x030C0000
	_PyObject_ClearManagedDict(self);
#else
	Py_CLEAR(*(PyObject **)afield__field(self, (size_t)afield__own_type(self)->tp_dictoffset));
#endif
}

static inline int afield__traverse(PyObject *self, visitproc visit, void *arg)
{
	int result;

	Py_VISIT(Py_TYPE(self));
	result = afield_python_traverse(afield__table_of(afield__own_type(self)),
					afield__field(self, AFIELD_PYTHON_OFFSET), visit, arg);
	return result ? result : afield__dict_visit(self, visit, arg);
}

/* Readers may be anywhere: they find the fields empty from now on. */
static inline void afield__fields_clear(PyObject *self)
{
	afield_class_clear(afield__table_of(afield__own_type(self)),
			   afield__field(self, AFIELD_PYTHON_OFFSET));
}

static inline int afield__clear(PyObject *self)
{
	afield__fields_clear(self);
	afield__dict_clear(self);
	return 0;
}

/* The fields of an unsendable object on the way to its thread: a copy, byte for byte. */
struct afield__deferred_destructor {
	struct afield_message message;
	const struct afield_class *table;
	struct afield_owner_queue *owner;
};
#define AFIELD__ESTATE_FIELDS ((sizeof(struct afield__deferred_destructor) + 15) / 16 * 16)

static inline void afield__deferred_destructor_end(struct afield_message *message)
{
	struct afield__deferred_destructor *deferred =
		(struct afield__deferred_destructor *)(void *)message;

	afield_fini(deferred->table, (char *)deferred + AFIELD__ESTATE_FIELDS);
	afield_owner_queue_release(deferred->owner);
	free(deferred);
}

/*
 * The end of an unsendable object's fields. References to objects are given up here, for that is
 * Python's and safe in any thread; all else in the object's own thread, unless that is gone or
 * out of memory.
 */
static inline void afield__end_unsendable(PyObject *self, const struct afield_class *table)
{
	void *fields = afield__field(self, AFIELD_PYTHON_OFFSET);
	struct afield_owner_queue *owner = afield__trailer_of(self, table)->owner;
	struct afield__deferred_destructor *deferred = NULL;

	if (owner && !afield__is_mine(self, table)) {
		afield__fields_clear(self);
		deferred = (struct afield__deferred_destructor *)malloc(AFIELD__ESTATE_FIELDS +
									table->size);
	}
	if (!deferred) {
		afield_fini(table, fields);
		if (owner)
			afield_owner_queue_release(owner);
		return;
	}
	deferred->message.open = afield__deferred_destructor_end;
	deferred->message.code = table;
	deferred->table = table;
	deferred->owner = owner;
	memcpy((char *)deferred + AFIELD__ESTATE_FIELDS, fields, table->size);
	if (!afield_hand_over(owner, &deferred->message))
		afield__deferred_destructor_end(&deferred->message);
}

/* What is left when nobody can see the object any more. Objects in fields may end here, deeply. */
static inline void afield__end(PyObject *self)
{
	PyTypeObject *own = afield__own_type(self);

	if (own->tp_weaklistoffset != 0)
		PyObject_ClearWeakRefs(self);
	afield__dict_clear(self);
	if (afield__is_unsendable(own))
		afield__end_unsendable(self, afield__table_of(own));
	else
		afield_fini(afield__table_of(own), afield__field(self, AFIELD_PYTHON_OFFSET));
}

/*
 * In 3.13 the trashcan counts levels, up to 10000, and allows for as much stack as a list needs. An
 * object of ours needs three times that, through afield_fini and the field's own fini.
 */
#if PY_VERSION_HEX >= 0x030D0000 && PY_VERSION_HEX < 0x030E0000
#define AFIELD__COUNT_LEVELS(levels) (PyThreadState_Get()->c_recursion_remaining += (levels))
#else
#define AFIELD__COUNT_LEVELS(levels) ((void)0)
#endif

/*
 * The trashcan keeps a long chain of objects, each the last to hold the next, from using up the
 * stack: below a certain depth it puts the object aside and calls this function again later.
 */
static inline void afield__dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyTypeObject *own = afield__own_type(self);

	/* A subclass in Python has run its finalizer before it comes here. */
	if (own->tp_finalize && type == own && PyObject_CallFinalizerFromDealloc(self) < 0)
		return;
	PyObject_GC_UnTrack(self);
	Py_TRASHCAN_BEGIN(self, afield__dealloc);
	AFIELD__COUNT_LEVELS(-3);
	afield__end(self);
	AFIELD__COUNT_LEVELS(3);
	type->tp_free(self);
	Py_DECREF(type);
	Py_TRASHCAN_END;
}

#ifdef __cplusplus
}
#endif

#endif
