/*
 * python/flag: an integer whose bits have names, as a member of an enum.IntFlag.
 *
 * A field that holds an integer of 64 bits and says by a record what they are called (shape.h) gets
 * an IntFlag, made by Python's own enum module when the type is made: the record's name in
 * CamelCase, the bits' names in capitals. It is put into the module like the type of a record.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: values outside fields only. Making a flag calls Python code, so it comes after
 * the load, and conversion before the store.
 */
#ifndef AFIELD_PYTHON_FLAG_H
#define AFIELD_PYTHON_FLAG_H

#include "block.h"
#include "shape.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The named bits of an integer, and how many; NULL and 0 when there are none. */
static inline const struct afield_member *afield__flags_of(const struct afield_holds *holds,
							   size_t *count)
{
	*count = 0;
	if (!afield__is_integer(holds->shape) || holds->size != 8 || !holds->record ||
	    !holds->record->members)
		return NULL;
	return holds->record->members(count);
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
	size_t count = 0;
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
static inline int afield__flag_plan(struct afield__block *block,
				    struct afield__attribute *attribute, PyObject *module,
				    const char *prefix)
{
	size_t count = 0;

	(void)afield__flags_of(&attribute->type->holds, &count);
	if (count == 0)
		return 0;
	attribute->flag_type = afield__keep(
		block, afield__flag_type(module, prefix, attribute->type->holds.record));
	return attribute->flag_type ? 0 : -1;
}

/* The flags for the integer at *in; a new reference, or NULL with an exception. */
static inline PyObject *afield__flag_to(const struct afield__attribute *attribute, const void *in)
{
	PyObject *number = afield__scalar_to(attribute->type->holds.shape, in);
	PyObject *flags = number ? PyObject_CallOneArg(attribute->flag_type, number) : NULL;

	Py_XDECREF(number);
	return flags;
}

/* The integer that has just been converted has named bits alone: 0, or -1 with ValueError. */
static inline int afield__flag_check(const struct afield__attribute *attribute, const void *in)
{
	const struct afield_holds *holds = &attribute->type->holds;
	size_t count = 0;
	const struct afield_member *rows = afield__flags_of(holds, &count);
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
