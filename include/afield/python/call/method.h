/* SPDX-License-Identifier: MIT */
/*
 * python/call/method: the verbs of a field as methods.
 *
 * A row with AFIELD_VERBS gets one method for each verb of its kind's table whose arguments and
 * result Python can show: hits_fetch_add(1). A view has those of its own. A method is a descriptor
 * of a small type, which carries the verb and where the field is, because a C function in a
 * PyMethodDef cannot. It is called as fast as a built-in method: no bound method is made.
 *
 * When to use it: by AFIELD_VERBS on a row that Python code changes in place. Of a row that is
 * read-only or frozen, only the verbs that leave the field as it is become methods.
 *
 * Synchronization: methods are constant.
 */
#ifndef AFIELD_PYTHON_CALL_METHOD_H
#define AFIELD_PYTHON_CALL_METHOD_H

#include <afield/python/call/verb.h>

#include <structmember.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

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

/* A member would take the name from the type, which has a module of its own. */
static inline PyObject *afield__method_attribute(PyObject *self, PyObject *name)
{
	if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, "__module__") == 0)
		return Py_NewRef(((struct afield__method *)self)->module);
	return PyObject_GenericGetAttr(self, name);
}

/* There is no clear: a method is constant, and its class, which holds it, ends the cycle. */
static inline int afield__method_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(((struct afield__method *)self)->owner);
	Py_VISIT(Py_TYPE(self));
	return 0;
}

static inline void afield__method_dealloc(PyObject *self)
{
	struct afield__method *method = (struct afield__method *)self;
	PyTypeObject *type = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	Py_XDECREF(method->owner);
	for (Py_ssize_t i = 0; i < 3; i++) {
		Py_XDECREF(method->parameters[i]);
		Py_XDECREF(method->omitted[i]);
	}
	Py_XDECREF(method->name);
	Py_XDECREF(method->qualified_name);
	Py_XDECREF(method->module);
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
		{Py_tp_getattro, AFIELD__SLOT(afield__method_attribute)},
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

/*
 * What stands for a parameter that is left out, and how a signature shows it; `object` is NULL where
 * nothing stands for it. Returns the text, or NULL with an exception.
 */
static inline const char *afield__omitted(enum afield_omitted omitted, PyObject **object)
{
	*object = NULL;
	switch (omitted) {
	case AFIELD_OR_NONE:
		*object = Py_NewRef(Py_None);
		return "=None";
	case AFIELD_OR_TRUE:
		*object = Py_NewRef(Py_True);
		return "=True";
	case AFIELD_OR_LAST:
		*object = PyLong_FromLong(-1);
		return *object ? "=-1" : NULL;
	case AFIELD_OR_ABSENT:
		return "=...";
	default:
		return "";
	}
}

/* The names of the parameters and what stands for each, and "($self, item, block=True)". */
static inline int afield__method_parameters(struct afield__method *method)
{
	const struct afield_verb *verb = method->verb;
	PyObject *text = PyUnicode_FromString("($self");

	for (unsigned i = 0; text && i < verb->parameter_count; i++) {
		const struct afield_parameter *parameter = &verb->parameters[i];
		const char *omitted = afield__omitted(parameter->omitted, &method->omitted[i]);

		method->parameters[i] = PyUnicode_InternFromString(parameter->name);
		if (!omitted || !method->parameters[i])
			Py_CLEAR(text);
		else
			Py_SETREF(text,
				  PyUnicode_FromFormat("%U, %s%s", text, parameter->name, omitted));
	}
	method->parameter_count = (Py_ssize_t)verb->parameter_count;
	method->signature = text ? PyUnicode_FromFormat("%U)", text) : NULL;
	Py_XDECREF(text);
	return method->signature ? 0 : -1;
}

/*
 * One method, of a class or of a view, which is there by this name: a new reference, or NULL with
 * an exception.
 */
static inline PyObject *afield__method_new(PyTypeObject *method_type, PyTypeObject *owner,
					   const struct afield__attribute *attribute,
					   const struct afield_verb *verb, bool is_of_view,
					   bool is_unsendable)
{
	struct afield__method *method =
		(struct afield__method *)method_type->tp_alloc(method_type, 0);
	PyObject *qualifier;

	if (!method)
		return NULL;
	method->call = is_unsendable ? afield__verb_call_checked : afield__verb_call;
	method->owner = (PyTypeObject *)Py_NewRef(owner);
	method->attribute = attribute;
	method->verb = verb;
	method->is_of_view = is_of_view;
	method->name = is_of_view ? PyUnicode_FromString(verb->name)
				  : PyUnicode_FromFormat("%s_%s", attribute->name, verb->name);
	qualifier = PyObject_GetAttrString((PyObject *)owner, "__qualname__");
	if (qualifier && method->name)
		method->qualified_name = PyUnicode_FromFormat("%U.%U", qualifier, method->name);
	Py_XDECREF(qualifier);
	method->module = PyObject_GetAttrString((PyObject *)owner, "__module__");
	method->doc = PyUnicode_FromFormat("%s\n\nThread safety: atomic.",
					   verb->doc ? verb->doc : verb->name);
	if (!method->qualified_name || !method->module || !method->doc ||
	    afield__method_parameters(method))
		Py_CLEAR(method);
	return (PyObject *)method;
}

#ifdef __cplusplus
}
#endif

#endif
