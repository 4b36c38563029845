/*
 * python/verb: the verbs of a field as methods.
 *
 * A row with AFIELD_VERBS gets one method for each verb of its kind's table whose arguments and
 * result Python can show: hits_fetch_add(1). The method is a descriptor of a small type of its own,
 * which carries the verb and where the field is, because a C function in a PyMethodDef cannot. It
 * is called as fast as a built-in method: no bound method is made.
 *
 * When to use it: by AFIELD_VERBS on a row that Python code changes in place. When not: a frozen
 * class, whose fields nobody changes from Python, refuses it.
 *
 * Synchronization: a verb is atomic, beside every other operation of the field. Arguments are
 * converted first, which may run Python code.
 */
#ifndef AFIELD_PYTHON_VERB_H
#define AFIELD_PYTHON_VERB_H

#include "attribute.h"

#include <structmember.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct afield__method {
	PyObject ob_base;
	vectorcallfunc call;
	PyTypeObject *owner; /* keeps the block and so the attribute */
	const struct afield__attribute *attribute;
	const struct afield_verb *verb;
	PyObject *name;
	PyObject *qualified_name;
	PyObject *doc;
	PyObject *signature;
};

static inline enum afield_shape afield__verb_shape(const struct afield__attribute *attribute,
						   enum afield_shape shape)
{
	return shape == AFIELD_ITSELF ? attribute->type->holds.shape : shape;
}

static inline bool afield__is_shown_shape(const struct afield__attribute *attribute,
					  enum afield_shape shape)
{
	enum afield_shape own = afield__verb_shape(attribute, shape);

	return afield__is_scalar(own) || own == AFIELD_OBJECT ||
	       (shape == AFIELD_ITSELF && attribute->record_type);
}

/* Whether Python can call the verb: every argument and the result have a Python form. */
static inline bool afield__is_shown_verb(const struct afield__attribute *attribute,
					 const struct afield_verb *verb)
{
	if (verb->argument_count > 2)
		return false;
	for (unsigned i = 0; i < verb->argument_count; i++)
		if (!afield__is_shown_shape(attribute, verb->arguments[i]))
			return false;
	return verb->result == AFIELD_NOTHING || afield__is_shown_shape(attribute, verb->result);
}

static inline size_t afield__verb_size(const struct afield__attribute *attribute,
				       enum afield_shape shape)
{
	if (shape == AFIELD_NOTHING)
		return 0;
	if (shape == AFIELD_OBJECT)
		return sizeof(PyObject *);
	return shape == AFIELD_ITSELF ? attribute->type->holds.size : afield__scalar_size(shape);
}

/* Converts the arguments, calls the verb, converts the result. Rooms are open. */
static inline PyObject *afield__verb_run(const struct afield__method *method, PyObject *self,
					 PyObject *const *values, void *const *rooms)
{
	const struct afield__attribute *attribute = method->attribute;
	const struct afield_verb *verb = method->verb;
	const void *arguments[2] = {rooms[0], rooms[1]};
	int error;

	for (unsigned i = 0; i < verb->argument_count; i++) {
		struct afield__place place = {attribute->name, verb->argument_names[i]};
		int failed = verb->arguments[i] == AFIELD_ITSELF
				     ? afield__value_from(attribute, values[i], rooms[i])
				     : afield__shape_from(verb->arguments[i], values[i], rooms[i],
							  &place);
		if (failed)
			return NULL;
	}
	error = verb->call(attribute->type, afield__field(self, attribute->offset), rooms[2],
			   arguments);
	if (error == -ENODATA)
		return Py_NewRef(Py_None);
	if (error) {
		afield__raise(error, attribute, verb->name);
		return NULL;
	}
	if (verb->result == AFIELD_NOTHING)
		return Py_NewRef(Py_None);
	return verb->result == AFIELD_ITSELF ? afield__value_to(attribute, rooms[2])
					     : afield__shape_to(verb->result, rooms[2]);
}

static inline int afield__verb_check(const struct afield__method *method, PyObject *const *values,
				     Py_ssize_t count, PyObject *keywords)
{
	Py_ssize_t wanted = (Py_ssize_t)method->verb->argument_count;

	if (count < 1 || !PyObject_TypeCheck(values[0], method->owner)) {
		PyErr_Format(PyExc_TypeError, "%U() needs a '%s' object first",
			     method->qualified_name, method->owner->tp_name);
		return -1;
	}
	if (keywords && PyTuple_GET_SIZE(keywords) > 0) {
		PyErr_Format(PyExc_TypeError, "%U() takes no keyword arguments",
			     method->qualified_name);
		return -1;
	}
	if (count - 1 != wanted) {
		PyErr_Format(PyExc_TypeError, "%U() takes %zd argument%s (%zd given)",
			     method->qualified_name, wanted, wanted == 1 ? "" : "s", count - 1);
		return -1;
	}
	return 0;
}

static inline PyObject *afield__verb_call(PyObject *callable, PyObject *const *values,
					  size_t count_and_flags, PyObject *keywords)
{
	struct afield__method *method = (struct afield__method *)callable;
	const struct afield_verb *verb = method->verb;
	struct afield__room room[3];
	void *rooms[3] = {NULL, NULL, NULL};
	PyObject *result = NULL;
	int opened = 0;

	if (afield__verb_check(method, values, PyVectorcall_NARGS(count_and_flags), keywords))
		return NULL;
	for (; opened < 3; opened++) {
		enum afield_shape shape = opened == 2 ? verb->result
					  : opened < (int)verb->argument_count
						  ? verb->arguments[opened]
						  : AFIELD_NOTHING;
		size_t size = afield__verb_size(method->attribute, shape);

		rooms[opened] = afield__room_open(&room[opened], size);
		if (!rooms[opened])
			break;
	}
	if (opened == 3)
		result = afield__verb_run(method, values[0], values + 1, rooms);
	while (opened-- > 0)
		afield__room_close(&room[opened]);
	return result;
}

/* The same for an unsendable class. */
static inline PyObject *afield__verb_call_checked(PyObject *callable, PyObject *const *values,
						  size_t count_and_flags, PyObject *keywords)
{
	if (PyVectorcall_NARGS(count_and_flags) > 0 &&
	    PyObject_TypeCheck(values[0], ((struct afield__method *)callable)->owner) &&
	    afield__check_thread(values[0]))
		return NULL;
	return afield__verb_call(callable, values, count_and_flags, keywords);
}

static inline PyObject *afield__method_get(PyObject *method, PyObject *object, PyObject *type)
{
	(void)type;
	return object ? PyMethod_New(method, object) : Py_NewRef(method);
}

static inline PyObject *afield__method_repr(PyObject *self)
{
	return PyUnicode_FromFormat("<method %R of %R objects>",
				    ((struct afield__method *)self)->name,
				    ((struct afield__method *)self)->owner);
}

static inline int afield__method_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(((struct afield__method *)self)->owner);
	Py_VISIT(Py_TYPE(self));
	return 0;
}

static inline int afield__method_clear(PyObject *self)
{
	Py_CLEAR(((struct afield__method *)self)->owner);
	return 0;
}

static inline void afield__method_dealloc(PyObject *self)
{
	struct afield__method *method = (struct afield__method *)self;
	PyTypeObject *type = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	Py_XDECREF(method->owner);
	Py_XDECREF(method->name);
	Py_XDECREF(method->qualified_name);
	Py_XDECREF(method->doc);
	Py_XDECREF(method->signature);
	type->tp_free(self);
	Py_DECREF(type);
}

#define AFIELD__SLOT(function) ((void *)(uintptr_t)(function))
#define AFIELD__METHOD_MEMBER(name, member)                                                    \
	{                                                                                      \
		name, T_OBJECT, (Py_ssize_t)offsetof(struct afield__method, member), READONLY, \
			NULL                                                                   \
	}

/* The type of methods: one for each type with verbs. */
static inline PyObject *afield__method_type(PyObject *module)
{
	static PyMemberDef members[] = {
		{"__vectorcalloffset__", T_PYSSIZET,
		 (Py_ssize_t)offsetof(struct afield__method, call), READONLY, NULL},
		AFIELD__METHOD_MEMBER("__name__", name),
		AFIELD__METHOD_MEMBER("__qualname__", qualified_name),
		AFIELD__METHOD_MEMBER("__doc__", doc),
		AFIELD__METHOD_MEMBER("__text_signature__", signature),
		AFIELD__METHOD_MEMBER("__objclass__", owner),
		{NULL, 0, 0, 0, NULL},
	};
	PyType_Slot slots[] = {
		{Py_tp_call, AFIELD__SLOT(PyVectorcall_Call)},
		{Py_tp_descr_get, AFIELD__SLOT(afield__method_get)},
		{Py_tp_repr, AFIELD__SLOT(afield__method_repr)},
		{Py_tp_traverse, AFIELD__SLOT(afield__method_traverse)},
		{Py_tp_clear, AFIELD__SLOT(afield__method_clear)},
		{Py_tp_dealloc, AFIELD__SLOT(afield__method_dealloc)},
		{Py_tp_members, members},
		{0, NULL},
	};
	PyType_Spec spec = {"afield.method", (int)sizeof(struct afield__method), 0,
			    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
				    Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_IMMUTABLETYPE |
				    Py_TPFLAGS_DISALLOW_INSTANTIATION,
			    slots};

	return afield__or_no_memory(PyType_FromModuleAndSpec(module, &spec, NULL));
}

static inline PyObject *afield__verb_signature(const struct afield_verb *verb)
{
	switch (verb->argument_count) {
	case 0:
		return PyUnicode_FromString("($self, /)");
	case 1:
		return PyUnicode_FromFormat("($self, %s, /)", verb->argument_names[0]);
	default:
		return PyUnicode_FromFormat("($self, %s, %s, /)", verb->argument_names[0],
					    verb->argument_names[1]);
	}
}

/* One method; a new reference, or NULL with an exception. */
static inline PyObject *afield__method_new(PyTypeObject *method_type, PyTypeObject *owner,
					   const struct afield__attribute *attribute,
					   const struct afield_verb *verb)
{
	struct afield__method *method =
		(struct afield__method *)method_type->tp_alloc(method_type, 0);
	const char *dot = strrchr(owner->tp_name, '.');

	if (!method)
		return NULL;
	method->call = afield__is_unsendable(owner) ? afield__verb_call_checked : afield__verb_call;
	method->owner = (PyTypeObject *)Py_NewRef(owner);
	method->attribute = attribute;
	method->verb = verb;
	method->name = PyUnicode_FromFormat("%s_%s", attribute->name, verb->name);
	method->qualified_name = PyUnicode_FromFormat("%s.%s_%s", dot ? dot + 1 : owner->tp_name,
						      attribute->name, verb->name);
	method->doc = PyUnicode_FromFormat("%s\n\nThread safety: atomic.",
					   verb->doc ? verb->doc : verb->name);
	method->signature = afield__verb_signature(verb);
	if (!method->name || !method->qualified_name || !method->doc || !method->signature)
		Py_CLEAR(method);
	return (PyObject *)method;
}

#ifdef __cplusplus
}
#endif

#endif
