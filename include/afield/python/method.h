/*
 * python/method: the verbs of a field as methods.
 *
 * A row with AFIELD_VERBS gets one method for each verb of its kind's table whose arguments and
 * result Python can show: hits_fetch_add(1). A view has those of its own. A method is a descriptor
 * of a small type, which carries the verb and where the field is, because a C function in a
 * PyMethodDef cannot. It is called as fast as a built-in method: no bound method is made.
 *
 * When to use it: by AFIELD_VERBS on a row that Python code changes in place. When not: a frozen
 * class, whose fields nobody changes from Python, refuses it.
 *
 * Synchronization: methods are constant.
 */
#ifndef AFIELD_PYTHON_METHOD_H
#define AFIELD_PYTHON_METHOD_H

#include "verb.h"

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

/* "($self, item, block=True, timeout=None)"; a verb of a row takes no keywords. */
static inline PyObject *afield__method_signature(const struct afield__method *method)
{
	PyObject *text = PyUnicode_FromString("($self");

	for (Py_ssize_t i = 0; text && i < method->parameter_count; i++) {
		const char *name = method->parameters[i];
		const char *value = i < method->required         ? ""
				    : strcmp(name, "block") == 0 ? "=True"
				    : strcmp(name, "index") == 0 ? "=-1"
				    : afield__verb_last(method->verb) == AFIELD_ITSELF_NONE
					    ? "=None"
				    : strcmp(name, "default") == 0 ? "=..."
								   : "=None";

		Py_SETREF(text, PyUnicode_FromFormat("%U, %s%s", text, name, value));
	}
	if (text)
		Py_SETREF(text,
			  PyUnicode_FromFormat("%U%s)", text, method->is_of_view ? "" : ", /"));
	return text;
}

/* One method, of a class or of a view; a new reference, or NULL with an exception. */
static inline PyObject *afield__method_new(PyTypeObject *method_type, PyTypeObject *owner,
					   const struct afield__attribute *attribute,
					   const struct afield_verb *verb, bool is_of_view,
					   bool is_unsendable)
{
	struct afield__method *method =
		(struct afield__method *)method_type->tp_alloc(method_type, 0);
	const char *dot = strrchr(owner->tp_name, '.');
	const char *prefix = is_of_view ? attribute->type->hosted->view->name : attribute->name;

	if (!method)
		return NULL;
	method->call = is_unsendable ? afield__verb_call_checked : afield__verb_call;
	method->owner = (PyTypeObject *)Py_NewRef(owner);
	method->attribute = attribute;
	method->verb = verb;
	method->is_of_view = is_of_view;
	afield__method_parameters(method);
	method->name = is_of_view ? PyUnicode_FromString(verb->name)
				  : PyUnicode_FromFormat("%s_%s", prefix, verb->name);
	method->qualified_name =
		is_of_view ? PyUnicode_FromFormat("%s.%s", prefix, verb->name)
			   : PyUnicode_FromFormat("%s.%U", dot ? dot + 1 : owner->tp_name,
						  method->name);
	method->doc = PyUnicode_FromFormat("%s\n\nThread safety: atomic.",
					   verb->doc ? verb->doc : verb->name);
	method->signature = afield__method_signature(method);
	if (!method->name || !method->qualified_name || !method->doc || !method->signature)
		Py_CLEAR(method);
	return (PyObject *)method;
}

#ifdef __cplusplus
}
#endif

#endif
