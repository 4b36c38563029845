/* SPDX-License-Identifier: MIT */
/*
 * stack: values of which the last that came leaves first, between any number of threads.
 *
 *	AFIELD_TYPE(buffers, stack, struct buffer, buffer_free);
 *
 *	if (buffers_push(&pool->spare, buffer) != 0)       // in any thread
 *		buffer_free(&buffer);
 *	if (!buffers_pop(&pool->spare, &buffer))           // in any other
 *		buffer = buffer_new();
 *	buffers_clear(&pool->spare);                       // all at once
 *
 * When to use it: for what is used again (the last buffer is still in the cache), for work whose
 * order is no matter, and for things that many leave and one collects: pop_all takes everything in
 * one step. When not: where the first shall leave first (queue); where the number of values has a
 * bound (ring allocates nothing).
 *
 * What the stack holds is linked in nodes, each with its value. A node that was popped is freed
 * after a grace period, by the library's own thread; poppers that are ahead of it by more than
 * afield_set_backlog_limit wait (reclaim.h). So a stack that was high gives its memory back when it
 * is low again.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                                    [1] [2] [3]
 *   [1] push, pop, pop_all, clear     -   -   X    - runs concurrently
 *   [2] is_empty, count               -   -   X    X needs the caller's own exclusion
 *   [3] fini                          X   X   X
 *
 * All operations are linearizable, those that find nothing included, and seq_cst: of
 * two stacks, two threads that each push onto one and then find the other empty do not exist.
 * pop_all takes what is there at one instant, and count is the number of values at an instant.
 *
 * Limits: every operation works on one word, so the stack does not get faster with more threads. In
 * the child of a fork an operation of another thread has happened or has not; nothing is locked.
 *
 * Source: Treiber, IBM RJ 5118, 1986; ConcurrencyKit's ck_stack. stack_core.h says which of its
 * forms are used and why.
 */
#ifndef AFIELD_STACK_H
#define AFIELD_STACK_H

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

/* The typed wrappers' work. `value` points to a T. */
AFIELD_EXPORT int afield__stack_push(struct afield__stack_words *stack,
				     const struct afield_element *element, const void *value);
AFIELD_EXPORT bool afield__stack_pop(struct afield__stack_words *stack,
				     const struct afield_element *element, void *value);
AFIELD_EXPORT void afield__stack_drop_all(struct afield__stack_words *stack,
					  const struct afield_element *element);
AFIELD_EXPORT size_t afield__stack_pop_all(struct afield__stack_words *stack,
					   const struct afield_element *element,
					   void (*each)(void *value, void *context), void *context);
/* All of them, to be handed out one by one: the next of *rest to *value, or dropped where that is
 * NULL; false when there is none. */
AFIELD_EXPORT struct afield__stack_link *afield__stack_take(struct afield__stack_words *stack);
AFIELD_EXPORT bool afield__stack_next(struct afield__stack_link **rest,
				      const struct afield_element *element, void *value);
AFIELD_EXPORT bool afield__stack_is_empty(const struct afield__stack_words *stack);
AFIELD_EXPORT size_t afield__stack_count(const struct afield__stack_words *stack);
AFIELD_EXPORT void afield__stack_fini(struct afield__stack_words *stack,
				      const struct afield_element *element);
/* Calls visit for each object inside, until it returns something else than 0; returns that. */
AFIELD_EXPORT int afield__stack_each(const struct afield__stack_words *stack,
				     int (*visit)(void *object, void *argument), void *argument);

/* The table's functions. `detail` of the table is the struct afield_element. */
AFIELD_EXPORT void afield__stack_table_fini(const struct afield_type *type, void *field);
AFIELD_EXPORT extern const struct afield_verb afield__stack_verbs[];
AFIELD_EXPORT extern const struct afield_host_binding afield__stack_of_values;
AFIELD_EXPORT extern const struct afield_host_binding afield__stack_of_objects;
enum { AFIELD__STACK_VERBS = 5 };

#ifdef __cplusplus
}
#endif

#define AFIELD_KIND_stack (AFIELD__STACK)

/*
 * AFIELD_TYPE(name, stack, T) or AFIELD_TYPE(name, stack, T, destroy) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   int    name_push(name *, T value)
 *   bool   name_pop(name *, T *value)
 *   size_t name_pop_all(name *, void (*visit)(T *value, void *argument), void *argument)
 *   void   name_clear(name *)
 *   bool   name_is_empty(const name *)
 *   size_t name_count(const name *)
 *   void   name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * T is copied byte for byte and is aligned to at most 16 bytes. `void destroy(T *)` gives back what
 * a value owns; clear and fini call it for each that is still inside. A T of PyObject * holds
 * references. All but is_empty and count are then called by attached threads: the collector relies
 * on it (field.h), and a pop beside it would have it take what was popped for garbage.
 */
#define AFIELD__STACK(name, ...) AFIELD__STACK_(AFIELD__COUNT(__VA_ARGS__), name, __VA_ARGS__, ~, ~)
#define AFIELD__STACK_(count, name, T, destroy, ...) \
	typedef T name##_value;                      \
	typedef struct name {                        \
		struct afield__stack_words stack;    \
	} name;                                      \
	AFIELD_ELEMENT(count, name, T, destroy);     \
	AFIELD__STACK_ENDS(name);                    \
	AFIELD__STACK_ALL(name);                     \
	AFIELD__STACK_LOOKS(name);                   \
	AFIELD__STACK_TABLE(name, T)

/*
 * name_push: lays a copy of the value on top. Allocates its node.
 *   Concurrent with it: everything but fini. Progress: lock-free, and that of malloc. Ordering:
 *   seq_cst; who takes this value sees what happened before.
 *   Returns 0; -ENOMEM when there is no memory; -ENOTSUP for objects when there is no host
 *   (host.h); -EINVAL for NULL in place of an object. The value is still the caller's then.
 *
 * name_pop: takes the value that came last.
 *   Concurrent with it: everything but fini. Progress: lock-free, or waits above the backlog limit
 *   outside read sections. Ordering: seq_cst.
 *   Returns false, and *value is as it was, when the stack is empty.
 */
#define AFIELD__STACK_ENDS(name)                                                          \
	static inline AFIELD__MUST_CHECK int name##_push(name *field, name##_value value) \
	{                                                                                 \
		return afield__stack_push(&field->stack, &name##__element, &value);       \
	}                                                                                 \
	static inline bool name##_pop(name *field, name##_value *value)                   \
	{                                                                                 \
		return afield__stack_pop(&field->stack, &name##__element, value);         \
	}                                                                                 \
	AFIELD__SEMICOLON

/*
 * name_pop_all: takes all values in one step, and then calls visit(value, argument) for them, the
 * last that came first. The value is the caller's; `visit` may use the same stack. When it throws
 * an exception of C++, the values that it has not seen are destroyed.
 *   Concurrent with it: everything but fini. Progress: takes wait-free; then that of `visit` and of
 *   a pop of every value. Ordering: seq_cst. Returns how many there were.
 *
 * name_clear: takes all values in one step, and destroys them.
 *   Concurrent with it: everything but fini. Progress: that of pop_all. Ordering: seq_cst.
 *   Never fails.
 */
#define AFIELD__STACK_ALL(name)                                                                    \
	struct name##__all {                                                                       \
		void (*visit)(name##_value * value, void *argument);                               \
		void *argument;                                                                    \
	};                                                                                         \
	static inline void name##__each(void *value, void *context)                                \
	{                                                                                          \
		struct name##__all *all = (struct name##__all *)context;                           \
		all->visit((name##_value *)value, all->argument);                                  \
	}                                                                                          \
	static inline size_t name##_pop_all(                                                       \
		name *field, void (*visit)(name##_value * value, void *argument), void *argument)  \
	{                                                                                          \
		struct name##__all all = {visit, argument};                                        \
		return afield__stack_pop_all(&field->stack, &name##__element, name##__each, &all); \
	}                                                                                          \
	static inline void name##_clear(name *field)                                               \
	{                                                                                          \
		(void)afield__stack_pop_all(&field->stack, &name##__element, NULL, NULL);          \
	}                                                                                          \
	AFIELD__SEMICOLON

/*
 * name_is_empty, name_count: whether there is nothing, and how many values there are, now. count
 * walks over the values that came since the count before it, each of which it passes once.
 *   Concurrent with it: everything but fini. Progress: wait-free; count in as many steps as it
 *   passes values. Ordering: seq_cst. Never fails.
 *
 * name_fini: destroys and frees what is inside. The field is then a fresh one.
 *   Concurrent with it: nobody. Progress: that of the destructor and free; never waits. Ordering:
 *   none. Never fails; a fresh field is left as it is.
 */
#define AFIELD__STACK_LOOKS(name)                                    \
	static inline bool name##_is_empty(const name *field)        \
	{                                                            \
		return afield__stack_is_empty(&field->stack);        \
	}                                                            \
	static inline size_t name##_count(const name *field)         \
	{                                                            \
		return afield__stack_count(&field->stack);           \
	}                                                            \
	static inline void name##_fini(name *field)                  \
	{                                                            \
		afield__stack_fini(&field->stack, &name##__element); \
	}                                                            \
	AFIELD__SEMICOLON

/*
 * name_type: the table. No load and no store: a stack is no value. Verbs: push(value), -ENOMEM;
 * pop(), -ENODATA when empty; clear(); count(); is_empty(). A host sees a stack with append, pop,
 * pop_all, clear and len; where T is PyObject *, its collector sees what is inside.
 */
#define AFIELD__STACK_TABLE(name, T)                                                            \
	AFIELD_TYPE_TABLE(name, "stack", AFIELD_VALUE_TYPE(name, T), AFIELD_IS_HOT, NULL, NULL, \
			  afield__stack_table_fini, afield__stack_verbs, AFIELD__STACK_VERBS,   \
			  &name##__element,                                                     \
			  AFIELD_IS_OBJECT(name##_value) ? &afield__stack_of_objects            \
							 : &afield__stack_of_values)

#endif
