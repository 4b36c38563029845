/* SPDX-License-Identifier: MIT */
/*
 * python/object/scalar_attribute: attributes of fields that are their value.
 *
 * Where the table says that the field's bytes are its value (AFIELD_IS_ITS_VALUE), a getter or a
 * setter is one inlined atomic access: the descriptor's closure is the field's offset itself, and
 * each type code has a getter and a setter of its own.
 *
 * When to use it: inside the Python layer.
 *
 * Synchronization: as in attribute.h.
 */
#ifndef AFIELD_PYTHON_OBJECT_SCALAR_ATTRIBUTE_H
#define AFIELD_PYTHON_OBJECT_SCALAR_ATTRIBUTE_H

#include <afield/python/object/attribute.h>

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The field as an unsigned integer of its size: an AFIELD_ATOMIC that may be of another type. */
#define AFIELD__WORD_OF(bits)                 \
	typedef struct {                      \
		uint##bits##_t afield__value; \
	} __attribute__((may_alias)) afield__word##bits
AFIELD__WORD_OF(8);
AFIELD__WORD_OF(16);
AFIELD__WORD_OF(32);
AFIELD__WORD_OF(64);

#define AFIELD__WORD(bits) ((afield__word##bits *)afield__field(self, (size_t)(uintptr_t)closure))

/* Whether the object is an int of one digit, and which. */
static inline bool afield__is_small(PyObject *value, int64_t *number)
{
#if PY_VERSION_HEX >= 0x030C0000
	if (!PyUnstable_Long_IsCompact((PyLongObject *)value))
		return false;
	*number = PyUnstable_Long_CompactValue((PyLongObject *)value);
#else
	Py_ssize_t size = Py_SIZE(value);

	if (size < -1 || size > 1)
		return false;
	*number = size * (int64_t)((PyLongObject *)value)->ob_digit[0];
#endif
	return true;
}

/* The long way to a scalar at *out: any object, with the messages that name the field. */
static inline int afield__scalar_attribute_from(PyObject *self, PyObject *value, void *closure,
						void *out)
{
	const struct afield__attribute *attribute = afield__type_state_of(self)->attributes;
	struct afield__place place = {NULL, NULL};

	while (attribute->offset != (size_t)(uintptr_t)closure)
		attribute++;
	if (!value)
		return afield__cannot_delete(attribute->name);
	place.name = attribute->name;
	return afield__scalar_from(attribute->type->value_type.type_code, value, out, &place);
}

/*
 * The store is an exchange: both are seq_cst, and on x86-64 they are the same instruction. With
 * release instead, a setter could return before another thread sees the value.
 */
#define AFIELD__DIRECT_INTEGER(name, T, bits, low, high, make)                               \
	static inline PyObject *afield__get_##name(PyObject *self, void *closure)            \
	{                                                                                    \
		return make((T)AFIELD_LOAD(AFIELD__WORD(bits), seq_cst));                    \
	}                                                                                    \
	static inline PyObject *afield__read_##name(PyObject *self, void *closure)           \
	{                                                                                    \
		return make((T)AFIELD_LOAD(AFIELD__WORD(bits), relaxed));                    \
	}                                                                                    \
	static inline int afield__set_##name(PyObject *self, PyObject *value, void *closure) \
	{                                                                                    \
		int64_t number = 0;                                                          \
		T converted;                                                                 \
		if (value && PyLong_Check(value) && afield__is_small(value, &number) &&      \
		    number >= (low) && number <= (high))                                     \
			converted = (T)number;                                               \
		else if (afield__scalar_attribute_from(self, value, closure, &converted))    \
			return -1;                                                           \
		AFIELD_EXCHANGE(AFIELD__WORD(bits), (uint##bits##_t)converted, seq_cst);     \
		return 0;                                                                    \
	}                                                                                    \
	AFIELD__SEMICOLON

AFIELD__DIRECT_INTEGER(i8, int8_t, 8, INT8_MIN, INT8_MAX, PyLong_FromLong);
AFIELD__DIRECT_INTEGER(i16, int16_t, 16, INT16_MIN, INT16_MAX, PyLong_FromLong);
AFIELD__DIRECT_INTEGER(i32, int32_t, 32, INT32_MIN, INT32_MAX, PyLong_FromLong);
AFIELD__DIRECT_INTEGER(i64, int64_t, 64, INT64_MIN, INT64_MAX, PyLong_FromLongLong);
AFIELD__DIRECT_INTEGER(u8, uint8_t, 8, 0, UINT8_MAX, PyLong_FromLong);
AFIELD__DIRECT_INTEGER(u16, uint16_t, 16, 0, UINT16_MAX, PyLong_FromLong);
AFIELD__DIRECT_INTEGER(u32, uint32_t, 32, 0, UINT32_MAX, PyLong_FromUnsignedLong);
AFIELD__DIRECT_INTEGER(u64, uint64_t, 64, 0, INT64_MAX, PyLong_FromUnsignedLongLong);

/* The bits of a float, the short way when nothing can be wrong. */
static inline int afield__f32_from(PyObject *self, PyObject *value, void *closure, uint32_t *bits)
{
	return afield__scalar_attribute_from(self, value, closure, bits);
}

static inline int afield__f64_from(PyObject *self, PyObject *value, void *closure, uint64_t *bits)
{
	double number;

	if (!value || !PyFloat_CheckExact(value))
		return afield__scalar_attribute_from(self, value, closure, bits);
	number = PyFloat_AS_DOUBLE(value);
	memcpy(bits, &number, sizeof(number));
	return 0;
}

#define AFIELD__DIRECT_FLOAT_GET(name, T, bits, order)                        \
	static inline PyObject *afield__##name(PyObject *self, void *closure) \
	{                                                                     \
		uint##bits##_t word = AFIELD_LOAD(AFIELD__WORD(bits), order); \
		T number;                                                     \
		memcpy(&number, &word, sizeof(number));                       \
		return PyFloat_FromDouble(number);                            \
	}                                                                     \
	AFIELD__SEMICOLON
#define AFIELD__DIRECT_FLOAT(name, T, bits)                                                  \
	AFIELD__DIRECT_FLOAT_GET(get_##name, T, bits, seq_cst);                              \
	AFIELD__DIRECT_FLOAT_GET(read_##name, T, bits, relaxed);                             \
	static inline int afield__set_##name(PyObject *self, PyObject *value, void *closure) \
	{                                                                                    \
		uint##bits##_t word = 0;                                                     \
		if (afield__##name##_from(self, value, closure, &word))                      \
			return -1;                                                           \
		AFIELD_EXCHANGE(AFIELD__WORD(bits), word, seq_cst);                          \
		return 0;                                                                    \
	}                                                                                    \
	AFIELD__SEMICOLON

AFIELD__DIRECT_FLOAT(f32, float, 32);
AFIELD__DIRECT_FLOAT(f64, double, 64);

static inline PyObject *afield__get_bool(PyObject *self, void *closure)
{
	return PyBool_FromLong(AFIELD_LOAD(AFIELD__WORD(8), seq_cst) != 0);
}

static inline PyObject *afield__read_bool(PyObject *self, void *closure)
{
	return PyBool_FromLong(AFIELD_LOAD(AFIELD__WORD(8), relaxed) != 0);
}

static inline int afield__set_bool(PyObject *self, PyObject *value, void *closure)
{
	bool converted = value == Py_True;

	if (!converted && value != Py_False &&
	    afield__scalar_attribute_from(self, value, closure, &converted))
		return -1;
	AFIELD_EXCHANGE(AFIELD__WORD(8), (uint8_t)converted, seq_cst);
	return 0;
}

/*
 * The getter and setter of a scalar type code, or false. `read` is for what never changes once the
 * object is published: a plain load. What publishes the object orders it: to meet the object at
 * all, a thread has loaded a reference to it that was stored after the constructor's last store.
 */
static inline bool afield__scalar_attribute(const struct afield_type *type, bool is_frozen,
					    getter *get, setter *set)
{
#define AFIELD__DIRECT_ROW(name)                                            \
	{                                                                   \
		afield__get_##name, afield__read_##name, afield__set_##name \
	}
	static const struct {
		getter get;
		getter read;
		setter set;
	} direct[] = {
		AFIELD__DIRECT_ROW(bool), AFIELD__DIRECT_ROW(i8),  AFIELD__DIRECT_ROW(i16),
		AFIELD__DIRECT_ROW(i32),  AFIELD__DIRECT_ROW(i64), AFIELD__DIRECT_ROW(u8),
		AFIELD__DIRECT_ROW(u16),  AFIELD__DIRECT_ROW(u32), AFIELD__DIRECT_ROW(u64),
		AFIELD__DIRECT_ROW(f32),  AFIELD__DIRECT_ROW(f64),
	};
#undef AFIELD__DIRECT_ROW
	size_t row = (size_t)(type->value_type.type_code - AFIELD_BOOL);

	if (!(type->traits & AFIELD_IS_ITS_VALUE) || !afield__is_scalar(type->value_type.type_code))
		return false;
	*get = is_frozen ? direct[row].read : direct[row].get;
	*set = direct[row].set;
	return true;
}

#ifdef __cplusplus
}
#endif

#endif
