/* SPDX-License-Identifier: MIT */
/*
 * type_code: from a type to what a table says of it, and which types a field may hold.
 *
 * AFIELD_VALUE_TYPE(name, T) is an initializer of a struct afield_value_type. Integers, floating
 * point numbers and bool are known by themselves. `struct limits` carries its members when
 * AFIELD_RECORD(limits, ...) made it. `PyObject *` is an object of the host. Every other type is
 * opaque.
 *
 * When to use it: in the generator macro of a kind that holds a T, once
 * AFIELD_VALUE_TYPE_DECLARE(name, T) at file scope behind `typedef T name_value`, and then
 * AFIELD_VALUE_TYPE(name, T) in the table. When not: users of fields never meet it.
 *
 * How C knows the record of a struct: `struct limits` begins with a token that can be pasted, so
 * the preprocessor can split off the tag. What follows may be more than the tag (`job *`), and then
 * it can be no name of an object; but it is still a part of a type and of a string. The type says
 * whether AFIELD_RECORD has described the struct: it made `enum afield__described_limits`, and a
 * pointer to an enumeration that nobody made is compatible with no pointer to an integer. The
 * string names the table, by a weakref, which is used only where the table is there. C++ has
 * overloads: AFIELD_RECORD writes one of afield__record_of, and the best match wins.
 *
 * Everything here is evaluated by the compiler. Nothing runs.
 */
#ifndef AFIELD_DETAIL_TYPE_CODE_H
#define AFIELD_DETAIL_TYPE_CODE_H

#include <afield/field.h>

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
 * Beside an integer of 64 bits, a record names its bits: its rows are of type code AFIELD_BOOL, and
 * `offset` is the number of the bit, 0 for the lowest.
 */
struct afield_member {
	const char *name;
	enum afield_type_code type_code; /* a scalar: AFIELD_BOOL to AFIELD_F64 */
	size_t offset;                   /* in bytes; of a bit, its number */
	const char *doc;                 /* may be NULL */
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

/* name_members() and name_record, of these rows, to which T is afield__self. */
#define AFIELD__RECORD_TABLE(name, T, ...)                                      \
	static inline const struct afield_member *name##_members(size_t *count) \
	{                                                                       \
		typedef T afield__self __attribute__((unused));                 \
		static const struct afield_member rows[] = {__VA_ARGS__};       \
		*count = AFIELD__LENGTH(rows);                                  \
		return rows;                                                    \
	}                                                                       \
	AFIELD__CONSTANT(struct afield_record name##_record) = {#name, sizeof(T), name##_members}

#ifndef __cplusplus

#define AFIELD_TYPE_CODE(T) \
	_Generic((T *)0,                                                                           \
		_Bool *: AFIELD_BOOL,                                                              \
		char *: (char)-1 < 0 ? AFIELD_I8 : AFIELD_U8, \
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

/* Behind `struct` come a 1 and the rest; behind anything else a 0 and nothing. */
#define AFIELD__TAG_struct ~, 1,
#define AFIELD_VALUE_TYPE(name, T) AFIELD__BY_TAG(TABLE, name, T, AFIELD__TAG_##T, 0, , ~)
#define AFIELD__VALUE_TYPE_RECORD(name, T) AFIELD__BY_TAG(RECORD, name, T, AFIELD__TAG_##T, 0, , ~)
#define AFIELD__BY_TAG(use, name, T, ...) AFIELD__BY_TAG_(use, name, T, __VA_ARGS__)
#define AFIELD__BY_TAG_(use, name, T, first, has_tag, tag, ...) \
	AFIELD__HOLDS_##use##_##has_tag(name, T, tag)

#define AFIELD__IS_DESCRIBED(tag)                                                             \
	(__extension__ _Generic((enum afield__described_##tag *)0, unsigned * : 1, int * : 1, \
				default : 0))
#define AFIELD__HOLDS_RECORD_1(name, T, tag)          \
	static struct afield_record name##__described \
		__attribute__((weakref(#tag "_record"), unused))
#define AFIELD__HOLDS_RECORD_0(name, T, tag) AFIELD__SEMICOLON
#define AFIELD__HOLDS_TABLE_1(name, T, tag)                                                  \
	{                                                                                    \
		AFIELD__IS_DESCRIBED(tag) ? AFIELD_STRUCT : AFIELD_TYPE_CODE(name##_value),  \
			sizeof(name##_value),                                                \
			__builtin_choose_expr(AFIELD__IS_DESCRIBED(tag), &name##__described, \
					      (const struct afield_record *)0)               \
	}
#define AFIELD__HOLDS_TABLE_0(name, T, tag)                                \
	{                                                                  \
		AFIELD_TYPE_CODE(name##_value), sizeof(name##_value), NULL \
	}

#define AFIELD__IS_TRIVIAL(T) 1
#define AFIELD__IS_CONST(T) _Generic((const T *)0, T * : 1, default : 0)

#else

#define AFIELD_TYPE_CODE(T) afield__type_code<T>::value
#define AFIELD__VALUE_TYPE_RECORD(name, T) AFIELD__SEMICOLON
#define AFIELD_VALUE_TYPE(name, T)                                                                \
	{                                                                                         \
		AFIELD__RECORD_OF(name##_value) ? AFIELD_STRUCT : AFIELD_TYPE_CODE(name##_value), \
			sizeof(name##_value), AFIELD__RECORD_OF(name##_value)                     \
	}
/* The second argument has the functions of this file found from every namespace. */
#define AFIELD__RECORD_OF(T) afield__record_of(static_cast<T *>(nullptr), afield__anywhere())

#define AFIELD__IS_TRIVIAL(T) (__is_trivial(T))
#define AFIELD__IS_CONST(T) (afield__constness<T>::value)

template <class T> struct afield__constness {
	static constexpr bool value = false;
};
template <class T> struct afield__constness<const T> {
	static constexpr bool value = true;
};
/* An enumeration is the integer that it is stored as, as in C. */
template <class T, bool = __is_enum(T)> struct afield__type_code {
	static constexpr enum afield_type_code value = AFIELD_OPAQUE;
};
template <class T> struct afield__type_code<T, true> : afield__type_code<__underlying_type(T)> {
};
#define AFIELD__TYPE_CODE_IS(T, type_code)                                \
	template <> struct afield__type_code<T, false> {                  \
		static constexpr enum afield_type_code value = type_code; \
	}
AFIELD__TYPE_CODE_IS(bool, AFIELD_BOOL);
AFIELD__TYPE_CODE_IS(char, (static_cast<char>(-1) < 0 ? AFIELD_I8 : AFIELD_U8));
AFIELD__TYPE_CODE_IS(signed char, AFIELD_I8);
AFIELD__TYPE_CODE_IS(short, AFIELD_I16);
AFIELD__TYPE_CODE_IS(int, AFIELD_I32);
AFIELD__TYPE_CODE_IS(long, (sizeof(long) == 8 ? AFIELD_I64 : AFIELD_I32));
AFIELD__TYPE_CODE_IS(long long, AFIELD_I64);
AFIELD__TYPE_CODE_IS(unsigned char, AFIELD_U8);
AFIELD__TYPE_CODE_IS(unsigned short, AFIELD_U16);
AFIELD__TYPE_CODE_IS(unsigned, AFIELD_U32);
AFIELD__TYPE_CODE_IS(unsigned long, (sizeof(long) == 8 ? AFIELD_U64 : AFIELD_U32));
AFIELD__TYPE_CODE_IS(unsigned long long, AFIELD_U64);
AFIELD__TYPE_CODE_IS(float, AFIELD_F32);
AFIELD__TYPE_CODE_IS(double, AFIELD_F64);
AFIELD__TYPE_CODE_IS(struct _object *, AFIELD_OBJECT);
#undef AFIELD__TYPE_CODE_IS

struct afield__anywhere {
};
inline constexpr const struct afield_record *afield__record_of(const void *, afield__anywhere)
{
	return nullptr;
}

#endif

/* Whether T is PyObject *, an object of the host. */
#define AFIELD_IS_OBJECT(T) (AFIELD_TYPE_CODE(T) == AFIELD_OBJECT)

/*
 * What a field may hold, for generator macros, behind `typedef T name_value`.
 * AFIELD_VALUE_TYPE_DECLARE(name, T) refuses a T whose fresh value is not zero bytes or that is not
 * copied byte for byte, is const, asks for more than 16 bytes of alignment, or is an object, to
 * which most kinds keep no reference: the object would end while the field points to it.
 * AFIELD_VALUE_TYPE_DECLARE_KEPT(name, T) is for a kind that keeps one. The sentence names these
 * kinds, here and nowhere else; a test compares it with what compiles.
 */
#define AFIELD_VALUE_TYPE_DECLARE_KEPT(name, T)                                                    \
	AFIELD__ASSERT(AFIELD__IS_TRIVIAL(name##_value),                                           \
		       "afield: '" #name "' holds a '" #T                                          \
		       "', which C++ makes or copies by code of its own; hold a pointer to it");   \
	AFIELD__ASSERT(!AFIELD__IS_CONST(name##_value), "afield: '" #name "' holds a '" #T         \
							"', which is const; leave the const out"); \
	AFIELD__ASSERT(AFIELD__ALIGNOF(name##_value) <= 16,                                        \
		       "afield: '" #name "' holds a '" #T                                          \
		       "', which asks for more than 16 bytes of alignment");                       \
	AFIELD__VALUE_TYPE_RECORD(name, T)
#define AFIELD_VALUE_TYPE_DECLARE(name, T)                                                       \
	AFIELD__ASSERT(!AFIELD_IS_OBJECT(name##_value),                                          \
		       "afield: '" #name "' holds a '" #T                                        \
		       "', to which its kind keeps no reference; these keep one: object, list, " \
		       "map, once_object, queue, ring, stack");                                  \
	AFIELD_VALUE_TYPE_DECLARE_KEPT(name, T)

/*
 * What a field holds, where that has nothing to do with a T of the user's: a value of a type code,
 * one whose bits or members a record names, or nothing.
 */
#define AFIELD_VALUE_OF(type_code, T) AFIELD_VALUE_WITH(type_code, T, NULL)
#define AFIELD_VALUE_WITH(type_code, T, record) \
	{                                       \
		type_code, sizeof(T), record    \
	}
#define AFIELD_VALUE_NONE               \
	{                               \
		AFIELD_NOTHING, 0, NULL \
	}

/*
 * name_type(), the table of a field type: what struct afield_type in field.h says of each member.
 * `value_type` is one of the above or AFIELD_VALUE_TYPE. The user writes the semicolon.
 */
#define AFIELD_TYPE_TABLE(name, kind, value_type, traits, load, store, fini, verbs, verb_count,  \
			  detail, binding)                                                       \
	static inline const struct afield_type *name##_type(void)                                \
	{                                                                                        \
		static const struct afield_type type = {                                         \
			&AFIELD_LAYOUT, #name,      kind,   sizeof(name), AFIELD__ALIGNOF(name), \
			value_type,     traits,     load,   store,        fini,                  \
			verbs,          verb_count, detail, binding,                             \
		};                                                                               \
		return &type;                                                                    \
	}                                                                                        \
	AFIELD__SEMICOLON

/*
 * name_fini, for a kind that has none of its own: gives back what the field owns, which may be
 * nothing. Every field type has one, so that whoever changes its kind changes the type alone.
 *   Concurrent with it: nobody on the field. Progress: that of the destructor, if there is one.
 *   Ordering: none. Never fails; a fresh field is left as it is.
 */
#define AFIELD__FINI(name) \
	AFIELD__INLINE(void name##_fini(name *field), afield_field_fini(name##_type(), field))

#endif
