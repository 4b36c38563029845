/* SPDX-License-Identifier: MIT */
/*
 * python/lock/guard_methods: the methods that make guards, account.stream_lock().
 *
 * Each is a method as that of a verb, whose call makes an object of guard.h. In place of a kind's
 * verb it carries one made here, which also says which lock.
 *
 * When to use it: by AFIELD_GUARDS on a row.
 *
 * Synchronization: methods are constant.
 */
#ifndef AFIELD_PYTHON_LOCK_GUARD_METHODS_H
#define AFIELD_PYTHON_LOCK_GUARD_METHODS_H

#include <afield/python/call/method.h>
#include <afield/python/type/type_builder.h>
#include <afield/python/lock/guard.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the method of a lock carries in place of a verb. The type state keeps it. */
struct afield__guard_method {
	struct afield_verb verb;
	const struct afield_lock_mode *mode;
	PyTypeObject *type; /* of guards; the type state keeps that, too */
};

/* account.stream_lock() */
static inline PyObject *afield__guard_call(PyObject *callable, PyObject *const *values,
					   size_t count_and_flags, PyObject *keywords)
{
	struct afield__method *method = (struct afield__method *)callable;
	const struct afield__guard_method *made_by =
		(const struct afield__guard_method *)(const void *)method->verb;
	Py_ssize_t count = PyVectorcall_NARGS(count_and_flags);
	PyObject *given[3] = {NULL, NULL, NULL};
	struct afield__guard *guard;

	if (afield__method_check(method, values, count) ||
	    afield__method_gather(method, values + 1, count - 1, keywords, given))
		return NULL;
	guard = (struct afield__guard *)made_by->type->tp_alloc(made_by->type, 0);
	if (!guard)
		return NULL;
	guard->object = Py_NewRef(values[0]);
	guard->attribute = method->attribute;
	guard->mode = made_by->mode;
	guard->token = (struct afield__guard_token *)PyMem_RawCalloc(1, sizeof(*guard->token));
	if (!guard->token) {
		Py_DECREF(guard);
		return PyErr_NoMemory();
	}
	AFIELD_STORE(&guard->token->count, 1, relaxed); /* nobody else has it yet */
	return (PyObject *)guard;
}

static inline void afield__guard_method_end(PyObject *capsule)
{
	PyMem_Free(PyCapsule_GetPointer(capsule, NULL));
}

/* What a method carries, kept by the type state; NULL with an exception. */
static inline struct afield__guard_method *
afield__guard_method_new(struct afield__builder *builder, const struct afield_lock_mode *mode,
			 PyObject *guard_type)
{
	struct afield__guard_method *made =
		(struct afield__guard_method *)PyMem_Calloc(1, sizeof(*made));
	PyObject *capsule = made ? PyCapsule_New(made, NULL, afield__guard_method_end) : NULL;

	if (!made)
		PyErr_NoMemory();
	if (!capsule)
		PyMem_Free(made);
	if (!afield__keep(builder->state, capsule))
		return NULL;
	made->verb.name = mode->name;
	made->verb.doc = mode->doc;
	made->mode = mode;
	made->type = (PyTypeObject *)guard_type;
	return made;
}

/* One method of the type for each lock of the field. */
static inline int afield__builder_field_guards(struct afield__builder *builder, PyTypeObject *type,
					       const struct afield__attribute *attribute,
					       PyTypeObject *method_type, PyObject *guard_type)
{
	const struct afield_host_binding *binding = attribute->type->binding;
	int failed = 0;

	for (size_t i = 0; i < binding->lock_mode_count && !failed; i++) {
		struct afield__guard_method *carried =
			afield__guard_method_new(builder, &binding->lock_modes[i], guard_type);
		struct afield__method *method =
			carried ? (struct afield__method *)afield__method_new(
					  method_type, type, attribute, &carried->verb, false,
					  false)
				: NULL;

		failed = !method;
		if (method) {
			method->call = afield__guard_call;
			failed = afield__reserve_name(builder, Py_NewRef(method->name)) ||
				 PyDict_SetItem(type->tp_dict, method->name, (PyObject *)method);
		}
		Py_XDECREF(method);
	}
	return failed ? -1 : 0;
}

/* The methods of every row with AFIELD_GUARDS. */
static inline int afield__builder_guards(struct afield__builder *builder, PyTypeObject *type)
{
	PyTypeObject *method_type;
	PyObject *guard_type = NULL;
	int failed = 0;

	for (size_t i = 0; i < builder->state->attribute_count && !failed; i++) {
		const struct afield__attribute *attribute = &builder->state->attributes[i];

		if (!(attribute->row->flags & AFIELD_GUARDS))
			continue;
		method_type = afield__builder_method_type(builder);
		if (!guard_type)
			guard_type =
				afield__keep(builder->state, afield__guard_type(builder->module));
		failed = !method_type || !guard_type ||
			 afield__builder_field_guards(builder, type, attribute, method_type,
						      guard_type);
	}
	return failed ? -1 : 0;
}

#ifdef __cplusplus
}
#endif

#endif
