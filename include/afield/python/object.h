/*
 * python/object: an object of a class from Python: made, filled and shown.
 *
 * The C struct lies in the Python object behind its header. Python gives zeroed memory, which is a
 * fresh object, so there is nothing to initialise and `__init__` may run once, twice or never. The
 * constructor takes fields by keyword. It converts every value before it stores the first, so that
 * a wrong one changes nothing.
 *
 * Synchronization: `__init__`, repr and attributes may run beside each other on one object; each
 * field is read or stored atomically, and they are not one step together.
 */
#ifndef AFIELD_PYTHON_OBJECT_H
#define AFIELD_PYTHON_OBJECT_H

#include "attribute.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Names the keyword that no settable field has. */
static inline int afield__unknown_keyword(const struct afield__block *block, PyObject *keywords)
{
	PyObject *keys = PyDict_Keys(keywords);

	for (Py_ssize_t k = 0; keys && k < PyList_GET_SIZE(keys); k++) {
		PyObject *key = PyList_GET_ITEM(keys, k);
		const struct afield__attribute *found = NULL;

		for (size_t i = 0; i < block->attribute_count && !found; i++)
			if (block->attributes[i].is_shown && PyUnicode_Check(key) &&
			    PyUnicode_Compare(key, block->attributes[i].key) == 0)
				found = &block->attributes[i];
		if (found && found->is_settable)
			continue;
		PyErr_Format(PyExc_TypeError,
			     found ? "%s(): the field %R is read-only"
				   : "%s() got an unexpected keyword argument %R",
			     block->type->tp_name, key);
		break;
	}
	Py_XDECREF(keys);
	return -1;
}

/* What is stored later: a value, or for a view a reference to a batch of them. */
static inline int afield__keyword_convert(const struct afield__attribute *attribute,
					  PyObject *value, char *out)
{
	PyObject *batch;

	if (!attribute->view_type)
		return afield__value_from(attribute, value, out);
	batch = afield__batch_from(attribute, value);
	memcpy(out, &batch, sizeof(batch));
	return batch ? 0 : -1;
}

/* Converts every keyword. The flags say which attributes have a value. */
static inline int afield__keywords_convert(const struct afield__block *block, PyObject *keywords,
					   char *values, char *is_given)
{
	Py_ssize_t given = 0;

	for (size_t i = 0; i < block->attribute_count; i++) {
		const struct afield__attribute *attribute = &block->attributes[i];
		PyObject *value = NULL;
		int found = attribute->is_settable
				    ? afield__dict_item(keywords, attribute->key, &value)
				    : 0;
		int failed = found < 0;

		if (found > 0) {
			failed = afield__keyword_convert(attribute, value,
							 values + attribute->place);
			is_given[i] = !failed;
			given++;
			/* An object among the values keeps its reference until all are stored. */
			if (failed || !afield__holds_object(attribute))
				Py_DECREF(value);
		}
		if (failed)
			return -1;
	}
	return given == PyDict_GET_SIZE(keywords) ? 0 : afield__unknown_keyword(block, keywords);
}

/* Frozen fields are for the first constructor that gets so far: 0, or -1 with an exception. */
static inline int afield__fill_once(const struct afield__block *block, PyObject *self,
				    const char *is_given)
{
	struct afield__tail *tail = afield__tail_of(self, block->table);

	/* Of two constructors at once, one is the first. */
	if (!block->has_tail || !AFIELD_EXCHANGE(&tail->is_filled, 1, acq_rel))
		return 0;
	for (size_t i = 0; is_given && i < block->attribute_count; i++) {
		if (!is_given[i] || !(block->attributes[i].row->flags & AFIELD_FROZEN))
			continue;
		PyErr_Format(PyExc_TypeError, "%s(): the field '%s' is frozen",
			     block->type->tp_name, block->attributes[i].name);
		return -1;
	}
	return 0;
}

/* Converts, then stores: 0, or -1 with an exception. */
static inline int afield__fill_from(const struct afield__block *block, PyObject *self,
				    PyObject *keywords)
{
	char *values = (char *)PyMem_Calloc(1, block->values_size + block->attribute_count);
	char *is_given = values + block->values_size;
	int failed;

	if (!values) {
		PyErr_NoMemory();
		return -1;
	}
	failed = afield__keywords_convert(block, keywords, values, is_given) ||
		 afield__fill_once(block, self, is_given);
	for (size_t i = 0; i < block->attribute_count && !failed; i++)
		if (is_given[i])
			failed = afield__attribute_store(&block->attributes[i], self,
							 values + block->attributes[i].place);
	for (size_t i = 0; i < block->attribute_count; i++)
		if (is_given[i] &&
		    (afield__holds_object(&block->attributes[i]) || block->attributes[i].view_type))
			Py_DECREF(*(PyObject **)(void *)(values + block->attributes[i].place));
	PyMem_Free(values);
	return failed ? -1 : 0;
}

/* The constructor's work on an object: 0, or -1 with an exception. */
static inline int afield__fill(PyObject *self, PyObject *arguments, PyObject *keywords)
{
	const struct afield__block *block = afield__block_of(self);

	if (PyTuple_GET_SIZE(arguments) > 0) {
		PyErr_Format(PyExc_TypeError, "%s() takes fields by keyword only",
			     block->type->tp_name);
		return -1;
	}
	if (afield__check_thread(self))
		return -1;
	if (!keywords || PyDict_GET_SIZE(keywords) == 0)
		return afield__fill_once(block, self, NULL);
	return afield__fill_from(block, self, keywords);
}

/*
 * Memory of zero is a fresh object. A frozen one is filled before anybody can see it: the collector
 * shows what it knows (gc.get_objects), so it learns of the object last.
 */
static inline PyObject *afield__new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
	PyObject *self = type->tp_alloc(type, 0);
	const struct afield__block *block = self ? afield__block_of(self) : NULL;

	if (self && block->flags & AFIELD_PYTHON_UNSENDABLE) {
		struct afield__tail *tail = afield__tail_of(self, block->table);

		tail->owner = afield_mailbox_hold();
		if (!tail->owner) {
			Py_DECREF(self);
			return PyErr_NoMemory();
		}
	}
	if (!self || !(block->flags & AFIELD_PYTHON_FROZEN))
		return self;
	PyObject_GC_UnTrack(self);
	if (afield__fill(self, arguments, keywords))
		Py_CLEAR(self);
	else
		PyObject_GC_Track(self);
	return self;
}

/* A struct sequence as "Limits(low=1, high=2)", without its module. */
static inline PyObject *afield__record_repr(const struct afield__attribute *attribute,
					    PyObject *value)
{
	const char *name = attribute->record_type->tp_name;
	const char *dot = strrchr(name, '.');
	size_t count = 0;
	const struct afield_member *rows = afield__members(&attribute->type->holds, &count);
	PyObject *text = PyUnicode_FromFormat("%s(", dot ? dot + 1 : name);

	for (size_t i = 0; text && i < count; i++) {
		PyObject *longer =
			PyUnicode_FromFormat("%U%s%s=%R", text, i ? ", " : "", rows[i].name,
					     PyTuple_GET_ITEM(value, (Py_ssize_t)i));
		Py_SETREF(text, longer);
	}
	if (text)
		Py_SETREF(text, PyUnicode_FromFormat("%U)", text));
	return text;
}

static inline PyObject *afield__attribute_repr(const struct afield__attribute *attribute,
					       PyObject *self)
{
	PyObject *value = afield__attribute_load(attribute, self);
	PyObject *text;

	if (!value && afield__holds_object(attribute) &&
	    PyErr_ExceptionMatches(PyExc_AttributeError)) {
		PyErr_Clear();
		return PyUnicode_FromString("<unset>");
	}
	if (!value)
		return NULL;
	/* Not so where the field is empty, None, and where it is a view of many records. */
	text = attribute->record_type && Py_IS_TYPE(value, attribute->record_type)
		       ? afield__record_repr(attribute, value)
		       : PyObject_Repr(value);
	Py_DECREF(value);
	return text;
}

static inline PyObject *afield__repr_fields(PyObject *self)
{
	const struct afield__block *block = afield__block_of(self);
	PyObject *text = PyUnicode_FromFormat("%s(", Py_TYPE(self)->tp_name);
	const char *comma = "";

	for (size_t i = 0; text && i < block->attribute_count; i++) {
		const struct afield__attribute *attribute = &block->attributes[i];
		PyObject *value;

		if (!attribute->is_shown)
			continue;
		value = afield__attribute_repr(attribute, self);
		Py_SETREF(text, value ? PyUnicode_FromFormat("%U%s%U=%U", text, comma,
							     attribute->key, value)
				      : NULL);
		Py_XDECREF(value);
		comma = ", ";
	}
	if (text)
		Py_SETREF(text, PyUnicode_FromFormat("%U)", text));
	return text;
}

/* "bank.Account(hits=3, limits=Limits(low=1, high=2))", or "..." inside its own repr. */
static inline PyObject *afield__repr(PyObject *self)
{
	int inside = afield__check_thread(self) ? -1 : Py_ReprEnter(self);
	PyObject *text = NULL;

	if (inside > 0)
		return PyUnicode_FromFormat("%s(...)", Py_TYPE(self)->tp_name);
	if (inside == 0) {
		text = afield__repr_fields(self);
		Py_ReprLeave(self);
	}
	return text;
}

#ifdef __cplusplus
}
#endif

#endif
