/*
 * gauge: a high-water mark. It holds the largest value that any thread has raised it to.
 *
 * When to use it: for the deepest queue, the longest wait, the largest file. When not: to know the
 * current value; that is an atomic.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion.
 *
 * This kind is written outside the source tree of the library, against the installed headers alone.
 */
#ifndef GAUGE_H
#define GAUGE_H

#include <string.h>

#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/shape.h>

#define AFIELD_KIND_gauge (GAUGE)

/*
 * AFIELD_TYPE(name, gauge, T), T an integer: out come
 *   T name_load(const name *)        the mark
 *   T name_raise(name *, T value)    raises the mark to `value` if that is larger; the mark before
 *   const struct afield_type *name_type(void)
 * Both: beside anything; load wait-free, raise lock-free; seq_cst; always can.
 */
#define GAUGE(name, T)                                                                        \
	typedef T name##_value;                                                               \
	typedef struct name {                                                                 \
		AFIELD_ATOMIC(name##_value) mark;                                             \
	} name;                                                                               \
	static inline name##_value name##_load(const name *field)                             \
	{                                                                                     \
		return AFIELD_LOAD(&field->mark, seq_cst);                                    \
	}                                                                                     \
	static inline name##_value name##_raise(name *field, name##_value value)              \
	{                                                                                     \
		name##_value seen = AFIELD_LOAD(&field->mark, seq_cst);                       \
		while (value > seen &&                                                        \
		       !AFIELD_COMPARE_EXCHANGE_WEAK(&field->mark, &seen, value, seq_cst))    \
			;                                                                     \
		return seen;                                                                  \
	}                                                                                     \
	static inline int name##_load_row(const struct afield_type *type, const void *field,  \
					  void *value)                                        \
	{                                                                                     \
		name##_value mark = name##_load((const name *)field);                         \
		(void)type;                                                                   \
		memcpy(value, &mark, sizeof(mark));                                           \
		return 0;                                                                     \
	}                                                                                     \
	static inline int name##_store_row(const struct afield_type *type, void *field,       \
					   const void *value)                                 \
	{                                                                                     \
		name##_value mark;                                                            \
		(void)type;                                                                   \
		memcpy(&mark, value, sizeof(mark));                                           \
		AFIELD_STORE(&((name *)field)->mark, mark, seq_cst);                          \
		return 0;                                                                     \
	}                                                                                     \
	static inline int name##_raise_row(const struct afield_type *type, void *field,       \
					   void *result, const void *const *arguments)        \
	{                                                                                     \
		name##_value value;                                                           \
		(void)type;                                                                   \
		memcpy(&value, arguments[0], sizeof(value));                                  \
		value = name##_raise((name *)field, value);                                   \
		memcpy(result, &value, sizeof(value));                                        \
		return 0;                                                                     \
	}                                                                                     \
	static inline const struct afield_type *name##_type(void)                             \
	{                                                                                     \
		static const struct afield_verb verbs[] = {{                                  \
			"raise",                                                              \
			"Raise the mark to value if that is larger; return the mark before.", \
			AFIELD_ITSELF,                                                        \
			1,                                                                    \
			{AFIELD_ITSELF, AFIELD_NOTHING},                                      \
			{"value", NULL},                                                      \
			name##_raise_row,                                                     \
		}};                                                                           \
		static const struct afield_type type = {                                      \
			#name,                                                                \
			"gauge",                                                              \
			sizeof(name),                                                         \
			AFIELD__ALIGNOF(name),                                                \
			AFIELD_HOLDS(T),                                                      \
			AFIELD_IS_HOT,                                                        \
			name##_load_row,                                                      \
			name##_store_row,                                                     \
			NULL,                                                                 \
			verbs,                                                                \
			1,                                                                    \
			NULL,                                                                 \
			NULL,                                                                 \
		};                                                                            \
		return &type;                                                                 \
	}                                                                                     \
	AFIELD__ASSERT(1, "")

#endif
