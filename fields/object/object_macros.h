/* SPDX-License-Identifier: MIT */
/*
 * object_macros: what AFIELD_TYPE(name, object, ...) writes, and the functions behind it.
 *
 * When to use it: through object.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of object.h.
 */
#ifndef AFIELD_OBJECT_MACROS_H
#define AFIELD_OBJECT_MACROS_H

#include <afield/python/object/try_incref.h>

#include <errno.h>

#include <afield/detail/type_code.h>
#include <afield/field.h>

#include <afield/detail/object_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

static inline bool afield__object_is_set(const struct afield__object *field)
{
	return AFIELD_LOAD(&field->object, seq_cst) != NULL;
}

static inline void afield__object_clear(struct afield__object *field)
{
	Py_XDECREF(afield__object_exchange(field, NULL));
}

/* Takes no reference: the world stands still, or this thread has the GIL. */
static inline int afield__object_traverse(struct afield__object *field, visitproc visit,
					  void *argument)
{
	PyObject *object = AFIELD_LOAD(&field->object, acquire);

	return object ? visit(object, argument) : 0;
}

/* The table's functions. */
static inline int afield__object_table_load(const struct afield_type *type, const void *field,
					    void *value)
{
	PyObject *object = afield__object_load((const struct afield__object *)field);

	(void)type;
	if (!object)
		return -ENODATA;
	*(PyObject **)value = object;
	return 0;
}

static inline int afield__object_table_store(const struct afield_type *type, void *field,
					     const void *value)
{
	PyObject *object = *(PyObject *const *)value;
	PyObject *old = afield__object_exchange((struct afield__object *)field, object);
	bool was_unset = !old;

	(void)type;
	Py_XDECREF(old);
	return !object && was_unset ? -ENODATA : 0;
}

static inline void afield__object_table_clear(const struct afield_type *type, void *field)
{
	(void)type;
	afield__object_clear((struct afield__object *)field);
}

/* As the above. */
static inline int afield__object_table_traverse(const struct afield_type *type, void *field,
						int (*visit)(void *object, void *argument),
						void *argument)
{
	PyObject *object = AFIELD_LOAD(&((struct afield__object *)field)->object, acquire);

	(void)type;
	return object ? visit(object, argument) : 0;
}

static inline int afield__object_call_exchange(const struct afield_type *type, void *field,
					       void *result, const void *const *arguments)
{
	(void)type;
	*(PyObject **)result = afield__object_exchange((struct afield__object *)field,
						       *(PyObject *const *)arguments[0]);
	return 0;
}

static inline int afield__object_call_compare_exchange(const struct afield_type *type, void *field,
						       void *result, const void *const *arguments)
{
	(void)type;
	*(bool *)result = afield__object_compare_exchange((struct afield__object *)field,
							  *(PyObject *const *)arguments[0],
							  *(PyObject *const *)arguments[1]);
	return 0;
}

static inline PyObject *afield__object_make(void *callable)
{
	return PyObject_CallNoArgs((PyObject *)callable);
}

/* -ECANCELED: the callable has raised, and its exception is set. */
static inline int afield__object_call_get_or_init(const struct afield_type *type, void *field,
						  void *result, const void *const *arguments)
{
	PyObject *object =
		afield__object_get_or_init((struct afield__object *)field, afield__object_make,
					   *(PyObject *const *)arguments[0]);

	(void)type;
	if (!object)
		return -ECANCELED;
	*(PyObject **)result = object;
	return 0;
}

AFIELD__CONSTANT(struct afield_verb afield__object_verbs[]) = {
	{"exchange",
	 "Stores an object and returns the previous one, or None when the field was unset.",
	 AFIELD_ITSELF,
	 1,
	 {AFIELD_PARAMETER("object", AFIELD_ITSELF)},
	 afield__object_call_exchange,
	 false},
	{"compare_exchange",
	 "Stores desired if the field holds expected, the object itself; returns whether it did.",
	 AFIELD_BOOL,
	 2,
	 {AFIELD_PARAMETER("expected", AFIELD_ITSELF), AFIELD_PARAMETER("desired", AFIELD_ITSELF)},
	 afield__object_call_compare_exchange,
	 false},
	{"get_or_init",
	 "Returns the object; when the field is unset, calls make() first and stores what it "
	 "returns, unless another thread was faster.",
	 AFIELD_ITSELF,
	 1,
	 {AFIELD_PARAMETER("make", AFIELD_OBJECT)},
	 afield__object_call_get_or_init,
	 false},
};

AFIELD__CONSTANT(struct afield_host_binding afield__object_host_binding) = {
	afield__object_table_traverse,
	afield__object_table_clear,
	NULL,
	0,
	NULL,
	NULL,
	0,
	NULL,
	NULL,
};

#ifdef __cplusplus
}
#endif

#define AFIELD__OBJECT_VALUE_TYPE(name, T)  \
	AFIELD__ASSERT(AFIELD_IS_OBJECT(T), \
		       "afield: '" #name "' holds a '" #T "'; an object field holds a PyObject *")

#define AFIELD__OBJECT_READERS(name, held)                        \
	AFIELD__INLINE(PyObject *name##_load(const name *field),  \
		       return afield__object_load(&field->held)); \
	AFIELD__INLINE(bool name##_is_set(const name *field),     \
		       return afield__object_is_set(&field->held))

#define AFIELD__OBJECT_WRITERS(name)                                                              \
	AFIELD__INLINE(void name##_store(name *field, PyObject *object),                          \
		       Py_XDECREF(afield__object_exchange(&field->held, object)));                \
	AFIELD__INLINE(PyObject *name##_exchange(name *field, PyObject *object),                  \
		       return afield__object_exchange(&field->held, object));                     \
	AFIELD__INLINE(                                                                           \
		bool name##_compare_exchange(name *field, PyObject *expected, PyObject *desired), \
		return afield__object_compare_exchange(&field->held, expected, desired));         \
	AFIELD__INLINE(PyObject *name##_get_or_init(                                              \
			       name *field, PyObject *(*make)(void *argument), void *argument),   \
		       return afield__object_get_or_init(&field->held, make, argument))

#define AFIELD__OBJECT_LIFE(name, held, clear)                                            \
	AFIELD__INLINE(int name##_traverse(name *field, visitproc visit, void *argument), \
		       return afield__object_traverse(&field->held, visit, argument));    \
	AFIELD__INLINE(void name##_clear(name *field), clear);                            \
	AFIELD__INLINE(void name##_fini(name *field), clear)

#define AFIELD__OBJECT_TABLE(name)                                                       \
	AFIELD_TYPE_TABLE(name, "object", AFIELD_VALUE_OF(AFIELD_OBJECT, PyObject *), 0, \
			  afield__object_table_load, afield__object_table_store,         \
			  afield__object_table_clear, afield__object_verbs,              \
			  AFIELD__LENGTH(afield__object_verbs), NULL,                    \
			  &afield__object_host_binding)

#endif
