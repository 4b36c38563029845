/* SPDX-License-Identifier: MIT */
/*
 * python/object/object: an object of a class from Python: made, filled and shown.
 *
 * The C struct lies in the Python object behind its header. Python gives zeroed memory, which is a
 * fresh object, so there is nothing to initialise and `__init__` may run once, twice or never. The
 * constructor takes fields by keyword. It converts every value before it stores the first, so that
 * a wrong one changes nothing.
 *
 * Synchronization: `__init__`, repr and attributes may run beside each other on one object; each
 * field is read or stored atomically, and they are not one step together.
 */
#ifndef AFIELD_PYTHON_OBJECT_OBJECT_H
#define AFIELD_PYTHON_OBJECT_OBJECT_H

#include <afield/python/object/attribute.h>

#include <afield/detail/guard.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Names the keyword that no settable field has. */
static inline int afield__unknown_keyword(const struct afield__type_state *state,
					  PyObject *keywords)
{
	PyObject *keys = PyDict_Keys(keywords);

	for (Py_ssize_t k = 0; keys && k < PyList_GET_SIZE(keys); k++) {
		PyObject *key = PyList_GET_ITEM(keys, k);
		const struct afield__attribute *found = NULL;

		for (size_t i = 0; i < state->attribute_count && !found; i++)
			if (state->attributes[i].is_shown &&
			    PyUnicode_Compare(key, state->attributes[i].key) == 0)
				found = &state->attributes[i];
		if (found && found->is_settable)
			continue;
		PyErr_Format(PyExc_TypeError,
			     found ? "%s(): the field %R is read-only"
				   : "%s() got an unexpected keyword argument %R",
			     state->type->tp_name, key);
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
static inline int afield__keywords_convert(const struct afield__type_state *state,
					   PyObject *keywords, char *values, char *is_given)
{
	Py_ssize_t given = 0;

	for (size_t i = 0; i < state->attribute_count; i++) {
		const struct afield__attribute *attribute = &state->attributes[i];
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
			if (failed || !afield__is_of_objects(attribute))
				Py_DECREF(value);
		}
		if (failed)
			return -1;
	}
	return given == PyDict_GET_SIZE(keywords) ? 0 : afield__unknown_keyword(state, keywords);
}

/* Frozen fields are for the first constructor that gets so far: 0, or -1 with an exception. */
static inline int afield__fill_once(const struct afield__type_state *state, PyObject *self,
				    const char *is_given)
{
	struct afield__trailer *trailer = afield__trailer_of(self, state->table);

	/* Of two constructors at once, one is the first. Relaxed: what the first stores comes later, and
	 * the other one reads none of it. */
	if (!state->has_trailer || !AFIELD_EXCHANGE(&trailer->is_filled, 1, relaxed))
		return 0;
	for (size_t i = 0; is_given && i < state->attribute_count; i++) {
		if (!is_given[i] || !(state->attributes[i].row->flags & AFIELD_FROZEN))
			continue;
		PyErr_Format(PyExc_TypeError, "%s(): the field '%s' is frozen",
			     state->type->tp_name, state->attributes[i].name);
		return -1;
	}
	return 0;
}

/* Converts, then stores: 0, or -1 with an exception. */
static inline int afield__fill_from(const struct afield__type_state *state, PyObject *self,
				    PyObject *keywords)
{
	char *values = (char *)PyMem_Calloc(1, state->values_size + state->attribute_count);
	char *is_given = values + state->values_size;
	int failed;

	if (!values) {
		PyErr_NoMemory();
		return -1;
	}
	failed = afield__keywords_convert(state, keywords, values, is_given) ||
		 afield__fill_once(state, self, is_given);
	for (size_t i = 0; i < state->attribute_count && !failed; i++)
		if (is_given[i])
			failed = afield__attribute_store(&state->attributes[i], self,
							 values + state->attributes[i].place);
	for (size_t i = 0; i < state->attribute_count; i++)
		if (is_given[i] && (afield__is_of_objects(&state->attributes[i]) ||
				    state->attributes[i].view_type))
			Py_DECREF(*(PyObject **)(void *)(values + state->attributes[i].place));
	PyMem_Free(values);
	return failed ? -1 : 0;
}

/* The constructor's work on an object: 0, or -1 with an exception. */
static inline int afield__fill(PyObject *self, PyObject *arguments, PyObject *keywords)
{
	const struct afield__type_state *state = afield__type_state_of(self);

	if (PyTuple_GET_SIZE(arguments) > 0) {
		PyErr_Format(PyExc_TypeError, "%s() takes fields by keyword only",
			     state->type->tp_name);
		return -1;
	}
	if (afield__check_thread(self))
		return -1;
	if (!keywords || PyDict_GET_SIZE(keywords) == 0)
		return afield__fill_once(state, self, NULL);
	return afield__fill_from(state, self, keywords);
}

/*
 * Memory of zero is a fresh object. A frozen one is filled before anybody can see it: the collector
 * shows what it knows (gc.get_objects), so it learns of the object last.
 */
static inline PyObject *afield__new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
	PyObject *self = type->tp_alloc(type, 0);
	const struct afield__type_state *state = self ? afield__type_state_of(self) : NULL;
	int failed;

	if (self && state->flags & AFIELD_PYTHON_UNSENDABLE) {
		struct afield__trailer *trailer = afield__trailer_of(self, state->table);

		trailer->owner = afield_owner_queue_retain();
		if (!trailer->owner) {
			Py_DECREF(self);
			return PyErr_NoMemory();
		}
	}
	if (!self || !(state->flags & AFIELD_PYTHON_FROZEN))
		return self;
	PyObject_GC_UnTrack(self);
	failed = afield__fill(self, arguments, keywords);
	/* Nothing more is written. One that failed may be found, too: its finalizer may keep it. */
	PyObject_GC_Track(self);
	if (failed)
		Py_CLEAR(self);
	return self;
}

/* A struct sequence as "Limits(low=1, high=2)", without its module. */
static inline PyObject *afield__record_repr(const struct afield__attribute *attribute,
					    PyObject *value)
{
	const char *name = attribute->record_type->tp_name;
	const char *dot = strrchr(name, '.');
	size_t count;
	const struct afield_member *rows = afield__members(&attribute->type->value_type, &count);
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

/* "<locked>" or "<borrowed>": the name of a lock or a borrow ends in a verb. */
static inline PyObject *afield__repr_of_guarded(const struct afield_lock_mode *mode)
{
	const char *last = strrchr(mode->name, '_');

	return PyUnicode_FromFormat("<%sed>", last ? last + 1 : mode->name);
}

/*
 * Copies the value, and never waits: 0, or a negative errno. A lock or a borrow is tried; the
 * table's own load would wait for whoever has it.
 */
static inline int afield__attribute_peek(const struct afield__attribute *attribute, PyObject *self,
					 void *value)
{
	const struct afield_type *type = attribute->type;
	const struct afield_lock_mode *mode = type->binding ? type->binding->lock_modes : NULL;
	void *field
	= afield__field(self, attribute->offset);
	int error;

	if (!mode)
		return type->load(type, field, value);
	error = mode->try_begin(type, field);
	if (error)
		return error;
	memcpy(value, afield_inline_value(type, field), type->value_type.size);
	mode->end(type, field);
	return 0;
}

/* What stands for a value that is not to be had, whatever the reason; a new reference. */
static inline PyObject *afield__repr_of_error(const struct afield__attribute *attribute, int error)
{
	const struct afield_host_binding *binding = attribute->type->binding;

	if (error == -ENODATA)
		return PyUnicode_FromString(afield__is_of_objects(attribute) ? "<unset>" : "None");
	if (binding && binding->lock_modes)
		return afield__repr_of_guarded(binding->lock_modes);
	for (size_t i = 0; binding && i < binding->error_mapping_count; i++)
		if (binding->error_mappings[i].error == error)
			return PyUnicode_FromFormat("<%s>", binding->error_mappings[i].text);
	return PyUnicode_FromFormat("<%s>", strerror(-error));
}

static inline PyObject *afield__repr_of_value(const struct afield__attribute *attribute,
					      const void *in)
{
	PyObject *value = afield__value_to(attribute, in);
	PyObject *text;

	if (!value)
		return NULL;
	text = attribute->record_type ? afield__record_repr(attribute, value)
				      : PyObject_Repr(value);
	Py_DECREF(value);
	return text;
}

static inline PyObject *afield__attribute_repr(const struct afield__attribute *attribute,
					       PyObject *self)
{
	struct afield__scratch scratch;
	PyObject *text;
	PyObject *view;
	void *value;
	int error;

	if (attribute->view_type) {
		view = afield__attribute_load(attribute, self);
		text = view ? PyObject_Repr(view) : NULL;
		Py_XDECREF(view);
		return text;
	}
	value = afield__scratch_open(&scratch, attribute->type->value_type.size);
	if (!value)
		return NULL;
	error = afield__attribute_peek(attribute, self, value);
	text = error ? afield__repr_of_error(attribute, error)
		     : afield__repr_of_value(attribute, value);
	afield__scratch_close(&scratch);
	return text;
}

static inline PyObject *afield__repr_fields(PyObject *self)
{
	const struct afield__type_state *state = afield__type_state_of(self);
	PyObject *text = PyUnicode_FromFormat("%s(", Py_TYPE(self)->tp_name);
	const char *comma = "";

	for (size_t i = 0; text && i < state->attribute_count; i++) {
		const struct afield__attribute *attribute = &state->attributes[i];

		if (!attribute->is_shown)
			continue;
		text = afield__attribute_text(text, comma, attribute,
					      afield__attribute_repr(attribute, self));
		comma = ", ";
	}
	if (text)
		Py_SETREF(text, PyUnicode_FromFormat("%U)", text));
	return text;
}

/*
 * "bank.Account(hits=3, limits=Limits(low=1, high=2))", or "..." inside its own repr. It is for
 * people who look for what goes wrong, so it waits for nobody and refuses nobody: a value that is
 * locked, borrowed or another thread's is said to be that.
 */
static inline PyObject *afield__repr(PyObject *self)
{
	const struct afield__type_state *state = afield__type_state_of(self);
	PyObject *text = NULL;
	int inside;

	if (state->flags & AFIELD_PYTHON_UNSENDABLE && !afield__is_mine(self, state->table))
		return PyUnicode_FromFormat("%s(<belongs to another thread>)",
					    Py_TYPE(self)->tp_name);
	inside = Py_ReprEnter(self);
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
