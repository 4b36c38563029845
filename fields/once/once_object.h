/* SPDX-License-Identifier: MIT */
/*
 * once_object: a Python object that is made exactly once, by the first thread that wants it, and
 * that the collector sees. Built on the kinds once, which decides who makes it, and object, which
 * keeps it.
 *
 *	#include <afield/once_object.h>
 *
 *	field(afield_once_object, parser, AFIELD_VERBS)
 *
 *	PyObject *parser = afield_once_object_get_or_init(&it->parser, make_parser, it);
 *
 * and in Python `parser = it.parser_get_or_init(make_parser)`.
 *
 * When to use it: for what is costly to make and then stays: a compiled pattern, an imported
 * module, a cached answer. When not: for an object that is replaced (the kind object), or one that
 * may be made twice at once because making it is cheap (object's get_or_init waits for nobody).
 *
 * Of the threads that come while there is no object, one makes it; the others wait, detached from
 * the interpreter. If its function raises, the exception is its caller's, the field is empty as
 * before, and one of those that waited tries next. A thread that comes back to the field from
 * inside its own making gets a RuntimeError.
 *
 *                                              [1] [2] [3]
 *   [1] load, is_set                            -   -   X    - runs concurrent with it
 *   [2] get_or_init, set, traverse, clear       -   w   X    w waits while another thread makes it;
 *   [3] fini                                    X   X   X    X needs the caller's own exclusion
 *
 * traverse and clear never wait: clear leaves alone what is being made.
 *
 * Every thread here is attached to the interpreter that the object is of; is_set alone may be
 * called by any thread. A reference is taken as in the kind object: load the pointer, try to raise
 * the count, load the pointer again. The collector may give the object up and leave the field empty
 * at any time at which nobody outside of it can reach the field, and references that were taken
 * stay.
 *
 * Limits: two fields whose makings want each other, in two threads, wait for each other.
 *
 * Sources: once_core.h and object_core.h have the protocols.
 */
#ifndef AFIELD_ONCE_OBJECT_H
#define AFIELD_ONCE_OBJECT_H

#include <afield/python/object/try_incref.h>

#include <afield/object.h>
#include <afield/once.h>
#include <afield/thread.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Who may write the pointer: while the state is BUSY, the thread of its number. It is not NULL when
 * the state is SET, so that who sees it need not look at the state.
 */
struct afield__once_object {
	struct afield__once once;
	struct afield__object held;
};

/*
 * This thread makes the object: 0, and it ends that by afield__once_object_end. 1: *object is a new
 * reference to the one that is there. Otherwise a negative errno of afield__once_begin.
 */
static inline int afield__once_object_begin(struct afield__once_object *field, PyObject **object)
{
	for (;;) {
		int error;

		*object = afield__object_load(&field->held);
		if (*object)
			return 1;
		error = afield__once_begin(&field->once, NULL, 0);
		if (error < 0)
			return error;
		if (error > 0)
			continue; /* made meanwhile; or the collector has just cleared it */
		/* Made, but not said to be, by a thread orphaned by a fork. */
		*object = afield__object_load(&field->held);
		if (!*object)
			return 0;
		afield__once_end(&field->once, NULL, 0, true);
		return 1;
	}
}

/* Ends a making: with the object, of which the field takes a reference of its own, or with NULL. */
static inline void afield__once_object_end(struct afield__once_object *field, PyObject *object)
{
	if (object)
		(void)afield__object_exchange(&field->held, object);
	afield__once_end(&field->once, NULL, 0, object != NULL);
}

/* Ends a making on every way out of its function, an exception of C++ included. */
struct afield__once_object_making {
	struct afield__once_object *field;
	PyObject *made;
};
static inline void afield__once_object_leave(struct afield__once_object_making *making)
{
	afield__once_object_end(making->field, making->made);
}

/* The work of get_or_init; -ECANCELED when make has failed, with its exception set. */
static inline int afield__once_object_make(struct afield__once_object *field,
					   PyObject *(*make)(void *argument), void *argument,
					   PyObject **object)
{
	int error = afield__once_object_begin(field, object);

	if (error)
		return error > 0 ? 0 : error;
	struct afield__once_object_making making
		__attribute__((cleanup(afield__once_object_leave))) = {
			field,
			NULL
		};
	*object = making.made = make(argument);
	return making.made ? 0 : -ECANCELED;
}

/* -ENODATA and -EEXIST as for a store of NULL and of an object; the others of begin. */
static inline int afield__once_object_set(struct afield__once_object *field, PyObject *object)
{
	PyObject *there = NULL;
	int error;

	if (!object)
		return afield__object_is_set(&field->held) ? -EEXIST : -ENODATA;
	error = afield__once_object_begin(field, &there);
	Py_XDECREF(there);
	if (error)
		return error > 0 ? -EEXIST : error;
	afield__once_object_end(field, object);
	return 0;
}

/* The field is empty and usable afterwards, unless a thread is making the object. */
static inline void afield__once_object_clear(struct afield__once_object *field)
{
	PyObject *old;

	if (!afield__once_claim(&field->once.state, AFIELD__ONCE_SET, afield_thread_id()))
		return;
	old = afield__object_exchange(&field->held, NULL);
	afield__once_end(&field->once, NULL, 0, false);
	Py_XDECREF(old); /* outside of everything: it may run any code, this field's included */
}

/* What get_or_init says in Python. A wait that the host has ended has an exception already. */
static inline void afield__once_object_raise(int error)
{
	if (!PyErr_Occurred())
		PyErr_SetString(PyExc_RuntimeError, error == -EDEADLK
							    ? "this thread is making the value"
							    : "the value cannot be waited for");
}

/* The table's functions. */
static inline int afield__once_object_table_load(const struct afield_type *type, const void *field,
						 void *value)
{
	return afield__object_table_load(type, &((const struct afield__once_object *)field)->held,
					 value);
}

static inline int afield__once_object_table_store(const struct afield_type *type, void *field,
						  const void *value)
{
	(void)type;
	return afield__once_object_set((struct afield__once_object *)field,
				       *(PyObject *const *)value);
}

static inline void afield__once_object_table_clear(const struct afield_type *type, void *field)
{
	(void)type;
	afield__once_object_clear((struct afield__once_object *)field);
}

static inline int afield__once_object_table_traverse(const struct afield_type *type, void *field,
						     int (*visit)(void *object, void *argument),
						     void *argument)
{
	return afield__object_table_traverse(type, &((struct afield__once_object *)field)->held,
					     visit, argument);
}

static inline int afield__once_object_call_get_or_init(const struct afield_type *type, void *field,
						       void *result, const void *const *arguments)
{
	PyObject *object;
	int error =
		afield__once_object_make((struct afield__once_object *)field, afield__object_make,
					 *(PyObject *const *)arguments[0], &object);

	(void)type;
	if (error == 0)
		*(PyObject **)result = object;
	return error;
}

AFIELD__CONSTANT(struct afield_verb afield__once_object_verbs[]) = {
	{"get_or_init",
	 "Returns the object; when there is none, calls make() first, once, while other threads "
	 "wait.",
	 AFIELD_ITSELF,
	 1,
	 {AFIELD_PARAMETER("make", AFIELD_OBJECT)},
	 afield__once_object_call_get_or_init,
	 false},
};

AFIELD__CONSTANT(struct afield_error_mapping afield__once_object_errors[]) = {
	{-EEXIST, "AlreadySetError", "Already set"},
	{-EDEADLK, "DeadlockError", "this thread is making the value"},
};

AFIELD__CONSTANT(struct afield_host_binding afield__once_object_host_binding) = {
	afield__once_object_table_traverse,
	afield__once_object_table_clear,
	afield__once_object_errors,
	AFIELD__LENGTH(afield__once_object_errors),
	NULL,
	NULL,
	0,
	NULL,
	NULL,
};

#ifdef __cplusplus
}
#endif

#define AFIELD_KIND_once_object (AFIELD__ONCE_OBJECT)

/*
 * AFIELD_TYPE(name, once_object, PyObject *) declares
 *   typedef PyObject *name_value; typedef struct name { ... } name;
 *   PyObject *name_load(const name *)
 *   bool      name_is_set(const name *)
 *   PyObject *name_get_or_init(name *, PyObject *(*make)(void *argument), void *argument)
 *   int       name_set(name *, PyObject *)
 *   int       name_traverse(name *, visitproc, void *)
 *   void      name_clear(name *)
 *   void      name_fini(name *)
 *   const struct afield_type *name_type(void)
 * afield_once_object, below, is one that is ready made.
 *
 * load: the object.
 *   Concurrent with: everything but fini; attached. Progress: lock-free. Ordering: seq_cst.
 *   Returns a new reference, or NULL without an exception when there is none.
 * is_set: whether there is one.
 *   Concurrent with: everything but fini; in any thread. Progress: wait-free. Ordering: seq_cst.
 *   Never fails.
 * get_or_init: the object; when there is none, the one that make(argument) returns, a new
 * reference, of which the field takes one of its own. make may run any Python code but this for the
 * same field.
 *   Concurrent with: everything but fini; attached. Progress: lock-free when the object is there,
 *   otherwise blocking; detached from the interpreter while it sleeps. Ordering: seq_cst.
 *   Returns a new reference, or NULL with an exception: that of make, and the field is empty then;
 *   RuntimeError when this thread is inside make of this field; that of a signal handler.
 * set: makes it this object, if there is none. While another thread makes it, set waits to see
 * whether that succeeds.
 *   Concurrent with: everything but fini; attached. Progress: as get_or_init. Ordering: seq_cst.
 *   Returns 0; -EEXIST when there is an object; -EDEADLK, -EINTR. It sets no exception but that of
 *   a signal handler.
 * traverse, clear: for the tp_traverse and tp_clear of an author's own type.
 *   Concurrent with: everything but fini; traverse in a collection only. Progress: wait-free; clear
 *   then that of the old object's end. Ordering: acquire, seq_cst. traverse returns what visit did.
 * fini: gives up the object. A zeroed field is left as it is.
 *   Concurrent with: nobody; attached, as in a tp_dealloc. Progress: that of the object's end.
 *   Ordering: none. Never fails.
 */
#define AFIELD__ONCE_OBJECT(name, T)                                                   \
	typedef T name##_value;                                                        \
	AFIELD__OBJECT_VALUE_TYPE(name, T);                                            \
	typedef struct name {                                                          \
		struct afield__once_object once;                                       \
	} name;                                                                        \
	AFIELD__OBJECT_READERS(name, once.held);                                       \
	AFIELD__ONCE_OBJECT_WRITERS(name);                                             \
	AFIELD__OBJECT_LIFE(name, once.held, afield__once_object_clear(&field->once)); \
	AFIELD__ONCE_OBJECT_TABLE(name)

#define AFIELD__ONCE_OBJECT_WRITERS(name)                                                          \
	static inline PyObject *name##_get_or_init(name *field, PyObject *(*make)(void *argument), \
						   void *argument)                                 \
	{                                                                                          \
		PyObject *object;                                                                  \
		int error = afield__once_object_make(&field->once, make, argument, &object);       \
		if (error == 0)                                                                    \
			return object;                                                             \
		afield__once_object_raise(error);                                                  \
		return NULL;                                                                       \
	}                                                                                          \
	AFIELD__INLINE(int name##_set(name *field, PyObject *object),                              \
		       return afield__once_object_set(&field->once, object))

#define AFIELD__ONCE_OBJECT_TABLE(name)                                                       \
	AFIELD_TYPE_TABLE(name, "once_object", AFIELD_VALUE_OF(AFIELD_OBJECT, PyObject *), 0, \
			  afield__once_object_table_load, afield__once_object_table_store,    \
			  afield__once_object_table_clear, afield__once_object_verbs,         \
			  AFIELD__LENGTH(afield__once_object_verbs), NULL,                    \
			  &afield__once_object_host_binding)

AFIELD_TYPE(afield_once_object, once_object, PyObject *);

#endif
