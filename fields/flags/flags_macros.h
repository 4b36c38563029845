/* SPDX-License-Identifier: MIT */
/*
 * flags_macros: what AFIELD_TYPE(name, flags, ...) writes, and the functions behind it.
 *
 * When to use it: through flags.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of flags.h.
 */
#ifndef AFIELD_FLAGS_MACROS_H
#define AFIELD_FLAGS_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>

#include <afield/detail/flags_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the tables of this kind's types point to. */
AFIELD_EXPORT int afield__flags_table_load(const struct afield_type *type, const void *field,
					   void *value);
AFIELD_EXPORT int afield__flags_table_store(const struct afield_type *type, void *field,
					    const void *value);
AFIELD_EXPORT extern const struct afield_verb afield__flags_verbs[7];

#ifdef __cplusplus
}
#endif

/* The rows. Something always follows the bit, so that a row without a doc has one. */
#define AFIELD__FLAG_NUMBER(...) AFIELD__FLAG_NUMBER_(__VA_ARGS__, NULL, ~)
#define AFIELD__FLAG_NUMBER_(name, bit, doc, ...) name##_##bit##_bit,
#define AFIELD__FLAG_CONSTANT(...) AFIELD__FLAG_CONSTANT_(__VA_ARGS__, NULL, ~)
#define AFIELD__FLAG_CONSTANT_(name, bit, doc, ...) \
	AFIELD__CONSTANT(name name##_##bit) = UINT64_C(1) << name##_##bit##_bit;
#define AFIELD__FLAG_ROW(...) AFIELD__FLAG_ROW_(__VA_ARGS__, NULL, ~)
#define AFIELD__FLAG_ROW_(name, bit, doc, ...) {#bit, AFIELD_BOOL, name##_##bit##_bit, doc},

#define AFIELD__FLAGS_OPERATIONS(name)                                            \
	AFIELD__INLINE(name##_value name##_load(const name *field),               \
		       return afield__flags_load(&field->word));                  \
	AFIELD__INLINE(bool name##_test(const name *field, name##_value bits),    \
		       return (afield__flags_load(&field->word) & bits) == bits); \
	AFIELD__FLAGS_CHANGE(name, void, , set);                                  \
	AFIELD__FLAGS_CHANGE(name, void, , clear);                                \
	AFIELD__FLAGS_CHANGE(name, void, , toggle);                               \
	AFIELD__FLAGS_CHANGE(name, void, , store);                                \
	AFIELD__FLAGS_CHANGE(name, name##_value, return, test_and_set);           \
	AFIELD__FLAGS_CHANGE(name, name##_value, return, test_and_clear)
#define AFIELD__FLAGS_CHANGE(name, result, give, verb)                       \
	AFIELD__INLINE(result name##_##verb(name *field, name##_value bits), \
		       give afield__flags_##verb(&field->word, bits))

#define AFIELD__FLAGS_TABLE(name, T)                                                           \
	AFIELD_TYPE_TABLE(name, "flags", AFIELD_VALUE_WITH(AFIELD_U64, uint64_t, &T##_record), \
			  AFIELD_IS_ITS_VALUE | AFIELD_IS_HOT, afield__flags_table_load,       \
			  afield__flags_table_store, NULL, afield__flags_verbs,                \
			  AFIELD__LENGTH(afield__flags_verbs), NULL, NULL);                    \
	AFIELD__FINI(name)

#endif
