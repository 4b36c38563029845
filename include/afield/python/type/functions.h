/* SPDX-License-Identifier: MIT */
/*
 * python/type/functions: the functions that python.h declares.
 *
 * When to use it: python.h includes it, where the layer's code is to be (cpython.h).
 *
 * Synchronization: python.h says it.
 */
#ifndef AFIELD_PYTHON_TYPE_FUNCTIONS_H
#define AFIELD_PYTHON_TYPE_FUNCTIONS_H

#include <afield/python.h>
#include <afield/python/type/type.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

AFIELD_PYTHON_FUNCTION PyObject *afield_python_type(PyObject *module,
						    const struct afield_class *table,
						    const struct afield_python_options *options)
{
	static const struct afield_python_options none = {NULL, NULL, 0, NULL, NULL, NULL};

	if (afield_python_init(module))
		return NULL;
	return afield__type_make(module, table, options ? options : &none);
}

AFIELD_PYTHON_FUNCTION void *afield_python_self_checked(PyObject *object)
{
	return afield__check_thread(object) ? NULL : afield_python_self(object);
}

AFIELD_PYTHON_FUNCTION PyObject *afield_python_raise(PyObject *object, const void *field, int error)
{
	const struct afield__type_state *state = afield__type_state_of(object);
	size_t offset = (size_t)((const char *)field - (const char *)object);

	for (size_t i = 0; i < state->attribute_count; i++)
		if (state->attributes[i].offset == offset) {
			afield__raise(error, &state->attributes[i], "the operation");
			return NULL;
		}
	errno = -error;
	return PyErr_SetFromErrno(PyExc_OSError);
}

AFIELD_PYTHON_FUNCTION PyObject *afield_python_reset_orphans(PyObject *self, PyObject *unused)
{
	int count = afield_class_reset_orphans(afield__table_of(afield__own_type(self)),
					       afield__field(self, AFIELD_PYTHON_OFFSET));

	(void)unused;
	if (count >= 0)
		return PyLong_FromLong(count);
	if (count == -ENOMEM)
		return PyErr_NoMemory();
	errno = -count;
	return PyErr_SetFromErrno(PyExc_OSError);
}

#ifdef __cplusplus
}
#endif

#endif
