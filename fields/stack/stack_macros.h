/* SPDX-License-Identifier: MIT */
/*
 * stack_macros: what AFIELD_TYPE(name, stack, ...) writes, and the functions behind it.
 *
 * When to use it: through stack.h, which says what each operation does. When not: this header is
 * no place for users.
 *
 * Synchronization: that of stack.h.
 */
#ifndef AFIELD_STACK_MACROS_H
#define AFIELD_STACK_MACROS_H

#include <stdbool.h>
#include <stddef.h>

#include <afield/detail/element_ops.h>
#include <afield/detail/export.h>
#include <afield/field.h>

#include <afield/detail/stack_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

AFIELD_CONTAINER_FUNCTIONS(stack, struct afield__stack_words);
AFIELD_EXPORT void afield__stack_drop_all(struct afield__stack_words *stack,
					  const struct afield_element *element);
AFIELD_EXPORT size_t afield__stack_pop_all(struct afield__stack_words *stack,
					   const struct afield_element *element,
					   void (*each)(void *value, void *context), void *context);
/* All of them, to be handed out one by one: the next of *rest to *value, or dropped where that is
 * NULL; false when there is none. */
AFIELD_EXPORT struct afield__block *afield__stack_take(struct afield__stack_words *stack);
AFIELD_EXPORT bool afield__stack_next(struct afield__block **rest,
				      const struct afield_element *element, void *value);
AFIELD_EXPORT bool afield__stack_is_empty(const struct afield__stack_words *stack);
AFIELD_EXPORT size_t afield__stack_count(const struct afield__stack_words *stack);
enum { AFIELD__STACK_VERBS = 5 };

#ifdef __cplusplus
}
#endif

#define AFIELD__STACK_OPERATIONS(name)                                                            \
	AFIELD_CONTAINER_OPERATIONS(name, stack, afield__stack_is_empty, afield__stack_count);    \
	AFIELD__CALLBACK(name, all, void, , );                                                    \
	static inline size_t name##_pop_all(                                                      \
		name *field, void (*visit)(name##_value * value, void *argument), void *argument) \
	{                                                                                         \
		struct name##__all all = {visit, argument};                                       \
		return afield__stack_pop_all(&field->stack, &name##__element, name##__all_call,   \
					     &all);                                               \
	}                                                                                         \
	AFIELD__INLINE(void name##_clear(name *field),                                            \
		       (void)afield__stack_pop_all(&field->stack, &name##__element, NULL, NULL))

#define AFIELD__STACK_TABLE(name, T) AFIELD_CONTAINER_TABLE(name, T, stack, AFIELD__STACK_VERBS)

#endif
