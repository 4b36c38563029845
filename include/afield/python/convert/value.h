/* SPDX-License-Identifier: MIT */
/*
 * python/convert/value: one scalar from C to Python and back.
 *
 * int, float and bool stand for the scalar type codes of field.h. What is accepted is what
 * CPython's own member descriptors accept: integers take an int or an object with __index__, floats
 * also one with __float__, bool takes True and False alone. A number outside the range is an
 * OverflowError, another type a TypeError, and the message names the field.
 *
 * When to use it: inside the Python layer. When not: an author's own methods have PyLong_As...
 *
 * Synchronization: the functions see values outside fields only. Conversion from Python may run
 * Python code, so it always comes before the atomic part, and the thread is attached.
 */
#ifndef AFIELD_PYTHON_CONVERT_VALUE_H
#define AFIELD_PYTHON_CONVERT_VALUE_H

#include <afield/python/cpython.h>

#include <math.h>
#include <string.h>

#include <afield/field.h>
#include <afield/detail/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The rows of a value's record, where it has one and it is of this sort; or NULL and 0. */
static inline const struct afield_member *afield__rows(const struct afield_value_type *value_type,
						       bool is_of_this_sort, size_t *count)
{
	*count = 0;
	if (!is_of_this_sort || !value_type->record || !value_type->record->members)
		return NULL;
	return value_type->record->members(count);
}

/* Room for a value: on the stack for all but large records. */
struct afield__scratch {
	uint64_t small[32];
	void *large;
};

static inline void *afield__scratch_open(struct afield__scratch *scratch, size_t size)
{
	scratch->large = NULL;
	if (size <= sizeof(scratch->small))
		return scratch->small;
	scratch->large = PyMem_Malloc(size);
	if (!scratch->large)
		PyErr_NoMemory();
	return scratch->large;
}

static inline void afield__scratch_close(struct afield__scratch *scratch)
{
	PyMem_Free(scratch->large);
}

/* Where a value goes, for messages: a field, and a member of it or NULL. */
struct afield__place {
	const char *name;
	const char *member;
};

#define AFIELD__DOT(place) \
	(place)->name, (place)->member ? "." : "", (place)->member ? (place)->member : ""

static inline int afield__type_error(const struct afield__place *place, const char *wanted,
				     PyObject *value)
{
	PyErr_Format(PyExc_TypeError, "%s%s%s: needs %s, not %.200s", AFIELD__DOT(place), wanted,
		     Py_TYPE(value)->tp_name);
	return -1;
}

/* CPython 3.12 and 3.13 do not say so when they have no memory for the name of a type. */
static inline PyObject *afield__or_no_memory(PyObject *object)
{
	return object || PyErr_Occurred() ? object : PyErr_NoMemory();
}

static inline bool afield__is_integer(enum afield_type_code type_code)
{
	return type_code >= AFIELD_I8 && type_code <= AFIELD_U64;
}

static inline bool afield__is_scalar(enum afield_type_code type_code)
{
	return type_code >= AFIELD_BOOL && type_code <= AFIELD_F64;
}

/* The range of an integer type code. The low end is its bits; for unsigned type codes it is 0. */
static inline void afield__integer_range(enum afield_type_code type_code, int64_t *low,
					 uint64_t *high)
{
	unsigned bits = 8 * (unsigned)afield_scalar_size(type_code);

	if (type_code >= AFIELD_U8) {
		*low = 0;
		*high = UINT64_MAX >> (64 - bits);
	} else {
		*high = (uint64_t)(INT64_MAX >> (64 - bits));
		*low = -(int64_t)*high - 1;
	}
}

static inline int afield__range_error(const struct afield__place *place,
				      enum afield_type_code type_code)
{
	int64_t low;
	uint64_t high;

	if (type_code == AFIELD_F32) {
		PyErr_Format(PyExc_OverflowError, "%s%s%s: the number does not fit a 32-bit float",
			     AFIELD__DOT(place));
		return -1;
	}
	afield__integer_range(type_code, &low, &high);
	PyErr_Format(PyExc_OverflowError, "%s%s%s: the number is not within %lld and %llu",
		     AFIELD__DOT(place), (long long)low, (unsigned long long)high);
	return -1;
}

/* The int that `value` is or that its __index__ gives, as 64 bits. Signedness is the type
 * code's. */
static inline int afield__integer_from(enum afield_type_code type_code, PyObject *value,
				       uint64_t *number, const struct afield__place *place)
{
	int64_t low;
	uint64_t high;
	int overflow;
	PyObject *index;
	long long narrow;

	if (!PyIndex_Check(value))
		return afield__type_error(place, "an int", value);
	index = PyNumber_Index(value);
	if (!index)
		return -1;
	afield__integer_range(type_code, &low, &high);
	narrow = PyLong_AsLongLongAndOverflow(index, &overflow);
	*number = (uint64_t)narrow;
	if (overflow > 0 && type_code == AFIELD_U64) {
		*number = PyLong_AsUnsignedLongLong(index);
		overflow = PyErr_Occurred() != NULL; /* which the range's own takes the place of */
	} else if (!overflow) {
		overflow = narrow < low || (narrow > 0 && *number > high);
	}
	Py_DECREF(index);
	return overflow ? afield__range_error(place, type_code) : 0;
}

static inline int afield__float_from(enum afield_type_code type_code, PyObject *value,
				     double *number, const struct afield__place *place)
{
	PyNumberMethods *methods = Py_TYPE(value)->tp_as_number;

	if (!PyFloat_Check(value) && !(methods && methods->nb_float) && !PyIndex_Check(value))
		return afield__type_error(place, "a float", value);
	*number = PyFloat_AsDouble(value);
	if (*number == -1 && PyErr_Occurred())
		return -1;
	if (type_code == AFIELD_F32 && isinf((float)*number) && !isinf(*number))
		return afield__range_error(place, type_code);
	return 0;
}

/*
 * Converts `value` to a scalar of this type code at *out, which needs no alignment.
 *   Concurrent with it: anything that does not touch *out. Progress: that of the Python code it may
 *   run.
 *   Ordering: none.
 *   Returns 0, or -1 with an exception; *out is then unchanged.
 */
static inline int afield__scalar_from(enum afield_type_code type_code, PyObject *value, void *out,
				      const struct afield__place *place)
{
	bool is_true = value == Py_True;
	uint64_t integer = 0;
	double real = 0;
	float narrow;

	if (type_code == AFIELD_BOOL) {
		if (!PyBool_Check(value))
			return afield__type_error(place, "True or False", value);
		memcpy(out, &is_true, sizeof(is_true));
		return 0;
	}
	if (afield__is_integer(type_code)) {
		if (afield__integer_from(type_code, value, &integer, place))
			return -1;
			/* A number in range has its low bytes in the type code's own form. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		integer <<= 64 - 8 * afield_scalar_size(type_code);
#endif
		memcpy(out, &integer, afield_scalar_size(type_code));
		return 0;
	}
	if (afield__float_from(type_code, value, &real, place))
		return -1;
	narrow = (float)real;
	if (type_code == AFIELD_F32)
		memcpy(out, &narrow, sizeof(narrow));
	else
		memcpy(out, &real, sizeof(real));
	return 0;
}

#define AFIELD__SCALAR_TO(T, make)              \
	do {                                    \
		T number;                       \
		memcpy(&number, in, sizeof(T)); \
		return make(number);            \
	} while (0)

/* The Python value of the scalar at *in; a new reference, or NULL with MemoryError. */
static inline PyObject *afield__scalar_to(enum afield_type_code type_code, const void *in)
{
	switch (type_code) {
	case AFIELD_BOOL:
		AFIELD__SCALAR_TO(bool, PyBool_FromLong);
	case AFIELD_I8:
		AFIELD__SCALAR_TO(int8_t, PyLong_FromLong);
	case AFIELD_I16:
		AFIELD__SCALAR_TO(int16_t, PyLong_FromLong);
	case AFIELD_I32:
		AFIELD__SCALAR_TO(int32_t, PyLong_FromLong);
	case AFIELD_I64:
		AFIELD__SCALAR_TO(int64_t, PyLong_FromLongLong);
	case AFIELD_U8:
		AFIELD__SCALAR_TO(uint8_t, PyLong_FromLong);
	case AFIELD_U16:
		AFIELD__SCALAR_TO(uint16_t, PyLong_FromLong);
	case AFIELD_U32:
		AFIELD__SCALAR_TO(uint32_t, PyLong_FromUnsignedLong);
	case AFIELD_U64:
		AFIELD__SCALAR_TO(uint64_t, PyLong_FromUnsignedLongLong);
	case AFIELD_F32:
		AFIELD__SCALAR_TO(float, PyFloat_FromDouble);
	case AFIELD_F64:
		AFIELD__SCALAR_TO(double, PyFloat_FromDouble);
	default:
		Py_RETURN_NONE;
	}
}

#ifdef __cplusplus
}
#endif

#endif
