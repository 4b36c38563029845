/*
 * shape: from a type to what a table says of it.
 *
 * AFIELD_HOLDS(T) is an initializer of a struct afield_holds. Integers, floating point numbers and
 * bool are known by themselves. `struct limits` carries its members when AFIELD_RECORD(limits, ...)
 * made it, in this order or the other, and is opaque when nothing did. `PyObject *` is an object of
 * the host. Every other type is opaque.
 *
 * When to use it: in the maker of a kind that holds a T, once AFIELD_HOLDS_DECLARE(T) at file scope
 * and then AFIELD_HOLDS(T) in the table. When not: users of fields never meet it.
 *
 * How C knows the record of a struct: `struct limits` begins with a token that can be pasted, so
 * the preprocessor can split off the tag and name `limits_record`. Where AFIELD_RECORD has not
 * written that table, the tentative definition `static const struct afield_record limits_record;`
 * makes an empty one; where it has, the two are one object. C++ has no tentative definitions, but
 * overloads: AFIELD_RECORD writes one of afield__record_of, and the best match wins.
 *
 * Everything here is evaluated by the compiler. Nothing runs.
 */
#ifndef AFIELD_SHAPE_H
#define AFIELD_SHAPE_H

#include "field.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A table of the members of a struct, written by AFIELD_RECORD. An empty table, all zero, says that
 * nobody has described the struct. `members` returns the first of *count rows.
 *
 * Beside an integer of 64 bits, a record names its bits: its rows are of shape AFIELD_BOOL, and
 * `offset` is the number of the bit, 0 for the lowest.
 */
struct afield_member {
	const char *name;
	enum afield_shape shape; /* a scalar: AFIELD_BOOL to AFIELD_F64 */
	size_t offset;           /* in bytes; of a bit, its number */
	const char *doc;         /* may be NULL */
};
struct afield_record {
	const char *name;
	size_t size;
	const struct afield_member *(*members)(size_t *count);
};

struct _object; /* what a PyObject is */

#ifdef __cplusplus
}
#endif

#ifndef __cplusplus

#define AFIELD_SHAPE(T) \
	_Generic((T *)0,                                                                           \
		_Bool *: AFIELD_BOOL,                                                              \
		signed char *: AFIELD_I8,                                                          \
		short *: AFIELD_I16,                                                               \
		int *: AFIELD_I32,                                                                 \
		long *: sizeof(long) == 8 ? AFIELD_I64 : AFIELD_I32,                               \
		long long *: AFIELD_I64,                                                           \
		unsigned char *: AFIELD_U8,                                                        \
		unsigned short *: AFIELD_U16,                                                      \
		unsigned *: AFIELD_U32,                                                            \
		unsigned long *: sizeof(long) == 8 ? AFIELD_U64 : AFIELD_U32,                      \
		unsigned long long *: AFIELD_U64,                                                  \
		float *: AFIELD_F32,                                                               \
		double *: AFIELD_F64,                                                              \
		struct _object **: AFIELD_OBJECT,                                                  \
		default: AFIELD_OPAQUE)

/* Behind `struct` come a 1 and the tag; behind anything else a 0 and nothing. */
#define AFIELD__TAG_struct ~, 1,
#define AFIELD_HOLDS_DECLARE(T) AFIELD__BY_TAG(DECLARE, T, AFIELD__TAG_##T, 0, , ~)
#define AFIELD_HOLDS(T) AFIELD__BY_TAG(TABLE, T, AFIELD__TAG_##T, 0, , ~)
#define AFIELD__BY_TAG(use, T, ...) AFIELD__BY_TAG_(use, T, __VA_ARGS__)
#define AFIELD__BY_TAG_(use, T, first, has_tag, tag, ...) AFIELD__HOLDS_##use##_##has_tag(T, tag)

#define AFIELD__HOLDS_DECLARE_1(T, tag) \
	static const struct afield_record __attribute__((unused)) tag##_record
#define AFIELD__HOLDS_DECLARE_0(T, tag) AFIELD__ASSERT(1, "")
#define AFIELD__HOLDS_TABLE_1(T, tag)                   \
	{                                               \
		AFIELD_STRUCT, sizeof(T), &tag##_record \
	}
#define AFIELD__HOLDS_TABLE_0(T, tag)            \
	{                                        \
		AFIELD_SHAPE(T), sizeof(T), NULL \
	}

#else

#define AFIELD_SHAPE(T) afield__shape<T>::value
#define AFIELD_HOLDS_DECLARE(T) AFIELD__ASSERT(1, "")
#define AFIELD_HOLDS(T)                                                                         \
	{                                                                                       \
		afield__record_of(static_cast<T *>(nullptr)) ? AFIELD_STRUCT : AFIELD_SHAPE(T), \
			sizeof(T), afield__record_of(static_cast<T *>(nullptr))                 \
	}

template <class T> struct afield__shape {
	static constexpr enum afield_shape value = AFIELD_OPAQUE;
};
#define AFIELD__SHAPE_IS(T, shape)                                \
	template <> struct afield__shape<T> {                     \
		static constexpr enum afield_shape value = shape; \
	}
AFIELD__SHAPE_IS(bool, AFIELD_BOOL);
AFIELD__SHAPE_IS(signed char, AFIELD_I8);
AFIELD__SHAPE_IS(short, AFIELD_I16);
AFIELD__SHAPE_IS(int, AFIELD_I32);
AFIELD__SHAPE_IS(long, (sizeof(long) == 8 ? AFIELD_I64 : AFIELD_I32));
AFIELD__SHAPE_IS(long long, AFIELD_I64);
AFIELD__SHAPE_IS(unsigned char, AFIELD_U8);
AFIELD__SHAPE_IS(unsigned short, AFIELD_U16);
AFIELD__SHAPE_IS(unsigned, AFIELD_U32);
AFIELD__SHAPE_IS(unsigned long, (sizeof(long) == 8 ? AFIELD_U64 : AFIELD_U32));
AFIELD__SHAPE_IS(unsigned long long, AFIELD_U64);
AFIELD__SHAPE_IS(float, AFIELD_F32);
AFIELD__SHAPE_IS(double, AFIELD_F64);
AFIELD__SHAPE_IS(struct _object *, AFIELD_OBJECT);
#undef AFIELD__SHAPE_IS

inline constexpr const struct afield_record *afield__record_of(const void *)
{
	return nullptr;
}

#endif

#endif
