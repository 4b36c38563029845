/* SPDX-License-Identifier: MIT */
/*
 * stack_watch: the verbs of a watched stack, in a program that is compiled with -DAFIELD_WATCH.
 *
 * Written down: push, pop, and is_empty where it is. pop_all is a pop of each value, from the call
 * of pop_all to the moment before the value is visited; clear is a pop_all that destroys. count is
 * not. An exception that leaves `visit` destroys values of which nothing is written down: a watched
 * stack's throws none.
 *
 * When to use it: through AFIELD_WATCHED(name, stack, ...) of watch.h. When not: by itself.
 *
 * Synchronization: that of stack.h.
 */
#ifndef AFIELD_STACK_WATCH_H
#define AFIELD_STACK_WATCH_H

#include <afield/watch.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_WATCH_KIND_stack (AFIELD__WATCH_STACK)
#define AFIELD__WATCH_STACK(name)                                \
	AFIELD__WATCH_TYPE(name, "stack", AFIELD__WATCH_ROW, 0); \
	AFIELD__WATCH_ENDS(name);                                \
	AFIELD__WATCH_POP_ALL(name)

/* All values: each is a removal of its own, which begins where pop_all does. */
#define AFIELD__WATCH_POP_ALL(name)                                                                \
	struct name##__every {                                                                     \
		name *field;                                                                       \
		struct afield__watch_token token;                                                  \
		void (*visit)(name##_value * value, void *argument);                               \
		void *argument;                                                                    \
	};                                                                                         \
	static inline void name##__every_value(name##_value *value, void *argument)                \
	{                                                                                          \
		struct name##__every *every = (struct name##__every *)argument;                    \
		AFIELD__WATCH_END(every->token, every->field, AFIELD__WATCH_REMOVE, true, 0, 0, 0, \
				  1, AFIELD__WATCH_BITS(value), 0);                                \
		/* The first takes the entry of the begin; of the others it is not known. */       \
		if (!(every->token.ticket & AFIELD__WATCH_CLOSED))                                 \
			every->token.window = NULL;                                                \
		if (every->visit)                                                                  \
			every->visit(value, every->argument);                                      \
		else                                                                               \
			afield_drop(&name##__plain__element, value);                               \
	}                                                                                          \
	static inline size_t name##_pop_all(                                                       \
		name *field, void (*visit)(name##_value * value, void *argument), void *argument)  \
	{                                                                                          \
		struct name##__every every = { field, {NULL, 0}, visit, argument };                \
		size_t count;                                                                      \
		AFIELD__WATCH_BEGIN(every.token, field, AFIELD__WATCH_REMOVE, 0, 0, 0);            \
		count = name##__plain_pop_all(field, name##__every_value, &every);                 \
		if (count == 0)                                                                    \
			AFIELD__WATCH_END(every.token, field, AFIELD__WATCH_REMOVE, true, 0, 0, 0, \
					  0, 0, 0);                                                \
		return count;                                                                      \
	}                                                                                          \
	AFIELD__INLINE(void name##_clear(name *field), (void)name##_pop_all(field, NULL, NULL))

#endif
