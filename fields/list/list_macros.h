/* SPDX-License-Identifier: MIT */
/*
 * list_macros: what AFIELD_TYPE(name, list, ...) writes, and the functions behind it.
 *
 * When to use it: through list.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of list.h.
 */
#ifndef AFIELD_LIST_MACROS_H
#define AFIELD_LIST_MACROS_H

#include <afield/detail/element_ops.h>
#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/rcu.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The current array, NULL when the list is empty. */
struct afield__list {
	struct afield__rcu current;
};

/* An array's elements, for a reader in a section. */
struct afield__list_span {
	const void *start;
	size_t count;
};

/* What a writer puts where: `removed` elements at `index` go, `count` at `values` come. */
enum afield__list_place {
	AFIELD__LIST_AT,     /* at index; -ERANGE when there is none */
	AFIELD__LIST_BEFORE, /* in front of index, or at the end when that is beyond it */
	AFIELD__LIST_END,
	AFIELD__LIST_ALL,      /* in place of all; index is 0 */
	AFIELD__LIST_EQUAL,    /* in place of the first whose bytes are those of `equal` */
	AFIELD__LIST_SLICE,    /* in place of those from index up to stop */
	AFIELD__LIST_REVERSED, /* nothing goes or comes: the last is the first */
};
struct afield__list_edit {
	enum afield__list_place place;
	int64_t index;
	int64_t stop; /* of a slice, which begins at index */
	const void *equal;
	const void *values;
	size_t count;
};

/* The typed wrappers' work. */
AFIELD_EXPORT struct afield__list_span afield__list_load(const struct afield__list *list);
AFIELD_EXPORT bool afield__list_get(const struct afield__list *list,
				    const struct afield_value_type *value_type, int64_t index,
				    void *value);
AFIELD_EXPORT int afield__list_walk(const struct afield__list *list,
				    const struct afield_value_type *value_type,
				    int (*each)(const void *value, void *argument), void *argument);
AFIELD_EXPORT int afield__list_edit(struct afield__list *list,
				    const struct afield_value_type *value_type,
				    const struct afield__list_edit *edit, void *old);
AFIELD_EXPORT void afield__list_fini(struct afield__list *list,
				     const struct afield_value_type *value_type);

AFIELD_EXPORT void afield__list_table_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_host_binding afield__list_host_binding;

#ifdef __cplusplus
}
#endif

#define AFIELD__LIST_READERS(name)                                                                \
	AFIELD__INLINE(bool name##_load(const name *field, int64_t index, name##_value *value),   \
		       return afield__list_get(&field->list, &name##__value_type, index, value)); \
	static inline name##_span name##_look(const name *field)                                  \
	{                                                                                         \
		struct afield__list_span seen = afield__list_load(&field->list);                  \
		name##_span span;                                                                 \
		span.item = (const name##_value *)seen.start;                                     \
		/* Empty: NULL, to which C does not allow even 0 to be added. */                  \
		span.end = seen.count ? span.item + seen.count : span.item;                       \
		return span;                                                                      \
	}                                                                                         \
	static inline size_t name##_count(const name *field)                                      \
	{                                                                                         \
		size_t count = 0;                                                                 \
		AFIELD_READ_SECTION                                                               \
		count = afield__list_load(&field->list).count;                                    \
		return count;                                                                     \
	}                                                                                         \
	AFIELD__CALLBACK(name, walk, int, return, const);                                         \
	static inline int name##_walk(const name *field,                                          \
				      int (*visit)(const name##_value *value, void *argument),    \
				      void *argument)                                             \
	{                                                                                         \
		struct name##__walk walk = {visit, argument};                                     \
		return afield__list_walk(&field->list, &name##__value_type, name##__walk_call,    \
					 &walk);                                                  \
	}                                                                                         \
	AFIELD__SEMICOLON

#define AFIELD__LIST_WRITERS(name)                                                                 \
	static inline int name##__edit(name *field, enum afield__list_place place, int64_t index,  \
				       const name##_value *equal, const name##_value *values,      \
				       size_t count, name##_value *old)                            \
	{                                                                                          \
		struct afield__list_edit edit = {place, index, 0, equal, values, count};           \
		return afield__list_edit(&field->list, &name##__value_type, &edit, old);           \
	}                                                                                          \
	AFIELD__INLINE(AFIELD__MUST_CHECK int name##_append(name *field, name##_value value),      \
		       return name##__edit(field, AFIELD__LIST_END, 0, NULL, &value, 1, NULL));    \
	AFIELD__INLINE(                                                                            \
		AFIELD__MUST_CHECK int name##_insert(name *field, int64_t index,                   \
						     name##_value value),                          \
		return name##__edit(field, AFIELD__LIST_BEFORE, index, NULL, &value, 1, NULL));    \
	AFIELD__INLINE(                                                                            \
		AFIELD__MUST_CHECK int name##_set(name *field, int64_t index, name##_value value), \
		return name##__edit(field, AFIELD__LIST_AT, index, NULL, &value, 1, NULL));        \
	AFIELD__INLINE(int name##_exchange(name *field, int64_t index, name##_value value,         \
					   name##_value *old),                                     \
		       return name##__edit(field, AFIELD__LIST_AT, index, NULL, &value, 1, old));  \
	AFIELD__INLINE(int name##_erase(name *field, int64_t index, name##_value *old),            \
		       return name##__edit(field, AFIELD__LIST_AT, index, NULL, NULL, 0, old));    \
	AFIELD__INLINE(int name##_discard(name *field, name##_value value),                        \
		       return name##__edit(field, AFIELD__LIST_EQUAL, 0, &value, NULL, 0, NULL));  \
	AFIELD__INLINE(                                                                            \
		int name##_assign(name *field, const name##_value *values, size_t count),          \
		return name##__edit(field, AFIELD__LIST_ALL, 0, NULL, values, count, NULL));       \
	AFIELD__INLINE(void name##_clear(name *field),                                             \
		       (void)name##__edit(field, AFIELD__LIST_ALL, 0, NULL, NULL, 0, NULL))

#define AFIELD__LIST_TABLE(name, T)                                                \
	AFIELD__INLINE(void name##_fini(name *field),                              \
		       afield__list_fini(&field->list, &name##__value_type));      \
	AFIELD_TYPE_TABLE(name, "list", AFIELD_VALUE_TYPE(name, T), 0, NULL, NULL, \
			  afield__list_table_fini, NULL, 0, NULL, &afield__list_host_binding)

#endif
