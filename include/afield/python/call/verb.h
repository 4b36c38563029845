/* SPDX-License-Identifier: MIT */
/*
 * python/call/verb: calls of a field's verbs from Python.
 *
 * A method (method.h) carries the verb and where the field is. A call gives each parameter its
 * value, converts them, calls the verb and converts what comes back.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: a verb is atomic, beside every other operation of the field. Arguments are
 * converted first, which may run Python code.
 */
#ifndef AFIELD_PYTHON_CALL_VERB_H
#define AFIELD_PYTHON_CALL_VERB_H

#include <afield/python/object/attribute.h>

#include <afield/host.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield__method {
	PyObject ob_base;
	vectorcallfunc call;
	PyTypeObject
		*owner; /* the class, or its views; keeps the type state and so the attribute */
	const struct afield__attribute *attribute;
	const struct afield_verb *verb;
	bool is_of_view;
	Py_ssize_t parameter_count;
	PyObject *parameters[3]; /* their names, interned */
	PyObject *omitted[3];    /* what stands for one that is left out, or NULL */
	PyObject *name;
	PyObject *qualified_name;
	PyObject *module;
	PyObject *doc;
	PyObject *signature;
};

/* What a type code means in the verbs of this attribute. */
static inline enum afield_type_code
afield__verb_type_code(const struct afield__attribute *attribute, enum afield_type_code type_code)
{
	if (type_code == AFIELD_KEY)
		return attribute->type->binding && attribute->type->binding->view
			       ? attribute->type->binding->view->key.type_code
			       : AFIELD_NOTHING;
	return type_code == AFIELD_ITSELF ? attribute->type->value_type.type_code : type_code;
}

static inline bool afield__is_shown_code(const struct afield__attribute *attribute,
					 enum afield_type_code type_code)
{
	return afield__is_python_code(afield__verb_type_code(attribute, type_code)) ||
	       (type_code == AFIELD_ITSELF && attribute->record_type);
}

static inline bool afield__is_passed(const struct afield_parameter *parameter)
{
	return parameter->use == AFIELD_ARGUMENT || parameter->use == AFIELD_TIMEOUT;
}

/*
 * Whether Python can call the verb: every argument and the result have a Python form, and it leaves
 * what is read-only as it is.
 */
static inline bool afield__is_shown_verb(const struct afield__attribute *attribute,
					 const struct afield_verb *verb)
{
	if (verb->parameter_count > 3 || (attribute->is_constant && !verb->only_reads))
		return false;
	for (unsigned i = 0; i < verb->parameter_count; i++)
		if (verb->parameters[i].type_code != AFIELD_SECONDS &&
		    !afield__is_shown_code(attribute, verb->parameters[i].type_code))
			return false;
	if (verb->result == AFIELD_TAKEN)
		return afield__is_shown_code(attribute, AFIELD_ITSELF);
	return verb->result == AFIELD_NOTHING || afield__is_shown_code(attribute, verb->result);
}

static inline size_t afield__verb_size(const struct afield__attribute *attribute,
				       enum afield_type_code type_code)
{
	return type_code == AFIELD_ITSELF
		       ? attribute->type->value_type.size
		       : afield__type_code_size(afield__verb_type_code(attribute, type_code));
}

/* One argument for the verb, from what each parameter was given; 0 or -1. */
static inline int afield__verb_argument(const struct afield__method *method, unsigned i,
					PyObject *const *given, void *out)
{
	const struct afield__attribute *attribute = method->attribute;
	const struct afield_parameter *parameter = &method->verb->parameters[i];
	struct afield__place place = {attribute->name, parameter->name};

	if (parameter->use == AFIELD_TIMEOUT) {
		int is_waiting = PyObject_IsTrue(given[i - 1]);

		if (is_waiting <= 0) {
			memset(out, 0, sizeof(double));
			return is_waiting;
		}
	}
	switch (parameter->type_code) {
	case AFIELD_ITSELF:
		return afield__value_from(attribute, given[i], out);
	case AFIELD_INDEX:
		return afield__index_from(given[i], out, &place);
	case AFIELD_SECONDS:
		return afield__seconds_from(parameter->use, given[i], out, &place);
	default:
		return afield__type_code_from(
			afield__verb_type_code(attribute, parameter->type_code), given[i], out,
			&place);
	}
}

/* What the caller gets instead of a result: a new reference, or NULL with an exception. */
static inline PyObject *afield__verb_fail(const struct afield__method *method,
					  PyObject *const *given, int error)
{
	const struct afield_verb *verb = method->verb;
	unsigned count = verb->parameter_count;
	bool has_key = count && verb->parameters[0].type_code == AFIELD_KEY;

	if (error == -ENODATA && count && verb->parameters[count - 1].use == AFIELD_DEFAULT &&
	    given[count - 1])
		return Py_NewRef(given[count - 1]);
	if (PyErr_Occurred() ||
	    afield__raise_mapped(error, method->attribute, has_key ? given[0] : NULL))
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
	struct afield__scratch scratch;
	void *value = afield__scratch_open(&scratch, type->value_type.size);

	if (!value)
		Py_CLEAR(list);
	while (taken->next(type, taken, list ? value : NULL)) {
		PyObject *item = list ? afield__value_to(attribute, value) : NULL;

		if (list && (!item || PyList_Append(list, item)))
			Py_CLEAR(list);
		Py_XDECREF(item);
	}
	if (value)
		afield__scratch_close(&scratch);
	return list;
}

/* Converts the arguments, calls the verb, converts the result. The buffers are open. */
static inline PyObject *afield__verb_run(const struct afield__method *method, PyObject *self,
					 PyObject *const *given, void *const *buffers)
{
	const struct afield__attribute *attribute = method->attribute;
	const struct afield_verb *verb = method->verb;
	const void *arguments[3] = {NULL, NULL, NULL};
	unsigned passed = 0;
	int error;

	for (unsigned i = 0; i < verb->parameter_count; i++) {
		if (!afield__is_passed(&verb->parameters[i]))
			continue;
		if (afield__verb_argument(method, i, given, buffers[i]))
			return NULL;
		arguments[passed++] = buffers[i];
	}
	error = verb->call(attribute->type, afield__method_field(method, self), buffers[3],
			   arguments);
	if (error)
		return afield__verb_fail(method, given, error);
	if (verb->result == AFIELD_NOTHING)
		return Py_NewRef(Py_None);
	if (verb->result == AFIELD_TAKEN)
		return afield__taken_to(attribute, (struct afield_taken *)buffers[3]);
	return verb->result == AFIELD_ITSELF
		       ? afield__value_to(attribute, buffers[3])
		       : afield__type_code_to(afield__verb_type_code(attribute, verb->result),
					      buffers[3]);
}

/* The parameter of this name, or -1. Keywords are interned, so that the first look finds it. */
static inline Py_ssize_t afield__method_parameter(const struct afield__method *method,
						  PyObject *name)
{
	for (Py_ssize_t i = 0; i < method->parameter_count; i++)
		if (method->parameters[i] == name)
			return i;
	for (Py_ssize_t i = 0; i < method->parameter_count; i++)
		if (PyUnicode_Compare(method->parameters[i], name) == 0)
			return i;
	return -1;
}

/* Gives each parameter what the caller says for it: 0, or -1 with an exception. */
static inline int afield__method_gather(const struct afield__method *method,
					PyObject *const *values, Py_ssize_t count,
					PyObject *keywords, PyObject **given)
{
	Py_ssize_t keyword_count = keywords ? PyTuple_GET_SIZE(keywords) : 0;

	if (count > method->parameter_count) {
		PyErr_Format(PyExc_TypeError,
			     "%U() takes at most %zd positional argument%s (%zd given)",
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
	for (Py_ssize_t i = 0; i < method->parameter_count; i++) {
		if (!given[i])
			given[i] = method->omitted[i];
		if (given[i] || method->verb->parameters[i].omitted != AFIELD_REQUIRED)
			continue;
		PyErr_Format(PyExc_TypeError, "%U() missing required argument %R (pos %zd)",
			     method->qualified_name, method->parameters[i], i + 1);
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
	PyObject *given[3] = {NULL, NULL, NULL};
	struct afield__scratch scratch[4];
	void *buffers[4] = {NULL, NULL, NULL, NULL};
	PyObject *result = NULL;
	int opened = 0;

	if (afield__method_check(method, values, count) ||
	    afield__method_gather(method, values + 1, count - 1, keywords, given))
		return NULL;
	for (; opened < 4; opened++) {
		enum afield_type_code type_code = AFIELD_NOTHING;

		if (opened == 3)
			type_code = verb->result;
		else if (opened < (int)verb->parameter_count &&
			 afield__is_passed(&verb->parameters[opened]))
			type_code = verb->parameters[opened].type_code;

		size_t size = afield__verb_size(method->attribute, type_code);

		buffers[opened] = afield__scratch_open(&scratch[opened], size);
		if (!buffers[opened])
			break;
	}
	if (opened == 4)
		result = afield__verb_run(method, values[0], given, buffers);
	while (opened-- > 0)
		afield__scratch_close(&scratch[opened]);
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
