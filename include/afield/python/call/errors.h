/* SPDX-License-Identifier: MIT */
/*
 * python/call/errors: a field's negative errno as a Python exception.
 *
 * When to use it: inside the Python layer. When not: a value of the wrong type or out of range is
 * found before the field is asked; value.h says so.
 *
 * Synchronization: none is needed; the thread is attached.
 */
#ifndef AFIELD_PYTHON_CALL_ERRORS_H
#define AFIELD_PYTHON_CALL_ERRORS_H

#include <afield/python/type/type_state.h>

#include <errno.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The author of the extension, not its user, has made a mistake. */
#define AFIELD__REFUSE(...) (PyErr_Format(PyExc_SystemError, __VA_ARGS__), -1)

/* The exception that is set, which then is not, or NULL; and sets it again, and takes it over. */
static inline PyObject *afield__error_take(void)
{
#if PY_VERSION_HEX >= 0x030C0000
	return PyErr_GetRaisedException();
#else
	PyObject *type, *value, *trace;

	PyErr_Fetch(&type, &value, &trace);
	if (type)
		PyErr_NormalizeException(&type, &value, &trace);
	if (trace)
		(void)PyException_SetTraceback(value, trace);
	Py_XDECREF(type);
	Py_XDECREF(trace);
	return value;
#endif
}

static inline void afield__error_put(PyObject *exception)
{
#if PY_VERSION_HEX >= 0x030C0000
	PyErr_SetRaisedException(exception);
#else
	if (exception)
		PyErr_Restore(Py_NewRef((PyObject *)Py_TYPE(exception)), exception,
			      PyException_GetTraceback(exception));
#endif
}

/* Who was in the way, as an attribute of the exception: a thread's identity, or None. */
static inline void afield__raise_holder(const struct afield_host_binding *binding)
{
	uint64_t identity = afield_thread_identity(binding->refused_by());
	PyObject *exception = afield__error_take();
	PyObject *holder = identity ? PyLong_FromUnsignedLongLong(identity) : Py_NewRef(Py_None);

	if (!holder || PyObject_SetAttrString(exception, "holder", holder))
		PyErr_Clear(); /* the exception says enough without */
	Py_XDECREF(holder);
	afield__error_put(exception);
}

/*
 * The exception that the kind wants for this error: 1 when it is set, 0 when it has none. `key` is
 * what a KeyError says; otherwise it may be NULL.
 */
static inline int afield__raise_mapped(int error, const struct afield__attribute *attribute,
				       PyObject *key)
{
	const struct afield_host_binding *binding = attribute->type->binding;

	for (size_t i = 0; binding && i < binding->error_mapping_count; i++) {
		PyObject *exception = PyTuple_GET_ITEM(attribute->error_mappings, (Py_ssize_t)i);
		PyObject *arguments;

		if (binding->error_mappings[i].error != error)
			continue;
		if (key && exception == PyExc_KeyError) {
			arguments = PyTuple_Pack(1, key);
			if (arguments)
				PyErr_SetObject(exception, arguments);
			Py_XDECREF(arguments);
		} else {
			PyErr_Format(exception, "%s: %s", attribute->name,
				     binding->error_mappings[i].text);
		}
		if (binding->refused_by)
			afield__raise_holder(binding);
		return 1;
	}
	return 0;
}

/* The exception for a negative errno of a field. One that is set already says more. */
static inline void afield__raise(int error, const struct afield__attribute *attribute,
				 const char *verb)
{
	PyObject *arguments;

	if (PyErr_Occurred() || afield__raise_mapped(error, attribute, NULL))
		return;
	if (error == -ENOMEM) {
		PyErr_NoMemory();
	} else if (error == -ERANGE) {
		PyErr_Format(PyExc_OverflowError, "%s: %s would leave the range of the field",
			     attribute->name, verb);
	} else if (error == -ENODATA) {
		PyErr_Format(PyExc_AttributeError, "the field '%s' is not set", attribute->name);
	} else {
		arguments = Py_BuildValue("(iN)", -error,
					  PyUnicode_FromFormat("%s: %s: %s", attribute->name, verb,
							       strerror(-error)));
		if (arguments)
			PyErr_SetObject(PyExc_OSError, arguments);
		Py_XDECREF(arguments);
	}
}

static inline int afield__cannot_delete(const char *name)
{
	PyErr_Format(PyExc_TypeError, "the field '%s' cannot be deleted", name);
	return -1;
}

#ifdef __cplusplus
}
#endif

#endif
