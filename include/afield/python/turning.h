/*
 * python/turning: the methods that make turn objects, account.stream_lock().
 *
 * Each is a method as that of a verb, whose call makes an object of turn.h. In place of a kind's
 * verb it carries one made here, which also says which turn.
 *
 * When to use it: by AFIELD_TURNS on a row.
 *
 * Synchronization: methods are constant.
 */
#ifndef AFIELD_PYTHON_TURNING_H
#define AFIELD_PYTHON_TURNING_H

#include "method.h"
#include "plan.h"
#include "turn.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the method of a turn carries in place of a verb. The block keeps it. */
struct afield__turn_method {
	struct afield_verb verb;
	const struct afield_turn *turn;
	PyTypeObject *type; /* of turn objects; the block keeps that, too */
};

/* account.stream_lock() */
static inline PyObject *afield__turn_call(PyObject *callable, PyObject *const *values,
					  size_t count_and_flags, PyObject *keywords)
{
	struct afield__method *method = (struct afield__method *)callable;
	const struct afield__turn_method *made_by =
		(const struct afield__turn_method *)(const void *)method->verb;
	Py_ssize_t count = PyVectorcall_NARGS(count_and_flags);
	PyObject *given[4] = {NULL, NULL, NULL, NULL};
	struct afield__turn *turn;

	if (afield__method_check(method, values, count) ||
	    afield__method_gather(method, values + 1, count - 1, keywords, given))
		return NULL;
	turn = (struct afield__turn *)made_by->type->tp_alloc(made_by->type, 0);
	if (!turn)
		return NULL;
	turn->object = Py_NewRef(values[0]);
	turn->attribute = method->attribute;
	turn->turn = made_by->turn;
	turn->claim = (struct afield__claim *)PyMem_RawCalloc(1, sizeof(*turn->claim));
	if (!turn->claim) {
		Py_DECREF(turn);
		return PyErr_NoMemory();
	}
	AFIELD_STORE(&turn->claim->count, 1, relaxed); /* nobody else has it yet */
	return (PyObject *)turn;
}

static inline void afield__turn_method_end(PyObject *capsule)
{
	PyMem_Free(PyCapsule_GetPointer(capsule, NULL));
}

/* What a method carries, kept by the block; NULL with an exception. */
static inline struct afield__turn_method *afield__turn_method_new(struct afield__plan *plan,
								  const struct afield_turn *turn,
								  PyObject *turn_type)
{
	struct afield__turn_method *made =
		(struct afield__turn_method *)PyMem_Calloc(1, sizeof(*made));
	PyObject *capsule = made ? PyCapsule_New(made, NULL, afield__turn_method_end) : NULL;

	if (!made)
		PyErr_NoMemory();
	if (!capsule)
		PyMem_Free(made);
	if (!afield__keep(plan->block, capsule))
		return NULL;
	made->verb.name = turn->name;
	made->verb.doc = turn->doc;
	made->turn = turn;
	made->type = (PyTypeObject *)turn_type;
	return made;
}

/* One method of the type for each turn of the field. */
static inline int afield__plan_field_turns(struct afield__plan *plan, PyTypeObject *type,
					   const struct afield__attribute *attribute,
					   PyTypeObject *method_type, PyObject *turn_type)
{
	const struct afield_hosted *hosted = attribute->type->hosted;
	int failed = 0;

	for (size_t i = 0; i < hosted->turn_count && !failed; i++) {
		struct afield__turn_method *carried =
			afield__turn_method_new(plan, &hosted->turns[i], turn_type);
		struct afield__method *method =
			carried ? (struct afield__method *)afield__method_new(
					  method_type, type, attribute, &carried->verb, false,
					  false)
				: NULL;

		failed = !method;
		if (method) {
			method->call = afield__turn_call;
			failed = afield__claim(plan, Py_NewRef(method->name)) ||
				 PyDict_SetItem(type->tp_dict, method->name, (PyObject *)method);
		}
		Py_XDECREF(method);
	}
	return failed ? -1 : 0;
}

/* The methods of every row with AFIELD_TURNS. */
static inline int afield__plan_turns(struct afield__plan *plan, PyTypeObject *type)
{
	PyTypeObject *method_type;
	PyObject *turn_type = NULL;
	int failed = 0;

	for (size_t i = 0; i < plan->block->attribute_count && !failed; i++) {
		const struct afield__attribute *attribute = &plan->block->attributes[i];

		if (!(attribute->row->flags & AFIELD_TURNS))
			continue;
		method_type = afield__plan_method_type(plan);
		if (!turn_type)
			turn_type = afield__keep(plan->block, afield__turn_type(plan->module));
		failed = !method_type || !turn_type ||
			 afield__plan_field_turns(plan, type, attribute, method_type, turn_type);
	}
	return failed ? -1 : 0;
}

#ifdef __cplusplus
}
#endif

#endif
