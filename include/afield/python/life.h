/*
 * python/life: an object of a class and the garbage collector, and the object's end.
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
#ifndef AFIELD_PYTHON_LIFE_H
#define AFIELD_PYTHON_LIFE_H

#include "object.h"

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

/* A field knows nothing of Python, and calls this with the address of an object. */
struct afield__visitor {
	visitproc visit;
	void *argument;
};
static inline int afield__visit(void *object, void *opaque)
{
	const struct afield__visitor *visitor = (const struct afield__visitor *)opaque;

	return visitor->visit((PyObject *)object, visitor->argument);
}

static inline int afield__fields_visit(PyObject *self, struct afield__visitor *visitor)
{
	const struct afield_class *table = afield__table_of(afield__own_type(self));
	int result = 0;

	for (size_t i = 0; i < table->row_count && !result; i++) {
		const struct afield_type *type = table->rows[i].type();

		if (type->hosted && type->hosted->traverse)
			result = type->hosted->traverse(
				type,
				afield__field(self, AFIELD_PYTHON_OFFSET + table->rows[i].offset),
				afield__visit, visitor);
	}
	return result;
}

static inline int afield__traverse(PyObject *self, visitproc visit, void *arg)
{
	struct afield__visitor visitor = {visit, arg};
	int result;

	Py_VISIT(Py_TYPE(self));
	result = afield__fields_visit(self, &visitor);
	return result ? result : afield__dict_visit(self, visit, arg);
}

/* Readers may be anywhere: they find the fields empty from now on. */
static inline void afield__fields_clear(PyObject *self)
{
	const struct afield_class *table = afield__table_of(afield__own_type(self));

	for (size_t i = 0; i < table->row_count; i++) {
		const struct afield_type *type = table->rows[i].type();

		if (type->hosted && type->hosted->clear)
			type->hosted->clear(
				type,
				afield__field(self, AFIELD_PYTHON_OFFSET + table->rows[i].offset));
	}
}

static inline int afield__clear(PyObject *self)
{
	afield__fields_clear(self);
	afield__dict_clear(self);
	return 0;
}

/* The fields of an unsendable object on the way to its thread: a copy, byte for byte. */
struct afield__estate {
	struct afield_parcel parcel;
	const struct afield_class *table;
	struct afield_mailbox *owner;
};
#define AFIELD__ESTATE_FIELDS ((sizeof(struct afield__estate) + 15) / 16 * 16)

static inline void afield__estate_end(struct afield_parcel *parcel)
{
	struct afield__estate *estate = (struct afield__estate *)(void *)parcel;

	afield_fini(estate->table, (char *)estate + AFIELD__ESTATE_FIELDS);
	afield_mailbox_release(estate->owner);
	free(estate);
}

/*
 * The end of an unsendable object's fields. References to objects are given up here, for that is
 * Python's and safe in any thread; all else in the object's own thread, unless that is gone or
 * memory is out.
 */
static inline void afield__end_unsendable(PyObject *self, const struct afield_class *table)
{
	void *fields = afield__field(self, AFIELD_PYTHON_OFFSET);
	struct afield_mailbox *owner = afield__tail_of(self, table)->owner;
	struct afield__estate *estate = NULL;

	if (owner && !afield__is_mine(self, table)) {
		afield__fields_clear(self);
		estate = (struct afield__estate *)malloc(AFIELD__ESTATE_FIELDS + table->size);
	}
	if (!estate) {
		afield_fini(table, fields);
		if (owner)
			afield_mailbox_release(owner);
		return;
	}
	estate->parcel.open = afield__estate_end;
	estate->table = table;
	estate->owner = owner;
	memcpy((char *)estate + AFIELD__ESTATE_FIELDS, fields, table->size);
	if (!afield_hand_over(owner, &estate->parcel))
		afield__estate_end(&estate->parcel);
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
