/*
 * python/plan: what a type will consist of, from the table of a class and the author's options.
 *
 * One entry in the block for each row that Python sees, one definition for each attribute, the
 * texts. Every mistake of the author that can be seen is found here, before there is a type: it is
 * a SystemError, as CPython's own is for a type's wrong description.
 *
 * When to use it: through afield_python_type of python.h.
 *
 * Synchronization: one thread has the plan.
 */
#ifndef AFIELD_PYTHON_PLAN_H
#define AFIELD_PYTHON_PLAN_H

#include "direct.h"
#include "doc.h"
#include "life.h"
#include "view.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Described in python.h. */
struct afield_python_options {
	const char *name;
	const char *doc;
	unsigned flags;
	PyMethodDef *methods;
	PyGetSetDef *attributes;
	const PyType_Slot *slots;
};

/* A type that is being made. */
struct afield__plan {
	PyObject *module; /* may be NULL */
	const struct afield_class *table;
	const struct afield_python_options *options;
	struct afield__block *block;
	const char *name;          /* "bank.Account" */
	const char *prefix;        /* "bank" */
	PyObject *names;           /* a set: every name in the type's namespace */
	PyTypeObject *method_type; /* made with the first method; the block keeps it */
};

/* The type of this type's methods, and its views'; NULL with an exception. */
static inline PyTypeObject *afield__plan_method_type(struct afield__plan *plan)
{
	if (!plan->method_type)
		plan->method_type = (PyTypeObject *)afield__keep(plan->block,
								 afield__method_type(plan->module));
	return plan->method_type;
}

/* The author of the extension, not its user, has made a mistake. */
#define AFIELD__REFUSE(...) (PyErr_Format(PyExc_SystemError, __VA_ARGS__), -1)

static inline int afield__plan_name(struct afield__plan *plan)
{
	const char *name = plan->options->name;
	const char *dot = name ? strrchr(name, '.') : NULL;
	const char *module = plan->module && !dot ? PyModule_GetName(plan->module) : NULL;
	PyObject *last = name ? PyUnicode_FromString(name) : afield__camel_case(plan->table->name);

	if (plan->module && !dot && !module) {
		Py_XDECREF(last);
		return -1;
	}
	last = afield__keep(plan->block, last);
	if (!last)
		return -1;
	if (!dot && !module)
		return AFIELD__REFUSE("%U: a type without a module needs a name with a dot", last);
	plan->prefix = module;
	if (dot)
		plan->prefix = afield__keep_text(plan->block,
						 PyUnicode_FromStringAndSize(name, dot - name));
	plan->name =
		dot ? PyUnicode_AsUTF8(last)
		    : afield__keep_text(plan->block, PyUnicode_FromFormat("%s.%U", module, last));
	return plan->prefix && plan->name ? 0 : -1;
}

/* Takes a name of the type's namespace for one owner. */
static inline int afield__claim(struct afield__plan *plan, PyObject *name)
{
	int taken = name ? PySet_Contains(plan->names, name) : -1;

	if (taken == 0)
		taken = PySet_Add(plan->names, name);
	else if (taken > 0)
		taken = AFIELD__REFUSE("%s: two attributes have the name '%U'", plan->name, name);
	Py_XDECREF(name);
	return taken;
}

static inline int afield__plan_check(const struct afield__plan *plan)
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
	const struct afield_class *table = plan->table;

	if (plan->options->flags & ~known)
		return AFIELD__REFUSE("%s: unknown flags 0x%x", plan->name,
				      plan->options->flags & ~known);
	if (table->alignment > 16 || table->size > INT_MAX / 2)
		return AFIELD__REFUSE("%s: the class '%s' is too large or too strictly aligned",
				      plan->name, table->name);
	for (const PyType_Slot *slot = plan->options->slots; slot && slot->slot; slot++)
		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			if (slot->slot == ours[i])
				return AFIELD__REFUSE("%s: the slot %d is afield's own", plan->name,
						      slot->slot);
	return 0;
}

/*
 * The exception for a refusal: the host's own, the one of that name in the module, or a new one,
 * which goes there. A new reference, or NULL.
 */
static inline PyObject *afield__plan_exception(struct afield__plan *plan,
					       const struct afield_refusal *refusal)
{
	bool is_known = strchr(refusal->name, '.') != NULL;
	PyObject *found = is_known       ? afield__import(refusal->name)
			  : plan->module ? PyObject_GetAttrString(plan->module, refusal->name)
					 : NULL;
	PyObject *full;

	if ((found && PyExceptionClass_Check(found)) || (!found && is_known))
		return found;
	if (found) {
		Py_DECREF(found);
		(void)AFIELD__REFUSE("%s: the module has another '%s', which is no exception",
				     plan->name, refusal->name);
		return NULL;
	}
	PyErr_Clear();
	full = PyUnicode_FromFormat("%s.%s", plan->prefix, refusal->name);
	if (full && PyUnicode_AsUTF8(full))
		found = PyErr_NewExceptionWithDoc(PyUnicode_AsUTF8(full), refusal->text,
						  PyExc_RuntimeError, NULL);
	Py_XDECREF(full);
	if (found && plan->module && PyObject_SetAttrString(plan->module, refusal->name, found))
		Py_CLEAR(found);
	return found;
}

static inline int afield__plan_refusals(struct afield__plan *plan,
					struct afield__attribute *attribute)
{
	const struct afield_hosted *hosted = attribute->type->hosted;

	if (!hosted || hosted->refusal_count == 0)
		return 0;
	attribute->refusals =
		afield__keep(plan->block, PyTuple_New((Py_ssize_t)hosted->refusal_count));
	for (size_t i = 0; attribute->refusals && i < hosted->refusal_count; i++) {
		PyObject *exception = afield__plan_exception(plan, &hosted->refusals[i]);

		if (!exception)
			return -1;
		PyTuple_SET_ITEM(attribute->refusals, (Py_ssize_t)i, exception);
	}
	return attribute->refusals ? 0 : -1;
}

static inline int afield__plan_view(struct afield__plan *plan, struct afield__attribute *attribute)
{
	PyTypeObject *type;

	if (!attribute->type->hosted || !attribute->type->hosted->view)
		return 0;
	if (!afield__plan_method_type(plan))
		return -1;
	type = afield__view_type(plan->module, plan->method_type, plan->prefix, attribute,
				 (plan->block->flags & AFIELD_PYTHON_UNSENDABLE) != 0);
	attribute->view_type = (PyTypeObject *)afield__keep(plan->block, (PyObject *)type);
	return attribute->view_type ? 0 : -1;
}

/* What an unsendable class raises, and whether its objects have a tail. */
static inline int afield__plan_tail(struct afield__plan *plan)
{
	static const struct afield_refusal refusal = {-EPERM, "UnsendableError",
						      "the value belongs to another thread"};
	struct afield__block *block = plan->block;

	block->has_tail = (block->flags & AFIELD_PYTHON_UNSENDABLE) != 0;
	for (size_t i = 0; i < plan->table->row_count; i++)
		block->has_tail |= (plan->table->rows[i].flags & AFIELD_FROZEN) != 0;
	if (block->flags & AFIELD_PYTHON_UNSENDABLE) {
		block->unsendable = afield__keep(block, afield__plan_exception(plan, &refusal));
		return block->unsendable ? 0 : -1;
	}
	return 0;
}

/* What the flags of a row ask for in vain: 0, or -1 with an exception. */
static inline int afield__plan_check_row(const struct afield__plan *plan,
					 const struct afield__attribute *attribute)
{
	const struct afield_hosted *hosted = attribute->type->hosted;
	unsigned flags = attribute->row->flags;
	bool is_constant = flags & (AFIELD_READONLY | AFIELD_FROZEN) ||
			   plan->block->flags & AFIELD_PYTHON_FROZEN;

	if (flags & (AFIELD_VERBS | AFIELD_TURNS) && is_constant)
		return AFIELD__REFUSE(
			"%s: '%s' is read-only and cannot have verbs or turns, which change it",
			plan->name, attribute->row->name);
	if (flags & AFIELD_TURNS && (!hosted || !hosted->turn_count || !attribute->is_shown))
		return AFIELD__REFUSE("%s: '%s' has no turns, or no value that Python can show",
				      plan->name, attribute->row->name);
	return 0;
}

/* One row: where it is, how its value looks, and what Python may do with it. */
static inline int afield__plan_row(struct afield__plan *plan, const struct afield_row *row)
{
	struct afield__block *block = plan->block;
	struct afield__attribute *attribute = &block->attributes[block->attribute_count];
	const struct afield_type *type = row->type();
	size_t count = 0;

	if (row->flags & AFIELD_HIDDEN)
		return 0;
	attribute->row = row;
	attribute->type = type;
	attribute->name = row->python_name ? row->python_name : row->name;
	attribute->offset = AFIELD_PYTHON_OFFSET + row->offset;
	attribute->place = block->values_size;
	attribute->key = afield__keep(block, PyUnicode_InternFromString(attribute->name));
	if (!attribute->key)
		return -1;
	(void)afield__members(&type->holds, &count);
	if (count > 0) {
		if (type->holds.record->size != type->holds.size)
			return AFIELD__REFUSE("%s: the record of '%s' has another size", plan->name,
					      row->name);
		attribute->record_type = (PyTypeObject *)afield__keep(
			block, (PyObject *)afield__record_type(plan->module, plan->prefix,
							       type->holds.record));
		if (!attribute->record_type)
			return -1;
	}
	if (afield__plan_refusals(plan, attribute) || afield__plan_view(plan, attribute) ||
	    afield__flag_plan(block, attribute, plan->module, plan->prefix))
		return -1;
	attribute->is_shown = attribute->view_type ||
			      (type->load && (attribute->record_type ||
					      afield__is_python_shape(type->holds.shape)));
	attribute->is_settable =
		attribute->is_shown && !(row->flags & AFIELD_READONLY) &&
		(attribute->view_type ? type->hosted->view->replace != NULL : type->store != NULL);
	block->values_size += (type->holds.size + 15) / 16 * 16;
	block->attribute_count++;
	return afield__plan_check_row(plan, attribute);
}

static inline int afield__plan_attribute(struct afield__plan *plan,
					 struct afield__attribute *attribute,
					 PyGetSetDef *definition)
{
	unsigned flags = plan->block->flags;
	bool is_frozen = flags & AFIELD_PYTHON_FROZEN || attribute->row->flags & AFIELD_FROZEN;
	bool is_settable = attribute->is_settable && !is_frozen;

	definition->name = attribute->name;
	definition->doc = afield__attribute_doc(plan->block, attribute, is_settable);
	definition->closure = (void *)(uintptr_t)attribute->offset;
	if (flags & AFIELD_PYTHON_UNSENDABLE) {
		definition->get = afield__get_checked;
		definition->set = afield__set_checked;
		definition->closure = attribute;
	} else if (attribute->view_type || attribute->flag_type) {
		definition->get = afield__get;
		definition->set = afield__set;
		definition->closure = attribute;
	} else if (!afield__direct(attribute->type, is_frozen, &definition->get,
				   &definition->set)) {
		definition->get =
			afield__holds_object(attribute) ? afield__get_object : afield__get;
		definition->set =
			afield__holds_object(attribute) ? afield__set_object : afield__set;
		definition->closure = attribute;
	}
	if (!is_settable)
		definition->set = NULL;
	attribute->set = definition->set;
	attribute->closure = definition->closure;
	if (!definition->doc)
		return -1;
	return afield__claim(plan, PyUnicode_FromString(attribute->name));
}

/* The definitions: shown fields, the author's own, and __dict__. */
static inline int afield__plan_definitions(struct afield__plan *plan)
{
	PyGetSetDef *definition = afield__block_definitions(plan->block);

	for (size_t i = 0; i < plan->block->attribute_count; i++)
		if (plan->block->attributes[i].is_shown &&
		    afield__plan_attribute(plan, &plan->block->attributes[i], definition++))
			return -1;
	for (PyGetSetDef *own = plan->options->attributes; own && own->name; own++) {
		*definition++ = *own;
		if (afield__claim(plan, PyUnicode_FromString(own->name)))
			return -1;
	}
	for (PyMethodDef *own = plan->options->methods; own && own->ml_name; own++)
		if (afield__claim(plan, PyUnicode_FromString(own->ml_name)))
			return -1;
	if (plan->options->flags & AFIELD_PYTHON_DICT) {
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
