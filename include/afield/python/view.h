/*
 * python/view: a field that is more than a value, as Python sees it.
 *
 * Reading the attribute of a queue, a map or an event gives a view: a small object that keeps the
 * owner alive and has the methods and properties of the kind's view table (field.h). Each attribute
 * has a view type of its own, made by calling `type`, or the metaclass of the table's abstract base
 * class, so that the operators work (a method named __len__ makes len() work) and the base gives
 * what is made of other methods. Two views of one field are equal. A collection that can be walked
 * is iterated over a list, or a dict where there are keys, of what the walk met.
 *
 * When to use it: inside the Python layer. When not: a value that is read and stored as a whole.
 *
 * Synchronization: a view is constant and has no state of its own: any thread may use it. Its
 * methods are atomic; iteration and repr are weakly consistent.
 */
#ifndef AFIELD_PYTHON_VIEW_H
#define AFIELD_PYTHON_VIEW_H

#include "sequence.h"

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

/* dict's own views of a snapshot. */
#define AFIELD__VIEW_OF_DICT(name)                                                               \
	static inline PyObject *afield__view_##name(PyObject *self, PyObject *unused)            \
	{                                                                                        \
		PyObject *snapshot = afield__view_snapshot(self);                                \
		PyObject *result = snapshot ? PyObject_CallMethod(snapshot, #name, NULL) : NULL; \
		(void)unused;                                                                    \
		Py_XDECREF(snapshot);                                                            \
		return result;                                                                   \
	}                                                                                        \
	AFIELD__ASSERT(1, "")
AFIELD__VIEW_OF_DICT(keys);
AFIELD__VIEW_OF_DICT(values);
AFIELD__VIEW_OF_DICT(items);

/* "<bank.Jobs: 3 elements>" */
static inline PyObject *afield__view_repr(PyObject *self)
{
	const struct afield__view *view = (const struct afield__view *)self;
	const struct afield_type *type = view->attribute->type;
	size_t count;

	if (afield__check_thread(view->owner))
		return NULL;
	if (!type->hosted->view->count)
		return PyUnicode_FromFormat("<%s.%s>", Py_TYPE(view->owner)->tp_name,
					    view->attribute->name);
	count = type->hosted->view->count(type,
					  afield__field(view->owner, view->attribute->offset));
	return PyUnicode_FromFormat("<%s.%s: %zu element%s>", Py_TYPE(view->owner)->tp_name,
				    view->attribute->name, count, count == 1 ? "" : "s");
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
	const struct afield_view *table = view->attribute->type->hosted->view;
	PyObject *snapshot;
	PyObject *result;

	if (operation != Py_EQ && operation != Py_NE)
		Py_RETURN_NOTIMPLEMENTED;
	if (afield__is_same_view(self, other))
		return PyBool_FromLong(operation == Py_EQ);
	if (!afield__is_by_elements(table))
		Py_RETURN_NOTIMPLEMENTED;
	snapshot = afield__view_snapshot(self);
	result = snapshot ? PyObject_RichCompare(snapshot, other, operation) : NULL;
	Py_XDECREF(snapshot);
	return result;
}

static inline Py_hash_t afield__view_hash(PyObject *self)
{
	const struct afield__view *view = (const struct afield__view *)self;

	if (afield__is_by_elements(view->attribute->type->hosted->view))
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
	Py_XDECREF(owner); /* keeps the type till here: the block holds it */
	Py_DECREF(type);
}

/*
 * What all views have: a base for one view type. Each has its own, so that a method of one cannot
 * be called with a view of another, which may have no walk.
 */
static inline PyTypeObject *afield__view_base(PyObject *module)
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
			    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE |
				    Py_TPFLAGS_IMMUTABLETYPE,
			    slots};

	return (PyTypeObject *)afield__or_no_memory(PyType_FromModuleAndSpec(module, &spec, NULL));
}

/* Adds to a namespace what every walk gives. The table's own methods go over it. */
static inline int afield__view_walks(PyTypeObject *base, const struct afield_view *table,
				     PyObject *namespace_)
{
	static PyMethodDef methods[] = {
		{"__iter__", afield__view_iter, METH_NOARGS, NULL},
		{"copy", afield__view_copy, METH_NOARGS,
		 "A list, or a dict where there are keys, of the elements.\n\n"
		 "Thread safety: safe on shared objects; weakly consistent."},
		{"keys", afield__view_keys, METH_NOARGS, "The keys, of a copy."},
		{"values", afield__view_values, METH_NOARGS, "The values, of a copy."},
		{"items", afield__view_items, METH_NOARGS, "Pairs of key and value, of a copy."},
	};
	size_t count = !table->walk ? 0 : table->key.shape == AFIELD_NOTHING ? 2 : 5;

	for (size_t i = 0; i < count; i++) {
		PyObject *method = PyDescr_NewMethod(base, &methods[i]);
		int failed =
			!method || PyDict_SetItemString(namespace_, methods[i].ml_name, method);

		Py_XDECREF(method);
		if (failed)
			return -1;
	}
	return 0;
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
static inline int afield__view_verbs(PyTypeObject *base, PyTypeObject *method_type,
				     const struct afield__attribute *attribute, bool is_unsendable,
				     PyObject *namespace_)
{
	const struct afield_view *table = attribute->type->hosted->view;
	size_t count = table->verb_count + table->property_count;
	bool is_sequence = afield__is_sequence(table);
	int failed = 0;

	for (size_t i = 0; i < count && !failed; i++) {
		bool is_property = i >= table->verb_count;
		const struct afield_verb *verb =
			is_property ? &table->properties[i - table->verb_count] : &table->verbs[i];
		PyObject *shown;

		if (!afield__is_shown_verb(attribute, verb))
			continue;
		shown = afield__method_new(method_type, base, attribute, verb, true, is_unsendable);
		if (shown && is_sequence && verb->arguments[0] == AFIELD_INDEX)
			((struct afield__method *)shown)->call =
				is_unsendable ? afield__sequence_call_checked
					      : afield__sequence_call;
		if (is_property)
			shown = afield__view_property(shown);
		failed = !shown || PyDict_SetItemString(namespace_, verb->name, shown);
		Py_XDECREF(shown);
	}
	return failed ? -1 : 0;
}

/* Something of the host's own, by its full name: "queue.Empty". A new reference, or NULL. */
static inline PyObject *afield__import(const char *name)
{
	const char *dot = strrchr(name, '.');
	PyObject *path = PyUnicode_FromStringAndSize(name, dot - name);
	PyObject *module = path ? PyImport_Import(path) : NULL;
	PyObject *found = module ? PyObject_GetAttrString(module, dot + 1) : NULL;

	Py_XDECREF(path);
	Py_XDECREF(module);
	return found;
}

/*
 * The type of an attribute's views. attribute->view_type is not NULL meanwhile, for the methods
 * want to know. A new reference, or NULL with an exception.
 */
static inline PyTypeObject *afield__view_type(PyObject *module, PyTypeObject *method_type,
					      const char *prefix,
					      struct afield__attribute *attribute,
					      bool is_unsendable)
{
	const struct afield_view *table = attribute->type->hosted->view;
	PyTypeObject *base = afield__view_base(module);
	PyObject *abstract = table->base ? afield__import(table->base) : NULL;
	PyObject *namespace_ = Py_BuildValue("{s()ssssss}", "__slots__", "__module__", prefix,
					     "__qualname__", table->name, "__doc__",
					     attribute->row->doc ? attribute->row->doc : "");
	PyObject *bases = base && abstract ? PyTuple_Pack(2, base, abstract)
			  : base           ? PyTuple_Pack(1, base)
					   : NULL;
	PyObject *metaclass = (PyObject *)(abstract ? Py_TYPE(abstract) : &PyType_Type);
	PyObject *type = NULL;

	attribute->view_type = base;
	if (namespace_ && bases && (abstract || !table->base) &&
	    !afield__view_walks(base, table, namespace_) &&
	    !afield__sequence_add(base, table, namespace_) &&
	    !afield__view_verbs(base, method_type, attribute, is_unsendable, namespace_))
		type = PyObject_CallFunction(metaclass, "sOO", table->name, bases, namespace_);
	if (type)
		((PyTypeObject *)type)->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
	Py_XDECREF(base);
	Py_XDECREF(abstract);
	Py_XDECREF(namespace_);
	Py_XDECREF(bases);
	attribute->view_type = NULL;
	return (PyTypeObject *)type;
}

#ifdef __cplusplus
}
#endif

#endif
