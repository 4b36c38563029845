/* SPDX-License-Identifier: MIT */
/*
 * kinds: two kinds that the library has never heard of, for the tests of class.h.
 *
 *   AFIELD_TYPE(name, trace, T)   one value; its fini appends the value to `trace_log`
 *   AFIELD_TYPE(name, wide, T)    one value that asks for 16 bytes of alignment, the most there is
 *
 * Synchronization: none; one thread at a time.
 */
#ifndef TESTS_CLASS_KINDS_H
#define TESTS_CLASS_KINDS_H

#include <string.h>

#include <afield/field.h>
#include <afield/detail/type_code.h>

static int64_t trace_log[16];
static size_t trace_length;

#define AFIELD_KIND_trace (TRACE)
#define TRACE(name, T)                                                                    \
	typedef T name##_value;                                                           \
	typedef struct name {                                                             \
		name##_value value;                                                       \
	} name;                                                                           \
	KIND_FUNCTIONS(name)                                                              \
	static inline void name##_fini_row(const struct afield_type *type, void *field)   \
	{                                                                                 \
		(void)type;                                                               \
		if (((name *)field)->value != 0)                                          \
			trace_log[trace_length++ % 16] = (int64_t)((name *)field)->value; \
	}                                                                                 \
	KIND_TABLE(name, T, "trace", 0, name##_fini_row)

#define AFIELD_KIND_wide (WIDE)
#define WIDE(name, T)                        \
	typedef T name##_value;              \
	typedef struct name {                \
		name##_value value;          \
	} __attribute__((aligned(16))) name; \
	KIND_FUNCTIONS(name)                 \
	KIND_TABLE(name, T, "wide", AFIELD_IS_HOT, NULL)

#define KIND_FUNCTIONS(name)                                                                 \
	static inline int name##_load_row(const struct afield_type *type, const void *field, \
					  void *value)                                       \
	{                                                                                    \
		(void)type;                                                                  \
		memcpy(value, &((const name *)field)->value, sizeof(name##_value));          \
		return 0;                                                                    \
	}                                                                                    \
	static inline int name##_store_row(const struct afield_type *type, void *field,      \
					   const void *value)                                \
	{                                                                                    \
		(void)type;                                                                  \
		memcpy(&((name *)field)->value, value, sizeof(name##_value));                \
		return 0;                                                                    \
	}

#define KIND_TABLE(name, T, kind, traits, fini)                                            \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                                \
	AFIELD_TYPE_TABLE(name, kind, AFIELD_VALUE_TYPE(name, T), traits, name##_load_row, \
			  name##_store_row, fini, NULL, 0, NULL, NULL)

#endif
