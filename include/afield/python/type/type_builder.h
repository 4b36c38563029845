/* SPDX-License-Identifier: MIT */
/*
 * python/type/type_builder: what a type will consist of, from the table of a class and the author's
 * options.
 *
 * One entry in the type state for each row that Python sees, one definition for each attribute, the
 * texts. Every mistake of the author that can be seen is found here, before there is a type: it is
 * a SystemError, as CPython's own is for a type's wrong description.
 *
 * When to use it: through afield_python_type of python.h.
 *
 * Synchronization: one thread has the builder.
 */
#ifndef AFIELD_PYTHON_TYPE_TYPE_BUILDER_H
#define AFIELD_PYTHON_TYPE_TYPE_BUILDER_H

#include <afield/python/object/scalar_attribute.h>
#include <afield/python/type/doc.h>
#include <afield/python/object/gc.h>
#include <afield/python/convert/members.h>
#include <afield/python/object/view.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A type that is being made. */
struct afield__builder {
	PyObject *module; /* may be NULL */
	const struct afield_class *table;
	const struct afield_python_options *options;
	struct afield__type_state *state;
	const char *name;          /* "bank.Account" */
	const char *prefix;        /* "bank", the module's name */
	PyObject *names;           /* a set: every name in the type's namespace */
	PyTypeObject *method_type; /* made with the first method; the type state keeps it */
	PyTypeObject *view_base;   /* made with the first view; the type state keeps it */
};

/* The type of this type's methods, and its views'; NULL with an exception. */
static inline PyTypeObject *afield__builder_method_type(struct afield__builder *builder)
{
	if (!builder->method_type)
		builder->method_type = (PyTypeObject *)afield__keep(
			builder->state, afield__method_type(builder->module));
	return builder->method_type;
}

/*
 * What afield puts into the module by itself (records, exceptions, flags) is named by the module,
 * so that it is found there, also when the class is shown under another module's name.
 */
static inline int afield__builder_name(struct afield__builder *builder)
{
	const char *name = builder->options->name;
	const char *dot = name ? strrchr(name, '.') : NULL;
	const char *module = builder->module ? PyModule_GetName(builder->module) : NULL;
	PyObject *last =
		name ? PyUnicode_FromString(name) : afield__camel_case(builder->table->name);

	if (builder->module && !module) {
		Py_XDECREF(last);
		return -1;
	}
	last = afield__keep(builder->state, last);
	if (!last)
		return -1;
	if (!dot && !module)
		return AFIELD__REFUSE("%U: a type without a module needs a name with a dot", last);
	builder->prefix = module ? module
				 : afield__keep_text(builder->state,
						     PyUnicode_FromStringAndSize(name, dot - name));
	builder->name = dot ? PyUnicode_AsUTF8(last)
			    : afield__keep_text(builder->state,
						PyUnicode_FromFormat("%s.%U", module, last));
	return builder->prefix && builder->name ? 0 : -1;
}

/* Takes a name of the type's namespace for one owner. */
static inline int afield__reserve_name(struct afield__builder *builder, PyObject *name)
{
	int taken = name ? PySet_Contains(builder->names, name) : -1;

	if (taken == 0)
		taken = PySet_Add(builder->names, name);
	else if (taken > 0)
		taken = AFIELD__REFUSE("%s: two attributes have the name '%U'", builder->name,
				       name);
	Py_XDECREF(name);
	return taken;
}

static inline int afield__builder_check(const struct afield__builder *builder)
{
	static const int ours[] = {
		Py_tp_new,   Py_tp_init, Py_tp_dealloc, Py_tp_traverse, Py_tp_clear,
		Py_tp_alloc, Py_tp_free, Py_tp_members, Py_tp_methods,  Py_tp_getset,
		Py_tp_doc,   Py_tp_base, Py_tp_bases,   Py_tp_setattro, Py_tp_setattr,
		Py_tp_is_gc, Py_tp_del,
	};
	const unsigned known = AFIELD_PYTHON_FROZEN | AFIELD_PYTHON_SUBCLASS |
			       AFIELD_PYTHON_WEAKREF | AFIELD_PYTHON_DICT |
			       AFIELD_PYTHON_UNSENDABLE;
	const struct afield_class *table = builder->table;

	if (builder->options->flags & ~known)
		return AFIELD__REFUSE("%s: unknown flags 0x%x", builder->name,
				      builder->options->flags & ~known);
	if (table->alignment > 16 || table->size > INT_MAX / 2)
		return AFIELD__REFUSE("%s: the class '%s' is too large or too strictly aligned",
				      builder->name, table->name);
	for (const PyType_Slot *slot = builder->options->slots; slot && slot->slot; slot++)
		for (size_t i = 0; i < AFIELD__LENGTH(ours); i++)
			if (slot->slot == ours[i])
				return AFIELD__REFUSE("%s: the slot %d is afield's own",
						      builder->name, slot->slot);
	return 0;
}

/*
 * The exception for a refusal: the host's own, the one of that name in the module, or a new one,
 * which goes there. A new reference, or NULL.
 */
static inline PyObject *afield__builder_exception(struct afield__builder *builder,
						  const struct afield_error_mapping *mapping)
{
	bool is_known = strchr(mapping->name, '.') != NULL;
	PyObject *found = is_known          ? afield__import(mapping->name)
			  : builder->module ? PyObject_GetAttrString(builder->module, mapping->name)
					    : NULL;
	PyObject *full;

	if ((found && PyExceptionClass_Check(found)) || (!found && is_known))
		return found;
	if (found) {
		Py_DECREF(found);
		(void)AFIELD__REFUSE("%s: the module has another '%s', which is no exception",
				     builder->name, mapping->name);
		return NULL;
	}
	/* Whatever else is wrong, the module may have one, which others catch. */
	if (builder->module && !PyErr_ExceptionMatches(PyExc_AttributeError))
		return NULL;
	PyErr_Clear();
	full = PyUnicode_FromFormat("%s.%s", builder->prefix, mapping->name);
	if (full && PyUnicode_AsUTF8(full))
		found = PyErr_NewExceptionWithDoc(PyUnicode_AsUTF8(full), mapping->text,
						  PyExc_RuntimeError, NULL);
	Py_XDECREF(full);
	if (found && builder->module &&
	    PyObject_SetAttrString(builder->module, mapping->name, found))
		Py_CLEAR(found);
	return found;
}

static inline int afield__builder_refusals(struct afield__builder *builder,
					   struct afield__attribute *attribute)
{
	const struct afield_host_binding *binding = attribute->type->binding;

	if (!binding || binding->error_mapping_count == 0)
		return 0;
	attribute->error_mappings =
		afield__keep(builder->state, PyTuple_New((Py_ssize_t)binding->error_mapping_count));
	for (size_t i = 0; attribute->error_mappings && i < binding->error_mapping_count; i++) {
		PyObject *exception =
			afield__builder_exception(builder, &binding->error_mappings[i]);

		if (!exception)
			return -1;
		PyTuple_SET_ITEM(attribute->error_mappings, (Py_ssize_t)i, exception);
	}
	return attribute->error_mappings ? 0 : -1;
}

/* The type of the attribute's views: JobsQueue, for a queue named jobs. */
static inline int afield__builder_view(struct afield__builder *builder,
				       struct afield__attribute *attribute)
{
	const char *qualifier = builder->name + strlen(builder->prefix) + 1;
	const struct afield_host_binding *binding = attribute->type->binding;
	PyObject *camel;
	const char *name = NULL;
	PyTypeObject *type;

	if (!binding || !binding->view)
		return 0;
	if (!builder->view_base)
		builder->view_base = (PyTypeObject *)afield__keep(
			builder->state,
			(PyObject *)afield__view_base(builder->module, builder->prefix, qualifier));
	camel = builder->view_base ? afield__camel_case(attribute->name) : NULL;
	if (camel)
		name = afield__keep_text(builder->state,
					 PyUnicode_FromFormat("%U%s", camel, binding->view->name));
	Py_XDECREF(camel);
	if (!name || !afield__builder_method_type(builder))
		return -1;
	type = afield__view_type(builder->view_base, builder->method_type, builder->prefix,
				 qualifier, name, attribute,
				 (builder->state->flags & AFIELD_PYTHON_UNSENDABLE) != 0);
	attribute->view_type = (PyTypeObject *)afield__keep(builder->state, (PyObject *)type);
	return attribute->view_type ? 0 : -1;
}

/* Makes a type an attribute of the class, where its __qualname__ says it is. */
static inline int afield__builder_show_type(struct afield__builder *builder, PyTypeObject *type,
					    PyTypeObject *shown)
{
	const char *dot = strrchr(shown->tp_name, '.');
	const char *name = dot ? dot + 1 : shown->tp_name;

	if (afield__reserve_name(builder, PyUnicode_FromString(name)))
		return -1;
	return PyDict_SetItemString(type->tp_dict, name, (PyObject *)shown);
}

static inline int afield__builder_views(struct afield__builder *builder, PyTypeObject *type)
{
	const struct afield__type_state *state = builder->state;

	if (builder->view_base && afield__builder_show_type(builder, type, builder->view_base))
		return -1;
	for (size_t i = 0; i < state->attribute_count; i++)
		if (state->attributes[i].view_type &&
		    afield__builder_show_type(builder, type, state->attributes[i].view_type))
			return -1;
	return 0;
}

/* What an unsendable class raises, and whether its objects have a trailer. */
static inline int afield__builder_trailer(struct afield__builder *builder)
{
	static const struct afield_error_mapping mapping = {-EPERM, "UnsendableError",
							    "the value belongs to another thread"};
	struct afield__type_state *state = builder->state;

	state->has_trailer = (state->flags & AFIELD_PYTHON_UNSENDABLE) != 0;
	for (size_t i = 0; i < builder->table->row_count; i++)
		state->has_trailer |= (builder->table->rows[i].flags & AFIELD_FROZEN) != 0;
	if (state->flags & AFIELD_PYTHON_UNSENDABLE) {
		state->unsendable =
			afield__keep(state, afield__builder_exception(builder, &mapping));
		return state->unsendable ? 0 : -1;
	}
	return 0;
}

/* What the flags of a row ask for in vain: 0, or -1 with an exception. */
static inline int afield__builder_check_row(const struct afield__builder *builder,
					    const struct afield__attribute *attribute)
{
	const struct afield_host_binding *binding = attribute->type->binding;
	unsigned flags = attribute->row->flags;

	if (flags & AFIELD_GUARDS && attribute->is_constant)
		return AFIELD__REFUSE(
			"%s: '%s' is read-only and cannot have guards, which change it",
			builder->name, attribute->row->name);
	if (flags & AFIELD_GUARDS &&
	    (!binding || !binding->lock_mode_count || !attribute->is_shown))
		return AFIELD__REFUSE("%s: '%s' has no locks, or no value that Python can show",
				      builder->name, attribute->row->name);
	return 0;
}

/* One row: where it is, how its value looks, and what Python may do with it. */
static inline int afield__builder_row(struct afield__builder *builder, const struct afield_row *row)
{
	struct afield__type_state *state = builder->state;
	struct afield__attribute *attribute = &state->attributes[state->attribute_count];
	const struct afield_type *type = row->type();
	size_t count;

	if (row->flags & AFIELD_HIDDEN)
		return 0;
	attribute->row = row;
	attribute->type = type;
	attribute->name = row->python_name ? row->python_name : row->name;
	attribute->offset = AFIELD_PYTHON_OFFSET + row->offset;
	attribute->place = state->values_size;
	attribute->is_constant = row->flags & (AFIELD_READONLY | AFIELD_FROZEN) ||
				 state->flags & AFIELD_PYTHON_FROZEN;
	attribute->key = afield__keep(state, PyUnicode_InternFromString(attribute->name));
	if (!attribute->key)
		return -1;
	(void)afield__members(&type->value_type, &count);
	if (afield__check_members(builder->name, attribute))
		return -1;
	if (count > 0) {
		attribute->record_type = (PyTypeObject *)afield__keep(
			state, (PyObject *)afield__record_type(builder->module, builder->prefix,
							       type->value_type.record));
		if (!attribute->record_type)
			return -1;
	}
	if (afield__builder_refusals(builder, attribute) ||
	    afield__builder_view(builder, attribute) ||
	    afield__flag_builder(state, attribute, builder->module, builder->prefix))
		return -1;
	attribute->is_shown = attribute->view_type ||
			      (type->load && (attribute->record_type ||
					      afield__is_python_code(type->value_type.type_code)));
	attribute->is_settable =
		attribute->is_shown && !(row->flags & AFIELD_READONLY) &&
		(attribute->view_type ? type->binding->view->replace != NULL : type->store != NULL);
	state->values_size += (type->value_type.size + 15) / 16 * 16;
	state->attribute_count++;
	return afield__builder_check_row(builder, attribute);
}

static inline int afield__builder_attribute(struct afield__builder *builder,
					    struct afield__attribute *attribute,
					    PyGetSetDef *definition)
{
	unsigned flags = builder->state->flags;
	bool is_frozen = flags & AFIELD_PYTHON_FROZEN || attribute->row->flags & AFIELD_FROZEN;
	bool is_settable = attribute->is_settable && !is_frozen;

	definition->name = attribute->name;
	definition->doc = afield__attribute_doc(builder->state, attribute, is_settable);
	definition->closure = (void *)(uintptr_t)attribute->offset;
	if (flags & AFIELD_PYTHON_UNSENDABLE) {
		definition->get = afield__get_checked;
		definition->set = afield__set_checked;
		definition->closure = attribute;
	} else if (attribute->view_type || attribute->flag_type) {
		definition->get = afield__get;
		definition->set = afield__set;
		definition->closure = attribute;
	} else if (!afield__scalar_attribute(attribute->type, is_frozen, &definition->get,
					     &definition->set)) {
		definition->get =
			afield__is_of_objects(attribute) ? afield__get_object : afield__get;
		definition->set =
			afield__is_of_objects(attribute) ? afield__set_object : afield__set;
		definition->closure = attribute;
	}
	if (!is_settable)
		definition->set = NULL;
	attribute->set = definition->set;
	attribute->closure = definition->closure;
	if (!definition->doc)
		return -1;
	return afield__reserve_name(builder, PyUnicode_FromString(attribute->name));
}

/* The definitions: shown fields, the author's own, and __dict__. */
static inline int afield__builder_definitions(struct afield__builder *builder)
{
	PyGetSetDef *definition = afield__type_state_definitions(builder->state);

	for (size_t i = 0; i < builder->state->attribute_count; i++)
		if (builder->state->attributes[i].is_shown &&
		    afield__builder_attribute(builder, &builder->state->attributes[i],
					      definition++))
			return -1;
	for (PyGetSetDef *own = builder->options->attributes; own && own->name; own++) {
		*definition++ = *own;
		if (afield__reserve_name(builder, PyUnicode_FromString(own->name)))
			return -1;
	}
	for (PyMethodDef *own = builder->options->methods; own && own->ml_name; own++)
		if (afield__reserve_name(builder, PyUnicode_FromString(own->ml_name)))
			return -1;
	if (builder->options->flags & AFIELD_PYTHON_DICT) {
		definition->name = "__dict__";
		definition->get = PyObject_GenericGetDict;
		definition->set = PyObject_GenericSetDict;
	}
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
