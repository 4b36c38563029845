/*
 * python/verb: calls of a field's verbs from Python.
 *
 * A method (method.h) carries the verb and where the field is. A call gives each parameter its
 * value, converts them, calls the verb and converts what comes back.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: a verb is atomic, beside every other operation of the field. Arguments are
 * converted first, which may run Python code.
 */
#ifndef AFIELD_PYTHON_VERB_H
#define AFIELD_PYTHON_VERB_H

#include "attribute.h"

#include "../host.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield__method {
	PyObject ob_base;
	vectorcallfunc call;
	PyTypeObject *owner; /* the class, or its views; keeps the block and so the attribute */
	const struct afield__attribute *attribute;
	const struct afield_verb *verb;
	bool is_of_view;
	Py_ssize_t required; /* the parameters that a caller cannot leave out */
	Py_ssize_t parameter_count;
	const char *parameters[4];
	PyObject *name;
	PyObject *qualified_name;
	PyObject *doc;
	PyObject *signature;
};

static inline bool afield__is_itself(enum afield_shape shape)
{
	return shape == AFIELD_ITSELF || shape == AFIELD_ITSELF_NONE;
}

/* What a shape means in the verbs of this attribute. */
static inline enum afield_shape afield__verb_shape(const struct afield__attribute *attribute,
						   enum afield_shape shape)
{
	if (shape == AFIELD_KEY)
		return attribute->view_type ? attribute->type->hosted->view->key.shape
					    : AFIELD_NOTHING;
	return afield__is_itself(shape) ? attribute->type->holds.shape : shape;
}

static inline bool afield__is_shown_shape(const struct afield__attribute *attribute,
					  enum afield_shape shape)
{
	return afield__is_python_shape(afield__verb_shape(attribute, shape)) ||
	       (afield__is_itself(shape) && attribute->record_type);
}

/* Whether Python can call the verb: every argument and the result have a Python form. */
static inline bool afield__is_shown_verb(const struct afield__attribute *attribute,
					 const struct afield_verb *verb)
{
	if (verb->argument_count > 3)
		return false;
	for (unsigned i = 0; i < verb->argument_count; i++)
		if (!afield__is_shown_shape(attribute, verb->arguments[i]) &&
		    (i + 1 < verb->argument_count || verb->arguments[i] < AFIELD_SECONDS ||
		     afield__is_itself(verb->arguments[i])))
			return false;
	if (verb->result == AFIELD_TAKEN)
		return afield__is_shown_shape(attribute, AFIELD_ITSELF);
	return verb->result == AFIELD_NOTHING || afield__is_shown_shape(attribute, verb->result);
}

static inline size_t afield__verb_size(const struct afield__attribute *attribute,
				       enum afield_shape shape)
{
	return afield__is_itself(shape) ? attribute->type->holds.size
					: afield__shape_size(afield__verb_shape(attribute, shape));
}

/* The last argument, if it is one that a caller may leave out; otherwise AFIELD_NOTHING. */
static inline enum afield_shape afield__verb_last(const struct afield_verb *verb)
{
	enum afield_shape last =
		verb->argument_count ? verb->arguments[verb->argument_count - 1] : AFIELD_NOTHING;

	return last >= AFIELD_SECONDS ? last : AFIELD_NOTHING;
}

/* The parameters in Python: one for each argument, but two for AFIELD_WAITING. */
static inline void afield__method_parameters(struct afield__method *method)
{
	const struct afield_verb *verb = method->verb;
	enum afield_shape last = afield__verb_last(verb);
	Py_ssize_t count = (Py_ssize_t)verb->argument_count;

	for (Py_ssize_t i = 0; i < count; i++)
		method->parameters[i] = verb->argument_names[i];
	method->required = last == AFIELD_NOTHING ? count : count - 1;
	if (last == AFIELD_SECONDS)
		method->parameters[count - 1] = "timeout";
	if (last == AFIELD_DEFAULT || last == AFIELD_DEFAULT_NONE)
		method->parameters[count - 1] = "default";
	if (last == AFIELD_WAITING) {
		method->parameters[count - 1] = "block";
		method->parameters[count++] = "timeout";
	}
	method->parameter_count = count;
}

/* One argument for the verb, from the parameters that begin with its own; 0 or -1. */
static inline int afield__verb_argument(const struct afield__method *method, unsigned i,
					PyObject *const *given, void *out)
{
	const struct afield__attribute *attribute = method->attribute;
	enum afield_shape shape = method->verb->arguments[i];
	struct afield__place place = {attribute->name, method->parameters[i]};
	int is_waiting;

	switch (shape) {
	case AFIELD_ITSELF:
	case AFIELD_ITSELF_NONE:
		return afield__value_from(attribute, given[i] ? given[i] : Py_None, out);
	case AFIELD_INDEX:
	case AFIELD_INDEX_LAST:
		return afield__index_from(given[i], out, &place);
	case AFIELD_DEFAULT:
	case AFIELD_DEFAULT_NONE:
		return 0;
	case AFIELD_SECONDS:
		return afield__seconds_from(shape, given[i], out, &place);
	case AFIELD_WAITING:
		is_waiting = given[i] ? PyObject_IsTrue(given[i]) : 1;
		place.member = method->parameters[i + 1];
		if (is_waiting > 0)
			return afield__seconds_from(shape, given[i + 1], out, &place);
		memset(out, 0, sizeof(double));
		return is_waiting;
	default:
		return afield__shape_from(afield__verb_shape(attribute, shape), given[i], out,
					  &place);
	}
}

/* What the caller gets instead of a result: a new reference, or NULL with an exception. */
static inline PyObject *afield__verb_fail(const struct afield__method *method,
					  PyObject *const *given, int error)
{
	const struct afield_verb *verb = method->verb;
	enum afield_shape last = afield__verb_last(verb);
	bool has_default = last == AFIELD_DEFAULT || last == AFIELD_DEFAULT_NONE;
	bool has_key = verb->argument_count && verb->arguments[0] == AFIELD_KEY;

	if (error == -ENODATA && has_default && given[verb->argument_count - 1])
		return Py_NewRef(given[verb->argument_count - 1]);
	if (error == -ENODATA && last == AFIELD_DEFAULT_NONE)
		return Py_NewRef(Py_None);
	if (PyErr_Occurred() ||
	    afield__raise_refusal(error, method->attribute, has_key ? given[0] : NULL))
		return NULL;
	if (error == -ENODATA)
		return Py_NewRef(Py_None);
	afield__raise(error, method->attribute, verb->name);
	return NULL;
}

static inline void *afield__method_field(const struct afield__method *method, PyObject *self)
{
	if (method->is_of_view)
		self = ((struct afield__view *)self)->owner;
	return afield__field(self, method->attribute->offset);
}

/*
 * A list of values that have left their field. They have left it: without memory the rest is given
 * up, and the exception says that it is gone.
 */
static inline PyObject *afield__taken_to(const struct afield__attribute *attribute,
					 struct afield_taken *taken)
{
	const struct afield_type *type = attribute->type;
	PyObject *list = PyList_New(0);
	struct afield__room room;
	void *value = afield__room_open(&room, type->holds.size);

	if (!value)
		Py_CLEAR(list);
	while (taken->next(type, taken, list ? value : NULL)) {
		PyObject *item = list ? afield__value_to(attribute, value) : NULL;

		if (list && (!item || PyList_Append(list, item)))
			Py_CLEAR(list);
		Py_XDECREF(item);
	}
	if (value)
		afield__room_close(&room);
	return list;
}

/* Converts the arguments, calls the verb, converts the result. Rooms are open. */
static inline PyObject *afield__verb_run(const struct afield__method *method, PyObject *self,
					 PyObject *const *given, void *const *rooms)
{
	const struct afield__attribute *attribute = method->attribute;
	const struct afield_verb *verb = method->verb;
	const void *arguments[3] = {rooms[0], rooms[1], rooms[2]};
	int error;

	for (unsigned i = 0; i < verb->argument_count; i++)
		if (afield__verb_argument(method, i, given, rooms[i]))
			return NULL;
	error = verb->call(attribute->type, afield__method_field(method, self), rooms[3],
			   arguments);
	if (error)
		return afield__verb_fail(method, given, error);
	if (verb->result == AFIELD_NOTHING)
		return Py_NewRef(Py_None);
	if (verb->result == AFIELD_TAKEN)
		return afield__taken_to(attribute, (struct afield_taken *)rooms[3]);
	return verb->result == AFIELD_ITSELF
		       ? afield__value_to(attribute, rooms[3])
		       : afield__shape_to(afield__verb_shape(attribute, verb->result), rooms[3]);
}

/* The parameter of this name, or -1. */
static inline Py_ssize_t afield__method_parameter(const struct afield__method *method,
						  PyObject *name)
{
	Py_ssize_t i = method->is_of_view ? method->parameter_count : 0;

	while (i-- > 0)
		if (PyUnicode_CompareWithASCIIString(name, method->parameters[i]) == 0)
			break;
	return i;
}

/* Gives each parameter what the caller says for it: 0, or -1 with an exception. */
static inline int afield__method_gather(const struct afield__method *method,
					PyObject *const *values, Py_ssize_t count,
					PyObject *keywords, PyObject **given)
{
	Py_ssize_t keyword_count = keywords ? PyTuple_GET_SIZE(keywords) : 0;

	if (count > method->parameter_count) {
		PyErr_Format(PyExc_TypeError, "%U() takes %zd argument%s (%zd given)",
			     method->qualified_name, method->parameter_count,
			     method->parameter_count == 1 ? "" : "s", count);
		return -1;
	}
	for (Py_ssize_t i = 0; i < count; i++)
		given[i] = values[i];
	for (Py_ssize_t k = 0; k < keyword_count; k++) {
		PyObject *name = PyTuple_GET_ITEM(keywords, k);
		Py_ssize_t i = afield__method_parameter(method, name);

		if (i < 0 || given[i]) {
			PyErr_Format(PyExc_TypeError,
				     i < 0 ? "%U() got an unexpected keyword argument %R"
					   : "%U() got multiple values for argument %R",
				     method->qualified_name, name);
			return -1;
		}
		given[i] = values[count + k];
	}
	for (Py_ssize_t i = 0; i < method->required; i++) {
		if (given[i])
			continue;
		PyErr_Format(PyExc_TypeError, "%U() takes %zd argument%s (%zd given)",
			     method->qualified_name, method->required,
			     method->required == 1 ? "" : "s", count + keyword_count);
		return -1;
	}
	return 0;
}

static inline int afield__method_check(const struct afield__method *method, PyObject *const *values,
				       Py_ssize_t count)
{
	if (count >= 1 && PyObject_TypeCheck(values[0], method->owner) &&
	    (!method->is_of_view ||
	     ((struct afield__view *)values[0])->attribute == method->attribute))
		return 0;
	PyErr_Format(PyExc_TypeError, "%U() needs a '%s' object first", method->qualified_name,
		     method->owner->tp_name);
	return -1;
}

static inline PyObject *afield__verb_call(PyObject *callable, PyObject *const *values,
					  size_t count_and_flags, PyObject *keywords)
{
	struct afield__method *method = (struct afield__method *)callable;
	const struct afield_verb *verb = method->verb;
	Py_ssize_t count = PyVectorcall_NARGS(count_and_flags);
	PyObject *given[4] = {NULL, NULL, NULL, NULL};
	struct afield__room room[4];
	void *rooms[4] = {NULL, NULL, NULL, NULL};
	PyObject *result = NULL;
	int opened = 0;

	if (afield__method_check(method, values, count) ||
	    afield__method_gather(method, values + 1, count - 1, keywords, given))
		return NULL;
	for (; opened < 4; opened++) {
		enum afield_shape shape = opened == 3 ? verb->result
					  : opened < (int)verb->argument_count
						  ? verb->arguments[opened]
						  : AFIELD_NOTHING;
		size_t size = afield__verb_size(method->attribute, shape);

		rooms[opened] = afield__room_open(&room[opened], size);
		if (!rooms[opened])
			break;
	}
	if (opened == 4)
		result = afield__verb_run(method, values[0], given, rooms);
	while (opened-- > 0)
		afield__room_close(&room[opened]);
	return result;
}

/* The same for an unsendable class. */
static inline PyObject *afield__verb_call_checked(PyObject *callable, PyObject *const *values,
						  size_t count_and_flags, PyObject *keywords)
{
	const struct afield__method *method = (struct afield__method *)callable;

	if (afield__method_check(method, values, PyVectorcall_NARGS(count_and_flags)) ||
	    afield__check_thread(method->is_of_view ? ((struct afield__view *)values[0])->owner
						    : values[0]))
		return NULL;
	return afield__verb_call(callable, values, count_and_flags, keywords);
}

#ifdef __cplusplus
}
#endif

#endif
