/* SPDX-License-Identifier: MIT */
/*
 * record: a plain struct, and a table of its members.
 *
 *	#define LIMITS(member)              \
 *		member(int64_t, low)        \
 *		member(int64_t, high, "the largest allowed value")
 *	AFIELD_RECORD(limits, LIMITS);
 *
 * makes `struct limits { int64_t low; int64_t high; };` and `limits_record`, the constant table by
 * which a field that holds a struct limits shows its members to Python and to tools. The members
 * are scalars: bool, integers of 8 to 64 bits, float, double. A third argument is a doc string.
 *
 * When to use it: for any struct that a field holds and that should be read by name outside C. When
 * not: a struct that only C code reads needs no record; a field holds it as opaque bytes.
 *
 * Synchronization: a record is plain data. The field that holds it says who may touch it; the
 * table is constant.
 */
#ifndef AFIELD_RECORD_H
#define AFIELD_RECORD_H

#include <afield/field.h>
#include <afield/detail/type_code.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

/*
 * AFIELD_RECORD(name, LIST) at file scope, or in a namespace of C++, once in a translation unit. It
 * declares
 *   struct name            with the members in the order of the list
 *   name_members(&count)   the rows of its table
 *   name_record            static const struct afield_record
 * The user writes the semicolon. A member that is no scalar, and a row without a name, are refused.
 */
#define AFIELD_RECORD(name, LIST)                                          \
	AFIELD__IN_NAMESPACE(AFIELD_RECORD);                               \
	struct name {                                                      \
		LIST(AFIELD__MEMBER)                                       \
	};                                                                 \
	AFIELD__RECORD_TABLE(name, struct name, LIST(AFIELD__MEMBER_ROW)); \
	AFIELD__RECORD_FOUND(name)

/* A row of the list as a member of the struct. A row without a name has a 0 for one. */
#define AFIELD__MEMBER(...) AFIELD__MEMBER_(AFIELD__COUNT(__VA_ARGS__), __VA_ARGS__, 0)
#define AFIELD__MEMBER_(count, ...) AFIELD__JOIN(AFIELD__MEMBER_, count)(__VA_ARGS__)
#define AFIELD__MEMBER_1(type, ...)                                                  \
	AFIELD__ASSERT(0, "afield: member(" #type ") lacks a type or a name; write " \
			  "member(int64_t, low)");
#define AFIELD__MEMBER_2(type, name, ...)                            \
	AFIELD__ROW_IS_WHOLE("member", type, name);                  \
	type name;                                                   \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(type) >= AFIELD_BOOL &&      \
			       AFIELD_TYPE_CODE(type) <= AFIELD_F64, \
		       "afield: the member '" #name "' is a '" #type \
		       "'; a record's members are bool, integers, float or double");
#define AFIELD__MEMBER_3(type, name, ...) AFIELD__MEMBER_2(type, name, ~)
#define AFIELD__MEMBER_4(type, name, ...) \
	AFIELD__ASSERT(0, "afield: the row of '" #name "' has more than a doc behind its name");

/* The same row in the table. */
#define AFIELD__MEMBER_ROW(...) AFIELD__MEMBER_ROW_(__VA_ARGS__, NULL, ~)
#define AFIELD__MEMBER_ROW_(type, name, doc, ...) \
	{#name, AFIELD_TYPE_CODE(type), offsetof(afield__self, name), doc},

/* By which type_code.h finds the table of a struct. */
#ifdef __cplusplus
#define AFIELD__RECORD_FOUND(name)                                                        \
	AFIELD__INLINE(constexpr __attribute__((unused))                                  \
		       const struct afield_record *afield__record_of(const struct name *, \
								     ::afield__anywhere), \
		       return &name##_record)
#else
#define AFIELD__RECORD_FOUND(name)       \
	enum afield__described_##name    \
	{                                \
		name##__is_described = 1 \
	}
#endif

#endif
