/* SPDX-License-Identifier: MIT */
/*
 * python/object/mapping: what a collection with keys has of a Python dict, beside the kind's verbs.
 *
 * The abstract base class makes these of several steps: its items() looks up each key that it has
 * met, which asks the key for its hash and raises KeyError when the element has left by then; its
 * popitem() raises KeyError on a mapping that is not empty. Here what iterates does so over the
 * list of one walk, which asks no key anything, and popitem() is one step.
 *
 * When to use it: inside the Python layer, for a view whose table has keys and a walk.
 *
 * Synchronization: as the walk and the one step of the kind.
 */
#ifndef AFIELD_PYTHON_OBJECT_MAPPING_H
#define AFIELD_PYTHON_OBJECT_MAPPING_H

#include <afield/python/object/sequence.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

static inline bool afield__is_mapping(const struct afield_view *table)
{
	return table->walk && table->key.type_code != AFIELD_NOTHING;
}

static inline PyObject *afield__mapping_list(PyObject *self, enum afield__parts parts)
{
	const struct afield__view *view = (const struct afield__view *)self;

	return afield__check_thread(view->owner) ? NULL : afield__snapshot(view, parts);
}

static inline PyObject *afield__mapping_iter(PyObject *self, PyObject *unused)
{
	PyObject *keys = afield__mapping_list(self, AFIELD__KEYS);
	PyObject *iterator = keys ? PyObject_GetIter(keys) : NULL;

	(void)unused;
	Py_XDECREF(keys);
	return iterator;
}

/* A dict of one walk; only here are keys asked for their hash. */
static inline PyObject *afield__mapping_copy(PyObject *self, PyObject *unused)
{
	PyObject *pairs = afield__mapping_list(self, AFIELD__PAIRS);
	PyObject *dict = pairs ? PyObject_CallOneArg((PyObject *)&PyDict_Type, pairs) : NULL;

	(void)unused;
	Py_XDECREF(pairs);
	return dict;
}

/* The host's own or ours, called with the view. */
static inline PyObject *afield__mapping_shown(PyObject *self, PyObject *type)
{
	PyObject *shown = type ? PyObject_CallOneArg(type, self) : NULL;

	Py_XDECREF(type);
	return shown;
}

static inline PyObject *afield__mapping_keys(PyObject *self, PyObject *unused)
{
	(void)unused;
	return afield__mapping_shown(self, afield__import("collections.abc.KeysView"));
}

static inline PyObject *afield__mapping_values(PyObject *self, PyObject *unused)
{
	(void)unused;
	return afield__mapping_shown(self,
				     PyObject_GetAttrString((PyObject *)Py_TYPE(self), "Values"));
}

static inline PyObject *afield__mapping_items(PyObject *self, PyObject *unused)
{
	(void)unused;
	return afield__mapping_shown(self,
				     PyObject_GetAttrString((PyObject *)Py_TYPE(self), "Items"));
}

/* Of what values() and items() return: self._mapping is what anybody has put there. */
static inline PyObject *afield__mapping_each(PyObject *self, enum afield__parts parts)
{
	PyObject *mapping = PyObject_GetAttrString(self, "_mapping");
	PyObject *list = NULL;
	PyObject *iterator;

	if (mapping && Py_TYPE(mapping)->tp_repr == afield__view_repr &&
	    afield__is_mapping(((struct afield__view *)mapping)->attribute->type->binding->view))
		list = afield__mapping_list(mapping, parts);
	else if (mapping)
		PyErr_Format(PyExc_TypeError, "'%s' needs a mapping of its own kind",
			     Py_TYPE(self)->tp_name);
	iterator = list ? PyObject_GetIter(list) : NULL;
	Py_XDECREF(mapping);
	Py_XDECREF(list);
	return iterator;
}

static inline PyObject *afield__mapping_each_value(PyObject *self, PyObject *unused)
{
	(void)unused;
	return afield__mapping_each(self, AFIELD__VALUES);
}

static inline PyObject *afield__mapping_each_item(PyObject *self, PyObject *unused)
{
	(void)unused;
	return afield__mapping_each(self, AFIELD__PAIRS);
}

/* What popitem() takes: each attempt begins anew. */
static inline int afield__snapshot_buffer_one(const void *key, const void *value, void *argument)
{
	struct afield__snapshot_buffer *caught = (struct afield__snapshot_buffer *)argument;

	int error;

	caught->used = 0;
	caught->count = 0;
	error = afield__snapshot_buffer_each(key, value, argument);
	/* The references are still the field's. */
	memset(caught->lost, 0, sizeof(caught->lost));
	return error;
}

static inline PyObject *afield__mapping_popitem(PyObject *self, PyObject *unused)
{
	const struct afield__view *view = (const struct afield__view *)self;
	const struct afield_type *type = view->attribute->type;
	struct afield__snapshot_buffer caught;
	PyObject *pair = NULL;
	const char *at;
	int error;

	(void)unused;
	if (afield__check_thread(view->owner))
		return NULL;
	memset(&caught, 0, sizeof(caught));
	caught.key = &type->binding->view->key;
	caught.value = &type->value_type;
	error = type->binding->view->take_any(type,
					      afield__field(view->owner, view->attribute->offset),
					      afield__snapshot_buffer_one, &caught);
	at = caught.start;
	if (!error)
		pair = afield__snapshot_buffer_item(view->attribute, &caught, &at, AFIELD__PAIRS);
	else if (error == -ENODATA)
		PyErr_Format(PyExc_KeyError, "popitem(): %s is empty", view->attribute->name);
	else
		afield__raise(error, view->attribute, "popitem");
	PyMem_RawFree(caught.start);
	return pair;
}

/* The base class's own, whose words do not say that it is many steps. */
static inline PyObject *afield__mapping_update(PyObject *self, PyObject *arguments,
					       PyObject *keywords)
{
	PyObject *base = afield__import("collections.abc.MutableMapping");
	PyObject *update = base ? PyObject_GetAttrString(base, "update") : NULL;
	PyObject *all = update ? PyTuple_New(1 + PyTuple_GET_SIZE(arguments)) : NULL;
	PyObject *done = NULL;

	if (all) {
		PyTuple_SET_ITEM(all, 0, Py_NewRef(self));
		for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(arguments); i++)
			PyTuple_SET_ITEM(all, i + 1, Py_NewRef(PyTuple_GET_ITEM(arguments, i)));
		done = PyObject_Call(update, all, keywords);
	}
	Py_XDECREF(base);
	Py_XDECREF(update);
	Py_XDECREF(all);
	return done;
}

/* A class of what values() or items() returns, as an attribute of the views' type. */
static inline int afield__mapping_part(PyTypeObject *type, const char *name, const char *base_name,
				       PyMethodDef *each)
{
	PyObject *base = afield__import(base_name);
	PyObject *module = PyObject_GetAttrString((PyObject *)type, "__module__");
	PyObject *qualifier = PyObject_GetAttrString((PyObject *)type, "__qualname__");
	PyObject *part = NULL;
	int failed;

	if (base && module && qualifier)
		part = PyObject_CallFunction(
			(PyObject *)Py_TYPE(base), "s(O){s()sOsNss}", name, base, "__slots__",
			"__module__", module, "__qualname__",
			PyUnicode_FromFormat("%U.%s", qualifier, name), "__doc__",
			"What is in the map; each iteration is one walk.");
	failed = !part || afield__view_methods((PyTypeObject *)part, each, 1) ||
		 PyObject_SetAttrString((PyObject *)type, name, part);
	Py_XDECREF(base);
	Py_XDECREF(module);
	Py_XDECREF(qualifier);
	Py_XDECREF(part);
	return failed ? -1 : 0;
}

/* Adds these to the type of an attribute's views. The table's own methods go over it. */
static inline int afield__mapping_add(PyTypeObject *type, const struct afield__attribute *attribute)
{
	static PyMethodDef looks[] = {
		{"__iter__", afield__mapping_iter, METH_NOARGS, NULL},
		{"copy", afield__mapping_copy, METH_NOARGS,
		 "copy($self, /)\n--\n\nA dict of the elements.\n\n"
		 "Thread safety: safe on shared objects; weakly consistent."},
		{"keys", afield__mapping_keys, METH_NOARGS,
		 "keys($self, /)\n--\n\nThe keys, as a set; each iteration is one walk.\n\n"
		 "Thread safety: safe on shared objects; weakly consistent."},
		{"values", afield__mapping_values, METH_NOARGS,
		 "values($self, /)\n--\n\nThe values; each iteration is one walk.\n\n"
		 "Thread safety: safe on shared objects; weakly consistent."},
		{"items", afield__mapping_items, METH_NOARGS,
		 "items($self, /)\n--\n\n"
		 "Pairs of key and value, as a set; each iteration is one walk.\n\n"
		 "Thread safety: safe on shared objects; weakly consistent."},
	};
	static PyMethodDef popitem = {
		"popitem", afield__mapping_popitem, METH_NOARGS,
		"popitem($self, /)\n--\n\n"
		"Takes any element out and returns its key and value; KeyError when there is "
		"none.\n\nThread safety: atomic."};
	static PyMethodDef update = {
		"update", (PyCFunction)(void (*)(void))afield__mapping_update,
		METH_VARARGS | METH_KEYWORDS,
		"update($self, other=(), /, **values)\n--\n\n"
		"Gives keys their values from a mapping, pairs, and keywords.\n\n"
		"Thread safety: safe on shared objects; one atomic step for each key, and others "
		"come between."};
	static PyMethodDef each_value = {"__iter__", afield__mapping_each_value, METH_NOARGS, NULL};
	static PyMethodDef each_item = {"__iter__", afield__mapping_each_item, METH_NOARGS, NULL};
	const struct afield_view *table = attribute->type->binding->view;
	bool may_change = !attribute->is_constant;

	if (!afield__is_mapping(table))
		return 0;
	if (afield__view_methods(type, looks, AFIELD__LENGTH(looks)) ||
	    afield__mapping_part(type, "Values", "collections.abc.ValuesView", &each_value) ||
	    afield__mapping_part(type, "Items", "collections.abc.ItemsView", &each_item) ||
	    (may_change && table->take_any && afield__view_methods(type, &popitem, 1)) ||
	    (may_change && table->base && afield__view_methods(type, &update, 1)))
		return -1;
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif
