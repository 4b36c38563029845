/*
 * python/type: from a plan to a Python type.
 *
 * The type is a heap type of the module, complete when it is returned and immutable afterwards:
 * what the table says cannot be patched away from Python. The steps: the type, the capsule that
 * owns the block, a method for each verb. Whatever fails, what was made before is given back.
 *
 * When to use it: through afield_python_type of python.h.
 *
 * Synchronization: a type is made by one thread, attached to the interpreter it is for.
 */
#ifndef AFIELD_PYTHON_TYPE_H
#define AFIELD_PYTHON_TYPE_H

#include "bit.h"
#include "plan.h"
#include "method.h"
#include "turning.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Where weak references and the dict are: flags since 3.12, pointers behind the struct before. */
static inline unsigned long afield__plan_extras(const struct afield__plan *plan, size_t *size,
						PyMemberDef *member)
{
	unsigned flags = plan->options->flags;
#if PY_VERSION_HEX >= 0x030C0000
	(void)size;
	(void)member;
	return (flags & AFIELD_PYTHON_WEAKREF ? Py_TPFLAGS_MANAGED_WEAKREF : 0) |
	       (flags & AFIELD_PYTHON_DICT ? Py_TPFLAGS_MANAGED_DICT : 0);
#else
	const char *names[2] = {flags & AFIELD_PYTHON_WEAKREF ? "__weaklistoffset__" : NULL,
				flags & AFIELD_PYTHON_DICT ? "__dictoffset__" : NULL};

	*size = (*size + sizeof(PyObject *) - 1) / sizeof(PyObject *) * sizeof(PyObject *);
	for (int i = 0; i < 2; i++) {
		if (!names[i])
			continue;
		member->name = names[i];
		member->type = T_PYSSIZET;
		member->flags = READONLY;
		member->offset = (Py_ssize_t)*size;
		member++;
		*size += sizeof(PyObject *);
	}
	return 0;
#endif
}

static inline PyObject *afield__plan_type(struct afield__plan *plan, const char *doc)
{
	const PyType_Slot ours[] = {
		{Py_tp_new, AFIELD__SLOT(afield__new)},
		{Py_tp_dealloc, AFIELD__SLOT(afield__dealloc)},
		{Py_tp_traverse, AFIELD__SLOT(afield__traverse)},
		{Py_tp_clear, AFIELD__SLOT(afield__clear)},
		{Py_tp_doc, (void *)(uintptr_t)doc},
		{Py_tp_getset, afield__block_definitions(plan->block)},
	};
	PyMemberDef members[3];
	size_t size = plan->block->has_tail
			      ? afield__tail_offset(plan->table) + sizeof(struct afield__tail)
			      : AFIELD_PYTHON_OFFSET + plan->table->size;
	unsigned long extras;
	size_t count = sizeof(ours) / sizeof(ours[0]);
	size_t more = 0;
	bool shows_itself = false;
	PyType_Slot *slots;
	PyType_Spec spec;
	PyObject *type;

	memset(members, 0, sizeof(members));
	extras = afield__plan_extras(plan, &size, members);
	while (plan->options->slots && plan->options->slots[more].slot)
		shows_itself |= plan->options->slots[more++].slot == Py_tp_repr;
	slots = (PyType_Slot *)PyMem_Calloc(count + more + 6, sizeof(*slots));
	if (!slots)
		return PyErr_NoMemory();
	memcpy(slots, ours, sizeof(ours));
	if (more)
		memcpy(slots + count, plan->options->slots, more * sizeof(*slots));
	count += more;
#define AFIELD__ADD_SLOT(when, id, function)                   \
	if (when) {                                            \
		slots[count].slot = id;                        \
		slots[count++].pfunc = AFIELD__SLOT(function); \
	}
	AFIELD__ADD_SLOT(!(plan->options->flags & AFIELD_PYTHON_FROZEN), Py_tp_init, afield__fill)
	AFIELD__ADD_SLOT(!(plan->options->flags & (AFIELD_PYTHON_SUBCLASS | AFIELD_PYTHON_DICT)),
			 Py_tp_setattro, afield__setattr)
	AFIELD__ADD_SLOT(!shows_itself, Py_tp_repr, afield__repr)
	AFIELD__ADD_SLOT(plan->options->methods, Py_tp_methods, plan->options->methods)
	AFIELD__ADD_SLOT(members[0].name, Py_tp_members, members)
#undef AFIELD__ADD_SLOT
	memset(&spec, 0, sizeof(spec));
	spec.name = plan->name;
	spec.basicsize = (int)size;
	spec.flags = (unsigned)(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
				extras |
				(plan->options->flags & AFIELD_PYTHON_SUBCLASS ? Py_TPFLAGS_BASETYPE
									       : 0));
	spec.slots = slots;
	type = afield__or_no_memory(PyType_FromModuleAndSpec(plan->module, &spec, NULL));
	PyMem_Free(slots);
	return type;
}

/* Puts the methods of every verb into the type's namespace. */
static inline int afield__plan_verbs(struct afield__plan *plan, PyTypeObject *type)
{
	int failed = 0;

	for (size_t i = 0; i < plan->block->attribute_count && !failed; i++) {
		const struct afield__attribute *attribute = &plan->block->attributes[i];
		size_t count =
			attribute->row->flags & AFIELD_VERBS ? attribute->type->verb_count : 0;
		for (size_t k = 0; k < count && !failed; k++) {
			const struct afield_verb *verb = &attribute->type->verbs[k];
			PyTypeObject *method_type = afield__plan_method_type(plan);
			PyObject *method;

			if (!afield__is_shown_verb(attribute, verb))
				continue;
			method = method_type
					 ? afield__method_new(method_type, type, attribute, verb,
							      false, afield__is_unsendable(type))
					 : NULL;
			failed =
				!method ||
				afield__claim(plan,
					      Py_NewRef(((struct afield__method *)method)->name)) ||
				PyDict_SetItem(type->tp_dict,
					       ((struct afield__method *)method)->name, method);
			Py_XDECREF(method);
		}
	}
	return failed ? -1 : 0;
}

/* Makes the type; from here the capsule owns the block. */
static inline PyObject *afield__plan_finish(struct afield__plan *plan, const char *doc)
{
	PyObject *capsule =
		PyCapsule_New(plan->block, AFIELD__BLOCK_CAPSULE, afield__block_capsule_end);
	PyObject *type;

	if (!capsule) {
		afield__block_free(plan->block);
		return NULL;
	}
	afield__by_key_make(plan->block);
	type = afield__plan_type(plan, doc);
	if (type) {
		plan->block->type = (PyTypeObject *)type;
		((PyTypeObject *)type)->tp_getset = afield__block_definitions(plan->block);
		if (PyDict_SetItemString(((PyTypeObject *)type)->tp_dict, "__afield__", capsule) ||
		    afield__plan_verbs(plan, (PyTypeObject *)type) ||
		    afield__plan_turns(plan, (PyTypeObject *)type))
			Py_CLEAR(type);
		else
			PyType_Modified((PyTypeObject *)type);
	}
	Py_DECREF(capsule);
	return type;
}

static inline PyObject *afield__type_make(PyObject *module, const struct afield_class *table,
					  const struct afield_python_options *options)
{
	struct afield__plan plan = {module, table, options, NULL, NULL, NULL, NULL, NULL};
	const char *doc = NULL;
	size_t definitions = table->row_count + 1 + afield__bit_count(table);
	PyObject *type = NULL;
	int failed;

	for (PyGetSetDef *own = options->attributes; own && own->name; own++)
		definitions++;
	plan.block = afield__block_new(table, options->flags, definitions);
	plan.names = plan.block ? PySet_New(NULL) : NULL;
	failed = !plan.names || afield__plan_name(&plan) || afield__plan_check(&plan) ||
		 afield__plan_tail(&plan);
	for (size_t i = 0; i < table->row_count && !failed; i++)
		failed = afield__plan_row(&plan, &table->rows[i]);
	if (!failed && !afield__plan_definitions(&plan) && !afield__plan_bits(&plan))
		doc = afield__type_doc(plan.block, plan.name, options->doc);
	if (doc)
		type = afield__plan_finish(&plan, doc);
	else if (plan.block)
		afield__block_free(plan.block);
	Py_XDECREF(plan.names);
	return type;
}

#ifdef __cplusplus
}
#endif

#endif
