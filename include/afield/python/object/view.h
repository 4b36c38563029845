/* SPDX-License-Identifier: MIT */
/*
 * python/object/view: a field that is more than a value, as Python sees it.
 *
 * Reading the attribute of a queue, a map or an event gives a view: a small object that keeps the
 * owner alive and has the methods and properties of the kind's view table (field.h). Each attribute
 * has a view type of its own, an attribute of the class (bank.Account.JobsQueue), made by calling
 * `type`, or the metaclass of the table's abstract base class, so that the operators work (a method
 * named __len__ makes len() work) and the base gives what is made of other methods. The views of a
 * read-only or frozen field have only methods that leave it as it is, and another base. Two views
 * of one field are equal. A collection that can be walked is iterated over a list of what the walk
 * met.
 *
 * When to use it: inside the Python layer. When not: a value that is read and stored as a whole.
 *
 * Synchronization: a view is constant and has no state of its own: any thread may use it. Its
 * methods are atomic; iteration and repr are weakly consistent.
 */
#ifndef AFIELD_PYTHON_OBJECT_VIEW_H
#define AFIELD_PYTHON_OBJECT_VIEW_H

#include <afield/python/object/mapping.h>
#include <afield/python/object/sequence.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

static inline PyObject *afield__view_iter(PyObject *self, PyObject *unused)
{
	PyObject *snapshot = afield__view_snapshot(self);
	PyObject *iterator = snapshot ? PyObject_GetIter(snapshot) : NULL;

	(void)unused;
	Py_XDECREF(snapshot);
	return iterator;
}

static inline PyObject *afield__view_copy(PyObject *self, PyObject *unused)
{
	(void)unused;
	return afield__view_snapshot(self);
}

static inline bool afield__is_same_view(PyObject *self, PyObject *other)
{
	const struct afield__view *left = (const struct afield__view *)self;
	const struct afield__view *right = (const struct afield__view *)other;

	return Py_TYPE(self) == Py_TYPE(other) && left->owner == right->owner &&
	       left->attribute == right->attribute;
}

/* Views of one field are equal; a mapping or sequence is as equal to others as its snapshot is. */
static inline PyObject *afield__view_compare(PyObject *self, PyObject *other, int operation)
{
	const struct afield__view *view = (const struct afield__view *)self;
	const struct afield_view *table = view->attribute->type->binding->view;
	PyObject *snapshot;
	PyObject *result;

	if (operation != Py_EQ && operation != Py_NE)
		Py_RETURN_NOTIMPLEMENTED;
	if (afield__is_same_view(self, other))
		return PyBool_FromLong(operation == Py_EQ);
	if (!afield__is_by_elements(table))
		Py_RETURN_NOTIMPLEMENTED;
	snapshot = afield__is_mapping(table) ? afield__mapping_copy(self, NULL)
					     : afield__view_snapshot(self);
	result = snapshot ? PyObject_RichCompare(snapshot, other, operation) : NULL;
	Py_XDECREF(snapshot);
	return result;
}

static inline Py_hash_t afield__view_hash(PyObject *self)
{
	const struct afield__view *view = (const struct afield__view *)self;

	if (afield__is_by_elements(view->attribute->type->binding->view))
		return PyObject_HashNotImplemented(self);
	return (Py_hash_t)(((uintptr_t)view->owner >> 4) ^ (uintptr_t)view->attribute->offset);
}

static inline PyObject *afield__view_refuse(PyTypeObject *type, PyObject *arguments,
					    PyObject *keywords)
{
	(void)arguments;
	(void)keywords;
	return PyErr_Format(PyExc_TypeError, "cannot create '%s' objects: read the attribute",
			    type->tp_name);
}

static inline int afield__view_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(((struct afield__view *)self)->owner);
	Py_VISIT(Py_TYPE(self));
	return 0;
}

static inline void afield__view_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject *owner = ((struct afield__view *)self)->owner;

	PyObject_GC_UnTrack(self);
	type->tp_free(self);
	Py_XDECREF(owner); /* keeps the type till here: the type state holds it */
	Py_DECREF(type);
}

/* Says where the type is to be found: bank, Account.JobsQueue. 0, or -1 with an exception. */
static inline int afield__view_place(PyTypeObject *type, const char *prefix, const char *qualifier,
				     const char *name)
{
	PyObject *module = PyUnicode_FromString(prefix);
	PyObject *qualified = PyUnicode_FromFormat("%s.%s", qualifier, name);
	int failed = !module || !qualified ||
		     PyObject_SetAttrString((PyObject *)type, "__module__", module) ||
		     PyObject_SetAttrString((PyObject *)type, "__qualname__", qualified);

	Py_XDECREF(module);
	Py_XDECREF(qualified);
	return failed ? -1 : 0;
}

/* What all views of a class have: their base, bank.Account.View. A new reference, or NULL. */
static inline PyTypeObject *afield__view_base(PyObject *module, const char *prefix,
					      const char *qualifier)
{
	PyType_Slot slots[] = {
		{Py_tp_new, AFIELD__SLOT(afield__view_refuse)},
		{Py_tp_dealloc, AFIELD__SLOT(afield__view_dealloc)},
		{Py_tp_traverse, AFIELD__SLOT(afield__view_traverse)},
		{Py_tp_repr, AFIELD__SLOT(afield__view_repr)},
		{Py_tp_richcompare, AFIELD__SLOT(afield__view_compare)},
		{Py_tp_hash, AFIELD__SLOT(afield__view_hash)},
		{0, NULL},
	};
	PyType_Spec spec = {"afield.View", (int)sizeof(struct afield__view), 0,
			    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots};
	PyTypeObject *type =
		(PyTypeObject *)afield__or_no_memory(PyType_FromModuleAndSpec(module, &spec, NULL));

	if (type && afield__view_place(type, prefix, qualifier, "View"))
		Py_CLEAR(type);
	if (type)
		type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
	return type;
}

/* Adds what every walk gives. The table's own methods go over it. */
static inline int afield__view_walks(PyTypeObject *type, const struct afield_view *table)
{
	static PyMethodDef methods[] = {
		{"__iter__", afield__view_iter, METH_NOARGS, NULL},
		{"copy", afield__view_copy, METH_NOARGS,
		 "copy($self, /)\n--\n\nA list of the elements.\n\n"
		 "Thread safety: safe on shared objects; weakly consistent."},
	};

	return table->walk && !afield__is_mapping(table)
		       ? afield__view_methods(type, methods, AFIELD__LENGTH(methods))
		       : 0;
}

/* Makes a property of a method whose reference it takes. A new reference, or NULL. */
static inline PyObject *afield__view_property(PyObject *method)
{
	PyObject *property =
		method ? PyObject_CallOneArg((PyObject *)&PyProperty_Type, method) : NULL;

	Py_XDECREF(method);
	return property;
}

/* The table's own methods and properties, under their names. */
static inline int afield__view_verbs(PyTypeObject *type, PyTypeObject *method_type,
				     const struct afield__attribute *attribute, bool is_unsendable)
{
	const struct afield_view *table = attribute->type->binding->view;
	size_t count = table->verb_count + table->property_count;
	bool is_sequence = afield__is_sequence(table);
	int failed = 0;

	for (size_t i = 0; i < count && !failed; i++) {
		bool is_property = i >= table->verb_count;
		const struct afield_verb *verb =
			is_property ? &table->properties[i - table->verb_count] : &table->verbs[i];
		const struct afield_parameter *first = &verb->parameters[0];
		PyObject *shown;

		if (!afield__is_shown_verb(attribute, verb))
			continue;
		shown = afield__method_new(method_type, type, attribute, verb, true, is_unsendable);
		if (shown && is_sequence && verb->parameter_count &&
		    first->type_code == AFIELD_INDEX && first->omitted == AFIELD_REQUIRED)
			((struct afield__method *)shown)->call =
				is_unsendable ? afield__sequence_call_checked
					      : afield__sequence_call;
		if (is_property)
			shown = afield__view_property(shown);
		failed = !shown || PyObject_SetAttrString((PyObject *)type, verb->name, shown);
		Py_XDECREF(shown);
	}
	return failed ? -1 : 0;
}

/* Methods have come to a class that the abstract base took for one without: 0, or -1. */
static inline int afield__view_is_whole(PyObject *type)
{
	PyObject *update = afield__import("abc.update_abstractmethods");
	PyObject *done = update ? PyObject_CallOneArg(update, type) : NULL;

	Py_XDECREF(update);
	Py_XDECREF(done);
	return done ? 0 : -1;
}

/*
 * The type of an attribute's views, bank.Account.JobsQueue: `base` is what all of its class have,
 * `name` its own. Each attribute has one, so that a method of one cannot be called with a view of
 * another, which may have no walk. A constant attribute's has only what leaves the field as it is.
 * A new reference, or NULL with an exception.
 */
static inline PyTypeObject *afield__view_type(PyTypeObject *base, PyTypeObject *method_type,
					      const char *prefix, const char *qualifier,
					      const char *name,
					      const struct afield__attribute *attribute,
					      bool is_unsendable)
{
	const struct afield_view *table = attribute->type->binding->view;
	const char *abstract_name = attribute->is_constant ? table->reading_base : table->base;
	PyObject *abstract = abstract_name ? afield__import(abstract_name) : NULL;
	PyObject *metaclass = (PyObject *)(abstract ? Py_TYPE(abstract) : &PyType_Type);
	PyObject *bases = abstract         ? PyTuple_Pack(2, base, abstract)
			  : !abstract_name ? PyTuple_Pack(1, base)
					   : NULL;
	const char *doc = attribute->row->doc ? attribute->row->doc : "";
	PyTypeObject *type = NULL;

	if (bases)
		type = (PyTypeObject *)PyObject_CallFunction(metaclass, "sO{s()ss}", name, bases,
							     "__slots__", "__doc__", doc);
	if (type &&
	    (afield__view_place(type, prefix, qualifier, name) || afield__view_walks(type, table) ||
	     afield__sequence_add(type, attribute) || afield__mapping_add(type, attribute) ||
	     afield__view_verbs(type, method_type, attribute, is_unsendable) ||
	     (abstract && afield__view_is_whole((PyObject *)type))))
		Py_CLEAR(type);
	if (type)
		type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
	Py_XDECREF(abstract);
	Py_XDECREF(bases);
	return type;
}

#ifdef __cplusplus
}
#endif

#endif
