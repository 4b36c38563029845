/* SPDX-License-Identifier: MIT */
/*
 * rcu_macros: what AFIELD_TYPE(name, rcu, ...) writes, and the functions behind it.
 *
 * When to use it: through rcu.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of rcu.h.
 */
#ifndef AFIELD_RCU_MACROS_H
#define AFIELD_RCU_MACROS_H

#include <stdbool.h>
#include <stddef.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/reclaim.h>
#include <afield/detail/type_code.h>

#include <afield/detail/rcu_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the functions in rcu.c know of a type: constants that its generator macro writes. */
struct afield__rcu_layout {
	size_t size;                  /* of T */
	void (*destroy)(void *value); /* NULL: T owns nothing */
};

/* The typed wrappers' work. `value` and `version` point to a T; its header is in front of it. */
AFIELD_EXPORT void *afield__rcu_new(const struct afield__rcu_layout *layout, const void *value);
AFIELD_EXPORT void afield__rcu_discard(void *version);
AFIELD_EXPORT void afield__rcu_retire(void *version);
AFIELD_EXPORT void afield__rcu_retire_replaced(void *version);
AFIELD_EXPORT void afield__rcu_fini(struct afield__rcu *field);
AFIELD_EXPORT bool afield__rcu_read(const struct afield__rcu *field, size_t size, void *copy);
AFIELD_EXPORT int afield__rcu_change(struct afield__rcu *field,
				     const struct afield__rcu_layout *layout,
				     bool (*change)(void *next, void *context), void *context);

/* The table's functions. `detail` of the table is the layout. */
AFIELD_EXPORT int afield__rcu_table_load(const struct afield_type *type, const void *field,
					 void *value);
AFIELD_EXPORT int afield__rcu_table_store(const struct afield_type *type, void *field,
					  const void *value);
AFIELD_EXPORT void afield__rcu_table_fini(const struct afield_type *type, void *field);

#ifdef __cplusplus
}
#endif

#define AFIELD__RCU_OPERATIONS(name)                                                              \
	AFIELD__INLINE(const name##_value *name##_load(const name *field),                        \
		       return (const name##_value *)afield__rcu_load(&field->pointer));           \
	AFIELD__INLINE(bool name##_read(const name *field, name##_value *copy),                   \
		       return afield__rcu_read(&field->pointer, sizeof(name##_value), copy));     \
	AFIELD__INLINE(name##_value *name##_new(const name##_value *value),                       \
		       return (name##_value *)afield__rcu_new(&name##__layout, value));           \
	AFIELD__INLINE(void name##_discard(name##_value *version), afield__rcu_discard(version)); \
	AFIELD__INLINE(void name##_retire(name##_value *version), afield__rcu_retire(version));   \
	AFIELD__INLINE(                                                                           \
		void name##_store(name *field, name##_value *version),                            \
		afield__rcu_retire_replaced(afield__rcu_exchange(&field->pointer, version)));     \
	AFIELD__INLINE(name##_value *name##_exchange(name *field, name##_value *version),         \
		       return (name##_value *)afield__rcu_exchange(&field->pointer, version));    \
	static inline bool name##_compare_exchange(name *field, const name##_value **expected,    \
						   name##_value *desired)                         \
	{                                                                                         \
		void *seen = (void *)(uintptr_t)*expected;                                        \
		if (!afield__rcu_compare_exchange(&field->pointer, &seen, desired)) {             \
			*expected = (const name##_value *)seen;                                   \
			return false;                                                             \
		}                                                                                 \
		afield__rcu_retire(seen);                                                         \
		return true;                                                                      \
	}                                                                                         \
	AFIELD__CALLBACK(name, change, bool, return, );                                           \
	static inline int name##_update(                                                          \
		name *field, bool (*change)(name##_value * next, void *argument), void *argument) \
	{                                                                                         \
		struct name##__change call = {change, argument};                                  \
		return afield__rcu_change(&field->pointer, &name##__layout, name##__change_call,  \
					  &call);                                                 \
	}                                                                                         \
	AFIELD__SEMICOLON

#define AFIELD__RCU_TABLE(name, T)                                                            \
	AFIELD__INLINE(void name##_fini(name *field), afield__rcu_fini(&field->pointer));     \
	AFIELD_TYPE_TABLE(name, "rcu", AFIELD_VALUE_TYPE(name, T), 0, afield__rcu_table_load, \
			  afield__rcu_table_store, afield__rcu_table_fini, NULL, 0,           \
			  &name##__layout, NULL)

#endif
