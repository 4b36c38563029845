/* SPDX-License-Identifier: MIT */
/*
 * gauge: a maximum that only rises. It holds the largest value that any thread has raised it to.
 *
 * When to use it: for the deepest queue, the longest wait, the largest file. When not: to know the
 * current value; that is an atomic.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion.
 *
 * This kind is written against the installed headers alone. main.c uses it, and says how.
 */
#ifndef GAUGE_H
#define GAUGE_H

#include <string.h>

#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>

#define AFIELD_KIND_gauge (GAUGE)

/*
 * AFIELD_TYPE(name, gauge, T), T an integer declares
 *   T name_load(const name *)        the mark
 *   T name_raise(name *, T value)    raises the mark to `value` if that is larger; the mark before
 *   const struct afield_type *name_type(void)
 * Both: beside anything; load wait-free, raise lock-free; seq_cst; never fails.
 */
#define GAUGE(name, T)                                                                       \
	typedef T name##_value;                                                              \
	typedef struct name {                                                                \
		AFIELD_ATOMIC(name##_value) mark;                                            \
	} name;                                                                              \
	static inline name##_value name##_load(const name *field)                            \
	{                                                                                    \
		return AFIELD_LOAD(&field->mark, seq_cst);                                   \
	}                                                                                    \
	static inline name##_value name##_raise(name *field, name##_value value)             \
	{                                                                                    \
		name##_value seen = AFIELD_LOAD(&field->mark, seq_cst);                      \
		while (value > seen &&                                                       \
		       !AFIELD_COMPARE_EXCHANGE_WEAK(&field->mark, &seen, value, seq_cst))   \
			;                                                                    \
		return seen;                                                                 \
	}                                                                                    \
	static inline int name##_load_row(const struct afield_type *type, const void *field, \
					  void *value)                                       \
	{                                                                                    \
		name##_value mark = name##_load((const name *)field);                        \
		(void)type;                                                                  \
		memcpy(value, &mark, sizeof(mark));                                          \
		return 0;                                                                    \
	}                                                                                    \
	static inline int name##_store_row(const struct afield_type *type, void *field,      \
					   const void *value)                                \
	{                                                                                    \
		name##_value mark;                                                           \
		(void)type;                                                                  \
		memcpy(&mark, value, sizeof(mark));                                          \
		AFIELD_STORE(&((name *)field)->mark, mark, seq_cst);                         \
		return 0;                                                                    \
	}                                                                                    \
	static inline int name##_raise_row(const struct afield_type *type, void *field,      \
					   void *result, const void *const *arguments)       \
	{                                                                                    \
		name##_value value;                                                          \
		(void)type;                                                                  \
		memcpy(&value, arguments[0], sizeof(value));                                 \
		value = name##_raise((name *)field, value);                                  \
		memcpy(result, &value, sizeof(value));                                       \
		return 0;                                                                    \
	}                                                                                    \
	static const struct afield_verb __attribute__((unused)) name##_verbs[] = {{          \
		"raise",                                                                     \
		"Raise the mark to value if that is larger; return the mark before.",        \
		AFIELD_ITSELF,                                                               \
		1,                                                                           \
		{AFIELD_PARAMETER("value", AFIELD_ITSELF)},                                  \
		name##_raise_row,                                                            \
		false,                                                                       \
	}};                                                                                  \
	AFIELD_TYPE_TABLE(name, "gauge", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT,          \
			  name##_load_row, name##_store_row, NULL, name##_verbs, 1, NULL, NULL)

#endif
