/* SPDX-License-Identifier: MIT */
/*
 * python/convert/type_code: a value of any type but a record from C to Python and back.
 *
 * Scalars are value.h's. An object is itself; bytes and text of any length are bytes and str; how
 * long to wait is a number of seconds, or None.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: as in value.h: values outside fields only, the thread attached.
 */
#ifndef AFIELD_PYTHON_CONVERT_TYPE_CODE_H
#define AFIELD_PYTHON_CONVERT_TYPE_CODE_H

#include <afield/python/convert/value.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Going out, the reference to an object changes hands, and NULL is None. */
static inline PyObject *afield__type_code_to(enum afield_type_code type_code, const void *in)
{
	struct afield_bytes bytes;
	PyObject *object;

	if (type_code == AFIELD_OBJECT) {
		memcpy(&object, in, sizeof(object));
		return object ? object : Py_NewRef(Py_None);
	}
	if (type_code != AFIELD_BYTES && type_code != AFIELD_TEXT)
		return afield__scalar_to(type_code, in);
	memcpy(&bytes, in, sizeof(bytes));
	return type_code == AFIELD_TEXT ? PyUnicode_FromStringAndSize((const char *)bytes.data,
								      (Py_ssize_t)bytes.size)
					: PyBytes_FromStringAndSize((const char *)bytes.data,
								    (Py_ssize_t)bytes.size);
}

static inline int afield__bytes_from(enum afield_type_code type_code, PyObject *value, void *out,
				     const struct afield__place *place)
{
	struct afield_bytes bytes = {NULL, 0};
	Py_ssize_t size = 0;

	if (type_code == AFIELD_TEXT) {
		if (!PyUnicode_Check(value))
			return afield__type_error(place, "a str", value);
		bytes.data = PyUnicode_AsUTF8AndSize(value, &size);
	} else {
		if (!PyBytes_Check(value))
			return afield__type_error(place, "bytes", value);
		bytes.data = PyBytes_AS_STRING(value);
		size = PyBytes_GET_SIZE(value);
	}
	bytes.size = (size_t)size;
	memcpy(out, &bytes, sizeof(bytes));
	return bytes.data ? 0 : -1;
}

/* Coming in, an object is borrowed, and bytes lie in it. */
static inline int afield__type_code_from(enum afield_type_code type_code, PyObject *value,
					 void *out, const struct afield__place *place)
{
	if (type_code == AFIELD_BYTES || type_code == AFIELD_TEXT)
		return afield__bytes_from(type_code, value, out, place);
	if (type_code != AFIELD_OBJECT)
		return afield__scalar_from(type_code, value, out, place);
	memcpy(out, &value, sizeof(value));
	return 0;
}

/*
 * A time to wait: None is forever, as a negative number says in C. A negative one in
 * Python has passed, as it has for threading.Event; behind an AFIELD_BLOCK, as in queue.Queue, it is
 * wrong.
 */
static inline int afield__seconds_from(enum afield_parameter_use use, PyObject *value, void *out,
				       const struct afield__place *place)
{
	double seconds = -1;

	if (value != Py_None) {
		if (afield__float_from(AFIELD_F64, value, &seconds, place))
			return -1;
		if (seconds < 0 && use != AFIELD_TIMEOUT)
			seconds = 0;
		if (!(seconds >= 0)) {
			PyErr_Format(PyExc_ValueError,
				     "%s%s%s: needs a number of seconds that is not negative",
				     AFIELD__DOT(place));
			return -1;
		}
	}
	memcpy(out, &seconds, sizeof(seconds));
	return 0;
}

/* A place in a sequence. An int that is too large is no place in any. */
static inline int afield__index_from(PyObject *value, void *out, const struct afield__place *place)
{
	int64_t index;

	if (!PyIndex_Check(value))
		return afield__type_error(place, "an int", value);
	index = PyNumber_AsSsize_t(value, PyExc_IndexError);
	if (index == -1 && PyErr_Occurred())
		return -1;
	memcpy(out, &index, sizeof(index));
	return 0;
}

/* The bytes that a value of this type code takes in C; 0 for none. */
static inline size_t afield__type_code_size(enum afield_type_code type_code)
{
	switch (type_code) {
	case AFIELD_OBJECT:
		return sizeof(PyObject *);
	case AFIELD_BYTES:
	case AFIELD_TEXT:
		return sizeof(struct afield_bytes);
	case AFIELD_TAKEN:
		return sizeof(struct afield_taken);
	case AFIELD_SECONDS:
		return sizeof(double);
	case AFIELD_INDEX:
		return sizeof(int64_t);
	default:
		return afield__is_scalar(type_code) ? afield_scalar_size(type_code) : 0;
	}
}

/* Whether Python can show and make a value of this type code. */
static inline bool afield__is_python_code(enum afield_type_code type_code)
{
	return afield__is_scalar(type_code) || type_code == AFIELD_OBJECT ||
	       type_code == AFIELD_BYTES || type_code == AFIELD_TEXT || type_code == AFIELD_INDEX;
}

#ifdef __cplusplus
}
#endif

#endif
