/*
 * python/attribute: a field read and written as an attribute.
 *
 * A getter loads the field and makes a Python value; a setter makes a C value, which may run Python
 * code, and then stores it. Both know the field by its table alone. Where the table says that the
 * field's bytes are its value (AFIELD_IS_ITS_VALUE), they are one inlined atomic access: the
 * descriptor carries the offset itself, and each shape has a getter and a setter of its own.
 *
 * When to use it: inside the Python layer. When not: two attributes never change together; a record
 * in one field does.
 *
 * Synchronization: any number of getters and setters may run on one object, beside every operation
 * of its fields from C. CPython's word for it is "atomic". A += on an attribute is a read and a
 * write, and another thread may come between; the verbs are for that.
 */
#ifndef AFIELD_PYTHON_ATTRIBUTE_H
#define AFIELD_PYTHON_ATTRIBUTE_H

#include "raise.h"

#include "../ordering.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

static inline bool afield__holds_object(const struct afield__attribute *attribute)
{
	return attribute->type->holds.shape == AFIELD_OBJECT;
}

/*
 * A C value of this shape as a Python value, and back. An object is itself: going out, the
 * reference changes hands, and NULL is None; coming in, it is borrowed.
 */
static inline PyObject *afield__shape_to(enum afield_shape shape, const void *in)
{
	PyObject *object;

	if (shape != AFIELD_OBJECT)
		return afield__scalar_to(shape, in);
	memcpy(&object, in, sizeof(object));
	return object ? object : Py_NewRef(Py_None);
}

static inline int afield__shape_from(enum afield_shape shape, PyObject *value, void *out,
				     const struct afield__place *place)
{
	if (shape != AFIELD_OBJECT)
		return afield__scalar_from(shape, value, out, place);
	memcpy(out, &value, sizeof(value));
	return 0;
}

/* The same for what a field holds. */
static inline PyObject *afield__value_to(const struct afield__attribute *attribute, const void *in)
{
	const struct afield_holds *holds = &attribute->type->holds;

	return attribute->record_type ? afield__record_to(holds, attribute->record_type, in)
				      : afield__shape_to(holds->shape, in);
}

static inline int afield__value_from(const struct afield__attribute *attribute, PyObject *value,
				     void *out)
{
	struct afield__place place = {attribute->name, NULL};
	const struct afield_holds *holds = &attribute->type->holds;

	return attribute->record_type ? afield__record_from(holds, value, out, attribute->name)
				      : afield__shape_from(holds->shape, value, out, &place);
}

/* The attribute's value: None when the field is empty, AttributeError when it is an object's. */
static inline PyObject *afield__attribute_load(const struct afield__attribute *attribute,
					       PyObject *self)
{
	const struct afield_type *type = attribute->type;
	struct afield__room room;
	void *value = afield__room_open(&room, type->holds.size);
	PyObject *result = NULL;
	int error;

	if (!value)
		return NULL;
	error = type->load(type, afield__field(self, attribute->offset), value);
	if (error == -ENODATA && !afield__holds_object(attribute))
		result = Py_NewRef(Py_None);
	else if (error)
		afield__raise(error, attribute, "load");
	else
		result = afield__value_to(attribute, value);
	afield__room_close(&room);
	return result;
}

static inline int afield__attribute_store(const struct afield__attribute *attribute, PyObject *self,
					  const void *value)
{
	const struct afield_type *type = attribute->type;
	int error = type->store(type, afield__field(self, attribute->offset), value);

	if (error)
		afield__raise(error, attribute, "store");
	return error ? -1 : 0;
}

static inline PyObject *afield__get(PyObject *self, void *closure)
{
	return afield__attribute_load((const struct afield__attribute *)closure, self);
}

static inline int afield__set(PyObject *self, PyObject *value, void *closure)
{
	const struct afield__attribute *attribute = (const struct afield__attribute *)closure;
	struct afield__room room;
	void *converted;
	int failed;

	if (!value && !afield__holds_object(attribute))
		return afield__cannot_delete(attribute->name);
	converted = afield__room_open(&room, attribute->type->holds.size);
	if (!converted)
		return -1;
	failed = afield__value_from(attribute, value, converted) ||
		 afield__attribute_store(attribute, self, converted);
	afield__room_close(&room);
	return failed ? -1 : 0;
}

/* The same for a field of objects, which needs no conversion. */
static inline PyObject *afield__get_object(PyObject *self, void *closure)
{
	const struct afield__attribute *attribute = (const struct afield__attribute *)closure;
	const struct afield_type *type = attribute->type;
	PyObject *value = NULL;
	int error = type->load(type, afield__field(self, attribute->offset), &value);

	if (error)
		afield__raise(error, attribute, "load");
	return value;
}

static inline int afield__set_object(PyObject *self, PyObject *value, void *closure)
{
	return afield__attribute_store((const struct afield__attribute *)closure, self, &value);
}

/* The same for an unsendable class. */
static inline PyObject *afield__get_checked(PyObject *self, void *closure)
{
	return afield__check_thread(self) ? NULL : afield__get(self, closure);
}

static inline int afield__set_checked(PyObject *self, PyObject *value, void *closure)
{
	return afield__check_thread(self) ? -1 : afield__set(self, value, closure);
}

/*
 * From here on: fields that are their value. The closure is the field's offset, and the field an
 * unsigned integer of its size.
 */
typedef AFIELD_ATOMIC(uint8_t) __attribute__((may_alias)) afield__word8;
typedef AFIELD_ATOMIC(uint16_t) __attribute__((may_alias)) afield__word16;
typedef AFIELD_ATOMIC(uint32_t) __attribute__((may_alias)) afield__word32;
typedef AFIELD_ATOMIC(uint64_t) __attribute__((may_alias)) afield__word64;

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
static inline int afield__direct_from(PyObject *self, PyObject *value, void *closure, void *out)
{
	const struct afield__attribute *attribute = afield__block_of(self)->attributes;
	struct afield__place place = {NULL, NULL};

	while (attribute->offset != (size_t)(uintptr_t)closure)
		attribute++;
	if (!value)
		return afield__cannot_delete(attribute->name);
	place.field
	= attribute->name;
	return afield__scalar_from(attribute->type->holds.shape, value, out, &place);
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
		else if (afield__direct_from(self, value, closure, &converted))              \
			return -1;                                                           \
		AFIELD_EXCHANGE(AFIELD__WORD(bits), (uint##bits##_t)converted, seq_cst);     \
		return 0;                                                                    \
	}                                                                                    \
	AFIELD__ASSERT(1, "")

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
	return afield__direct_from(self, value, closure, bits);
}

static inline int afield__f64_from(PyObject *self, PyObject *value, void *closure, uint64_t *bits)
{
	double number;

	if (!value || !PyFloat_CheckExact(value))
		return afield__direct_from(self, value, closure, bits);
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
	AFIELD__ASSERT(1, "")
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
	AFIELD__ASSERT(1, "")

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
	    afield__direct_from(self, value, closure, &converted))
		return -1;
	AFIELD_EXCHANGE(AFIELD__WORD(8), (uint8_t)converted, seq_cst);
	return 0;
}

/*
 * The getter and setter of a scalar shape, or false. `read` is for what never changes once the
 * object is published: a plain load. What publishes the object orders it: to meet the object at all,
 * a thread has loaded a reference to it that was stored after the constructor's last store.
 */
static inline bool afield__direct(const struct afield_type *type, bool is_frozen, getter *get,
				  setter *set)
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
	size_t row = (size_t)(type->holds.shape - AFIELD_BOOL);

	if (!(type->traits & AFIELD_IS_ITS_VALUE) || !afield__is_scalar(type->holds.shape))
		return false;
	*get = is_frozen ? direct[row].read : direct[row].get;
	*set = direct[row].set;
	return true;
}

/*
 * Assignment on a type without subclasses and without __dict__. Such a type is all there is to
 * search, and it never changes: a name in it is found by its address, in one step. That saves the
 * time which the exchange costs more than a plain store.
 */
static inline int afield__setattr(PyObject *self, PyObject *name, PyObject *value)
{
	const struct afield__block *block = afield__block_of_type(Py_TYPE(self));
	size_t place = ((uintptr_t)name >> block->by_key_shift) & block->by_key_mask;
	const struct afield__attribute *attribute = block->by_key[place];

	if (attribute && attribute->key == name && value)
		return attribute->set(self, value, attribute->closure);
	return PyObject_GenericSetAttr(self, name, value);
}

/* Puts the settable attributes where their keys' addresses say; true when each has its own place.
 */
static inline bool afield__by_key_fill(struct afield__block *block, unsigned shift)
{
	bool is_perfect = true;

	memset(block->by_key, 0, (block->by_key_mask + 1) * sizeof(*block->by_key));
	block->by_key_shift = shift;
	for (size_t i = 0; i < block->attribute_count; i++) {
		struct afield__attribute *attribute = &block->attributes[i];
		size_t place = ((uintptr_t)attribute->key >> shift) & block->by_key_mask;

		if (!attribute->set)
			continue;
		is_perfect &= block->by_key[place] == NULL;
		block->by_key[place] = attribute;
	}
	return is_perfect;
}

/* Of two attributes in one place, the first is found in the ordinary way, and only that is slower.
 */
static inline void afield__by_key_make(struct afield__block *block)
{
	for (unsigned shift = 3; shift < 20; shift++)
		if (afield__by_key_fill(block, shift))
			return;
}

#ifdef __cplusplus
}
#endif

#endif
