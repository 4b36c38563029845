/* SPDX-License-Identifier: MIT */
/*
 * python/convert/flags: an integer whose bits have names, as a member of an enum.IntFlag.
 *
 * A field that holds an integer of 64 bits and says by a record what they are called (type_code.h)
 * gets an IntFlag, made by Python's own enum module when the type is made: the record's name in
 * CamelCase, the bits' names in capitals. It is put into the module like the type of a record.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: values outside fields only. Making a flag calls Python code, so it comes after
 * the load, and conversion before the store.
 */
#ifndef AFIELD_PYTHON_CONVERT_FLAGS_H
#define AFIELD_PYTHON_CONVERT_FLAGS_H

#include <afield/python/type/type_state.h>
#include <afield/python/convert/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The named bits of an integer, and how many; NULL and 0 when there are none. */
static inline const struct afield_member *
afield__flags_of(const struct afield_value_type *value_type, size_t *count)
{
	return afield__rows(value_type,
			    afield__is_integer(value_type->type_code) && value_type->size == 8,
			    count);
}

/* "dirty" as "DIRTY", a new str. */
static inline PyObject *afield__capitals(const char *name)
{
	PyObject *text = PyUnicode_FromString(name);
	PyObject *capitals = text ? PyObject_CallMethod(text, "upper", NULL) : NULL;

	Py_XDECREF(text);
	return capitals;
}

/* [("OPEN", 1), ...], a new list. */
static inline PyObject *afield__flag_members(const struct afield_record *record)
{
	size_t count;
	const struct afield_member *rows = record->members(&count);
	PyObject *list = PyList_New(0);

	for (size_t i = 0; list && i < count; i++) {
		PyObject *name = afield__capitals(rows[i].name);
		PyObject *pair =
			name ? Py_BuildValue("(NK)", name, 1ULL << (unsigned)rows[i].offset) : NULL;

		if (!pair || PyList_Append(list, pair))
			Py_CLEAR(list);
		Py_XDECREF(pair);
	}
	return list;
}

/* enum.IntFlag("Door", members, module=prefix), a new class. */
static inline PyObject *afield__flag_type_make(PyObject *name, const char *prefix,
					       const struct afield_record *record)
{
	PyObject *enums = PyImport_ImportModule("enum");
	PyObject *base = enums ? PyObject_GetAttrString(enums, "IntFlag") : NULL;
	PyObject *members = base ? afield__flag_members(record) : NULL;
	PyObject *arguments = members ? PyTuple_Pack(2, name, members) : NULL;
	PyObject *keywords = arguments ? Py_BuildValue("{ss}", "module", prefix) : NULL;
	PyObject *type = keywords ? PyObject_Call(base, arguments, keywords) : NULL;

	Py_XDECREF(keywords);
	Py_XDECREF(arguments);
	Py_XDECREF(members);
	Py_XDECREF(base);
	Py_XDECREF(enums);
	return type;
}

/* The class for these names, made or found in `module`, which may be NULL. A new reference. */
static inline PyObject *afield__flag_type(PyObject *module, const char *prefix,
					  const struct afield_record *record)
{
	PyObject *name = afield__camel_case(record->name);
	PyObject *type = name ? afield__record_type_found(module, name, record) : NULL;

	if (name && !type && !PyErr_Occurred()) {
		type = afield__flag_type_make(name, prefix, record);
		if (type && afield__record_type_publish(module, name, (PyTypeObject *)type, record))
			Py_CLEAR(type);
	}
	Py_XDECREF(name);
	return type;
}

/* Gives the attribute its class, if its bits have names: 0, or -1 with an exception. */
static inline int afield__flag_builder(struct afield__type_state *state,
				       struct afield__attribute *attribute, PyObject *module,
				       const char *prefix)
{
	size_t count;

	(void)afield__flags_of(&attribute->type->value_type, &count);
	if (count == 0)
		return 0;
	attribute->flag_type = afield__keep(
		state, afield__flag_type(module, prefix, attribute->type->value_type.record));
	return attribute->flag_type ? 0 : -1;
}

/* The flags for the integer at *in; a new reference, or NULL with an exception. */
static inline PyObject *afield__flag_to(const struct afield__attribute *attribute, const void *in)
{
	PyObject *number = afield__scalar_to(attribute->type->value_type.type_code, in);
	PyObject *flags = number ? PyObject_CallOneArg(attribute->flag_type, number) : NULL;

	Py_XDECREF(number);
	return flags;
}

/* The integer that has just been converted has named bits alone: 0, or -1 with ValueError. */
static inline int afield__flag_check(const struct afield__attribute *attribute, const void *in)
{
	const struct afield_value_type *value_type = &attribute->type->value_type;
	size_t count;
	const struct afield_member *rows = afield__flags_of(value_type, &count);
	uint64_t unknown = 0;
	char text[24];

	memcpy(&unknown, in, sizeof(unknown));
	for (size_t i = 0; i < count; i++)
		unknown &= ~(UINT64_C(1) << rows[i].offset);
	if (!unknown)
		return 0;
	/* PyErr_Format knows %llx only since 3.12. */
	(void)snprintf(text, sizeof(text), "%llx", (unsigned long long)unknown);
	PyErr_Format(PyExc_ValueError, "%s: the bits 0x%s have no name", attribute->name, text);
	return -1;
}

#ifdef __cplusplus
}
#endif

#endif
