/* SPDX-License-Identifier: MIT */
/*
 * python/convert/record: a record as a named struct sequence, and back.
 *
 * AFIELD_RECORD(limits, ...) becomes the type Limits of the module: a tuple whose items also have
 * names. A field that holds the record gives one of these and takes one, any other tuple of the
 * right length, or a mapping that has exactly the members' names. The type is put into the module
 * under its name, where pickle and copy look for it, and classes of one module share it.
 *
 * When to use it: inside the Python layer. When not: a record that no Python attribute shows.
 *
 * Synchronization: as python/value.h: values outside fields only, thread attached.
 */
#ifndef AFIELD_PYTHON_CONVERT_RECORD_H
#define AFIELD_PYTHON_CONVERT_RECORD_H

#include <afield/python/convert/value.h>

#include <afield/detail/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The rows of a described struct, or NULL and a count of 0. */
static inline const struct afield_member *
afield__members(const struct afield_value_type *value_type, size_t *count)
{
	return afield__rows(value_type, value_type->type_code == AFIELD_STRUCT, count);
}

/* "file_size" as "FileSize", a new str. */
static inline PyObject *afield__camel_case(const char *name)
{
	char *text = (char *)PyMem_Malloc(strlen(name));
	size_t length = 0;
	bool starts = true;
	PyObject *camel;

	if (!text)
		return PyErr_NoMemory();
	for (; *name; name++) {
		if (*name == '_') {
			starts = true;
			continue;
		}
		text[length++] =
			starts && *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
		starts = false;
	}
	camel = PyUnicode_FromStringAndSize(text, (Py_ssize_t)length);
	PyMem_Free(text);
	return camel;
}

/* Whether two records describe one struct: a record has one table in each translation unit. */
static inline bool afield__same_record(const struct afield_record *one,
				       const struct afield_record *other)
{
	size_t count, other_count;
	const struct afield_member *rows = one->members(&count);
	const struct afield_member *other_rows = other->members(&other_count);

	if (count != other_count || one->size != other->size)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name, other_rows[i].name) != 0 ||
		    rows[i].type_code != other_rows[i].type_code ||
		    rows[i].offset != other_rows[i].offset)
			return false;
	return true;
}

#define AFIELD__RECORD_CAPSULE "afield.record"

/* The record that a type was made for, or NULL. It stands where type_state.h has a type's block. */
static inline const struct afield_record *afield__record_of_type(PyObject *type)
{
	PyObject *mark = PyType_Check(type) ? ((PyTypeObject *)type)->tp_cache : NULL;

	return PyCapsule_IsValid(mark, AFIELD__RECORD_CAPSULE)
		       ? (const struct afield_record *)PyCapsule_GetPointer(mark,
									    AFIELD__RECORD_CAPSULE)
		       : NULL;
}

/*
 * The type of this name that the module already has for the same record: new, or NULL, with an
 * exception if it cannot be said or if the name is something else's.
 */
static inline PyObject *afield__record_type_found(PyObject *module, PyObject *name,
						  const struct afield_record *record)
{
	const struct afield_record *theirs;
	PyObject *found;

	if (!module)
		return NULL;
	found = PyObject_GetAttr(module, name);
	if (!found) {
		if (PyErr_ExceptionMatches(PyExc_AttributeError))
			PyErr_Clear();
		return NULL;
	}
	theirs = afield__record_of_type(found);
	if (theirs && afield__same_record(record, theirs))
		return found;
	Py_DECREF(found);
	PyErr_Format(PyExc_SystemError,
		     "the module has another '%U' than the type of the record '%s'", name,
		     record->name);
	return NULL;
}

static inline PyTypeObject *afield__record_type_make(const char *name,
						     const struct afield_record *record)
{
	size_t count;
	const struct afield_member *rows = record->members(&count);
	PyStructSequence_Field *fields =
		(PyStructSequence_Field *)PyMem_Calloc(count + 1, sizeof(*fields));
	PyStructSequence_Desc description = {name, NULL, fields, (int)count};
	PyTypeObject *type;

	if (!fields) {
		PyErr_NoMemory();
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		fields[i].name = rows[i].name;
		fields[i].doc = rows[i].doc;
	}
	type = (PyTypeObject *)afield__or_no_memory(
		(PyObject *)PyStructSequence_NewType(&description));
	PyMem_Free(fields);
	if (type) /* what is patched into it would show in every object of every class */
		type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
	return type;
}

/* Marks the type as the record's and puts it into the module. */
static inline int afield__record_type_publish(PyObject *module, PyObject *name, PyTypeObject *type,
					      const struct afield_record *record)
{
	type->tp_cache = PyCapsule_New((void *)(uintptr_t)record, AFIELD__RECORD_CAPSULE, NULL);
	if (!type->tp_cache)
		return -1;
	return module ? PyObject_SetAttr(module, name, (PyObject *)type) : 0;
}

/*
 * The struct sequence type of a record, made or found in `module`, which may be NULL. `prefix` is
 * the module's name.
 *   Returns a new reference, or NULL with an exception.
 */
static inline PyTypeObject *afield__record_type(PyObject *module, const char *prefix,
						const struct afield_record *record)
{
	PyObject *name = afield__camel_case(record->name);
	PyObject *full = NULL;
	PyObject *type = NULL;

	if (!name)
		return NULL;
	type = afield__record_type_found(module, name, record);
	if (!type && !PyErr_Occurred()) {
		full = PyUnicode_FromFormat("%s.%U", prefix, name);
		if (full && PyUnicode_AsUTF8(full))
			type = (PyObject *)afield__record_type_make(PyUnicode_AsUTF8(full), record);
		if (type && afield__record_type_publish(module, name, (PyTypeObject *)type, record))
			Py_CLEAR(type);
	}
	Py_XDECREF(full);
	Py_DECREF(name);
	return (PyTypeObject *)type;
}

/* A struct at *in as a struct sequence; a new reference, or NULL with MemoryError. */
static inline PyObject *afield__record_to(const struct afield_value_type *value_type,
					  PyTypeObject *type, const void *in)
{
	size_t count;
	const struct afield_member *rows = afield__members(value_type, &count);
	PyObject *sequence = PyStructSequence_New(type);

	for (size_t i = 0; sequence && i < count; i++) {
		PyObject *item =
			afield__scalar_to(rows[i].type_code, (const char *)in + rows[i].offset);
		if (!item)
			Py_CLEAR(sequence);
		else
			PyStructSequence_SetItem(sequence, (Py_ssize_t)i, item);
	}
	return sequence;
}

static inline int afield__record_from_tuple(const struct afield_member *rows, size_t count,
					    PyObject *value, char *out, struct afield__place *place)
{
	if ((size_t)PyTuple_GET_SIZE(value) != count) {
		PyErr_Format(PyExc_TypeError, "%s: needs %zu items, not %zd", place->name, count,
			     PyTuple_GET_SIZE(value));
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		place->member = rows[i].name;
		if (afield__scalar_from(rows[i].type_code, PyTuple_GET_ITEM(value, (Py_ssize_t)i),
					out + rows[i].offset, place))
			return -1;
	}
	return 0;
}

/* Names a key of the mapping that is no member. */
static inline int afield__unknown_member(const struct afield_member *rows, size_t count,
					 PyObject *mapping, const char *field)
{
	PyObject *key = NULL;
	PyObject *value = NULL;
	Py_ssize_t position = 0;

	while (PyDict_Next(mapping, &position, &key, &value)) {
		bool is_known = false;
		for (size_t i = 0; i < count && PyUnicode_Check(key); i++)
			is_known |= PyUnicode_CompareWithASCIIString(key, rows[i].name) == 0;
		if (!is_known)
			break;
	}
	PyErr_Format(PyExc_TypeError, "%s: has no member %R", field, key ? key : Py_None);
	return -1;
}

/* The value of a key: 1 and a new reference, 0, or -1 with an exception. */
static inline int afield__dict_item(PyObject *dict, PyObject *key, PyObject **value)
{
#if PY_VERSION_HEX >= 0x030D0000
	return PyDict_GetItemRef(dict, key, value);
#else
	*value = PyDict_GetItemWithError(dict, key);
	Py_XINCREF(*value);
	return *value ? 1 : PyErr_Occurred() ? -1 : 0;
#endif
}

/* `mapping` is a dict that nobody else has, so conversions cannot change it. */
static inline int afield__record_from_dict(const struct afield_member *rows, size_t count,
					   PyObject *mapping, char *out,
					   struct afield__place *place)
{
	for (size_t i = 0; i < count; i++) {
		PyObject *key = PyUnicode_InternFromString(rows[i].name);
		PyObject *item = NULL;
		int found = key ? afield__dict_item(mapping, key, &item) : -1;

		Py_XDECREF(key);
		if (found == 0)
			PyErr_Format(PyExc_TypeError, "%s: the member '%s' is missing", place->name,
				     rows[i].name);
		if (found <= 0)
			return -1;
		place->member = rows[i].name;
		found = afield__scalar_from(rows[i].type_code, item, out + rows[i].offset, place);
		Py_DECREF(item);
		if (found)
			return -1;
	}
	if ((size_t)PyDict_GET_SIZE(mapping) != count)
		return afield__unknown_member(rows, count, mapping, place->name);
	return 0;
}

/*
 * Converts a tuple or a mapping to the struct at *out.
 *   Returns 0, or -1 with an exception; *out is then of no use.
 */
static inline int afield__record_from(const struct afield_value_type *value_type, PyObject *value,
				      void *out, const char *field)
{
	struct afield__place place = { field, NULL };
	size_t count;
	const struct afield_member *rows = afield__members(value_type, &count);
	PyObject *mapping;
	int failed;

	/* Bytes between the members take part in a comparison of bytes. */
	memset(out, 0, value_type->size);
	if (PyTuple_Check(value))
		return afield__record_from_tuple(rows, count, value, (char *)out, &place);
	if (!PyDict_Check(value) && !PyObject_HasAttrString(value, "keys"))
		return afield__type_error(&place, "a tuple or a mapping", value);
	mapping = PyDict_New();
	if (!mapping)
		return -1;
	failed = PyDict_Update(mapping, value) ||
		 afield__record_from_dict(rows, count, mapping, (char *)out, &place);
	Py_DECREF(mapping);
	return failed ? -1 : 0;
}

#ifdef __cplusplus
}
#endif

#endif
