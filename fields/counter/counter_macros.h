/* SPDX-License-Identifier: MIT */
/*
 * counter_macros: what AFIELD_TYPE(name, counter, ...) writes, and the functions behind it.
 *
 * When to use it: through counter.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of counter.h.
 */
#ifndef AFIELD_COUNTER_MACROS_H
#define AFIELD_COUNTER_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>

#include <afield/detail/counter_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* An addition to the stripe of this processor. */
AFIELD_EXPORT void afield__counter_add_striped(struct afield__counter_block *block, int64_t amount);

/* An addition that met another: makes the stripes, if it can. */
AFIELD_EXPORT void afield__counter_add_slow(struct afield__counter *counter, int64_t amount);

static inline void afield__counter_add(struct afield__counter *counter, int64_t amount)
{
	struct afield__counter_block *block = afield__counter_block(counter);

	if (block)
		afield__counter_add_striped(block, amount);
	else if (!afield__counter_try_alone(counter, amount))
		afield__counter_add_slow(counter, amount);
}

/* What the tables of this kind's types point to. */
AFIELD_EXPORT int afield__counter_load(const struct afield_type *type, const void *field,
				       void *value);
AFIELD_EXPORT void afield__counter_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_verb afield__counter_verbs[3];

#ifdef __cplusplus
}
#endif

#define AFIELD__COUNTER_OPERATIONS(name)                              \
	AFIELD__INLINE(void name##_add(name *field, int64_t amount),  \
		       afield__counter_add(&field->counter, amount)); \
	AFIELD__INLINE(int64_t name##_sum(const name *field),         \
		       return afield__counter_sum(&field->counter));  \
	AFIELD__INLINE(int64_t name##_reset(name *field),             \
		       return afield__counter_reset(&field->counter))

#define AFIELD__COUNTER_TABLE(name)                                                                \
	AFIELD_TYPE_TABLE(name, "counter", AFIELD_VALUE_OF(AFIELD_I64, int64_t), 0,                \
			  afield__counter_load, NULL, afield__counter_fini, afield__counter_verbs, \
			  AFIELD__LENGTH(afield__counter_verbs), NULL, NULL);                      \
	AFIELD__FINI(name)

#endif
