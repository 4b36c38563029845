/* SPDX-License-Identifier: MIT */
/*
 * python/type/type: from a type builder to a Python type.
 *
 * The type is a heap type of the module, complete when it is returned and immutable afterwards:
 * what the table says cannot be patched away from Python. The steps: the type, a method for each
 * verb and each lock, and last the type state, which the type keeps from then on. Whatever fails,
 * what was made before is given back.
 *
 * When to use it: through afield_python_type of python.h.
 *
 * Synchronization: a type is made by one thread, attached to the interpreter it is for.
 */
#ifndef AFIELD_PYTHON_TYPE_TYPE_H
#define AFIELD_PYTHON_TYPE_TYPE_H

#include <afield/python/convert/bit.h>
#include <afield/python/type/type_builder.h>
#include <afield/python/call/method.h>
#include <afield/python/lock/guard_methods.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Where weak references and the dict are: flags since 3.12, pointers behind the struct before.
 * *size comes rounded up to whole pointers: what a subclass adds, __slots__ for instance, begins
 * there, and CPython reads and writes it as aligned pointers, each in one access.
 */
static inline unsigned long afield__builder_extras(const struct afield__builder *builder,
						   size_t *size, PyMemberDef *member)
{
	unsigned flags = builder->options->flags;
#if PY_VERSION_HEX >= 0x030C0000
	(void)size;
	(void)member;
	return (flags & AFIELD_PYTHON_WEAKREF ? Py_TPFLAGS_MANAGED_WEAKREF : 0) |
	       (flags & AFIELD_PYTHON_DICT ? Py_TPFLAGS_MANAGED_DICT : 0);
#else
	const char *names[2] = {flags & AFIELD_PYTHON_WEAKREF ? "__weaklistoffset__" : NULL,
				flags & AFIELD_PYTHON_DICT ? "__dictoffset__" : NULL};

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

static inline PyObject *afield__builder_type(struct afield__builder *builder, const char *doc)
{
	const PyType_Slot ours[] = {
		{Py_tp_new, AFIELD__SLOT(afield__new)},
		{Py_tp_dealloc, AFIELD__SLOT(afield__dealloc)},
		{Py_tp_traverse, AFIELD__SLOT(afield__traverse)},
		{Py_tp_clear, AFIELD__SLOT(afield__clear)},
		{Py_tp_doc, (void *)(uintptr_t)doc},
		{Py_tp_getset, afield__type_state_definitions(builder->state)},
	};
	PyMemberDef members[3];
	size_t size = builder->state->has_trailer ? afield__trailer_offset(builder->table) +
							    sizeof(struct afield__trailer)
						  : AFIELD_PYTHON_OFFSET + builder->table->size;
	unsigned long extras;
	size_t count = AFIELD__LENGTH(ours);
	size_t more = 0;
	bool shows_itself = false;
	PyType_Slot *slots;
	PyType_Spec spec;
	PyObject *type;

	memset(members, 0, sizeof(members));
	size = (size + sizeof(PyObject *) - 1) / sizeof(PyObject *) * sizeof(PyObject *);
	extras = afield__builder_extras(builder, &size, members);
	while (builder->options->slots && builder->options->slots[more].slot)
		shows_itself |= builder->options->slots[more++].slot == Py_tp_repr;
	slots = (PyType_Slot *)PyMem_Calloc(count + more + 6, sizeof(*slots));
	if (!slots)
		return PyErr_NoMemory();
	memcpy(slots, ours, sizeof(ours));
	if (more)
		memcpy(slots + count, builder->options->slots, more * sizeof(*slots));
	count += more;
#define AFIELD__ADD_SLOT(when, id, function)                   \
	if (when) {                                            \
		slots[count].slot = id;                        \
		slots[count++].pfunc = AFIELD__SLOT(function); \
	}
	AFIELD__ADD_SLOT(!(builder->options->flags & AFIELD_PYTHON_FROZEN), Py_tp_init,
			 afield__fill)
	AFIELD__ADD_SLOT(!(builder->options->flags & (AFIELD_PYTHON_SUBCLASS | AFIELD_PYTHON_DICT)),
			 Py_tp_setattro, afield__setattr)
	AFIELD__ADD_SLOT(!shows_itself, Py_tp_repr, afield__repr)
	AFIELD__ADD_SLOT(builder->options->methods, Py_tp_methods, builder->options->methods)
	AFIELD__ADD_SLOT(members[0].name, Py_tp_members, members)
#undef AFIELD__ADD_SLOT
	memset(&spec, 0, sizeof(spec));
	spec.name = builder->name;
	spec.basicsize = (int)size;
	spec.flags =
		(unsigned)(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
			   extras |
			   (builder->options->flags & AFIELD_PYTHON_SUBCLASS ? Py_TPFLAGS_BASETYPE
									     : 0));
	spec.slots = slots;
	type = afield__or_no_memory(PyType_FromModuleAndSpec(builder->module, &spec, NULL));
	PyMem_Free(slots);
	return type;
}

/* Puts the methods of every verb into the type's namespace. */
static inline int afield__builder_verbs(struct afield__builder *builder, PyTypeObject *type)
{
	int failed = 0;

	for (size_t i = 0; i < builder->state->attribute_count && !failed; i++) {
		const struct afield__attribute *attribute = &builder->state->attributes[i];
		size_t count =
			attribute->row->flags & AFIELD_VERBS ? attribute->type->verb_count : 0;
		for (size_t k = 0; k < count && !failed; k++) {
			const struct afield_verb *verb = &attribute->type->verbs[k];
			PyTypeObject *method_type = afield__builder_method_type(builder);
			PyObject *method;

			if (!afield__is_shown_verb(attribute, verb))
				continue;
			method = method_type
					 ? afield__method_new(method_type, type, attribute, verb,
							      false, afield__is_unsendable(type))
					 : NULL;
			failed = !method ||
				 afield__reserve_name(
					 builder,
					 Py_NewRef(((struct afield__method *)method)->name)) ||
				 PyDict_SetItem(type->tp_dict,
						((struct afield__method *)method)->name, method);
			Py_XDECREF(method);
		}
	}
	return failed ? -1 : 0;
}

/* The type, whole; or NULL with an exception. */
static inline PyObject *afield__builder_finish(struct afield__builder *builder, const char *doc)
{
	PyTypeObject *type;
	bool failed;

	afield__by_key_make(builder->state);
	type = (PyTypeObject *)afield__builder_type(builder, doc);
	if (!type)
		return NULL;
	builder->state->type = type;
	type->tp_getset = afield__type_state_definitions(builder->state);
	failed = afield__builder_views(builder, type) || afield__builder_verbs(builder, type) ||
		 afield__builder_guards(builder, type);
	/* Also a type that failed: it ends when the collector comes, and can be found till then. */
	if (afield__type_state_give(builder->state, type) || failed) {
		Py_DECREF(type);
		return NULL;
	}
	PyType_Modified(type);
	return (PyObject *)type;
}

static inline PyObject *afield__type_make(PyObject *module, const struct afield_class *table,
					  const struct afield_python_options *options)
{
	struct afield__builder builder = {module, table, options, NULL, NULL,
					  NULL,   NULL,  NULL,    NULL};
	const char *doc = NULL;
	size_t definitions = table->row_count + 1 + afield__bit_count(table);
	PyObject *type = NULL;
	int failed;

	for (PyGetSetDef *own = options->attributes; own && own->name; own++)
		definitions++;
	builder.state = afield__type_state_new(table, options->flags, definitions);
	builder.names = builder.state ? PySet_New(NULL) : NULL;
	failed = !builder.names || afield__builder_name(&builder) ||
		 afield__builder_check(&builder) || afield__builder_trailer(&builder);
	for (size_t i = 0; i < table->row_count && !failed; i++)
		failed = afield__builder_row(&builder, &table->rows[i]);
	if (!failed && !afield__builder_definitions(&builder) && !afield__builder_bits(&builder))
		doc = afield__type_doc(builder.state, builder.name, options->doc);
	if (doc)
		type = afield__builder_finish(&builder, doc);
	if (builder.state)
		afield__type_state_release(builder.state);
	Py_XDECREF(builder.names);
	return type;
}

#ifdef __cplusplus
}
#endif

#endif
