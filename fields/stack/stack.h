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
 * What the stack holds is linked in nodes, each with its value. The thread that pops one has it at
 * hand for its next push, up to 128 of a size, and a few hundred more are kept for all threads
 * (magazine.h). What is more than that is freed after a grace period, by the library's own thread;
 * poppers that are ahead of it by more than afield_set_backlog_limit wait (reclaim.h). So a stack
 * that was high gives its memory back when it is low again, and afield_barrier gives back the rest.
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
 * Limits: every operation works on one pair of words, so the stack does not get faster with more
 * threads. It asks for an exchange of sixteen bytes, which x86-64 and aarch64 have, and the field for
 * that alignment. In the child of a fork an operation of another thread has happened or has not;
 * nothing is locked.
 *
 * Source: Treiber, IBM RJ 5118, 1986; Bonwick and Adams, USENIX 2001. stack_core.h has the
 * algorithm.
 */
#ifndef AFIELD_STACK_H
#define AFIELD_STACK_H

#include <afield/detail/stack_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
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
	AFIELD__STACK_OPERATIONS(name);              \
	AFIELD__STACK_TABLE(name, T)

/*
 * name_push: lays a copy of the value on top. Allocates its node when none is at hand.
 *   Concurrent with it: everything but fini. Progress: lock-free, or that of malloc. Ordering:
 *   seq_cst; who takes this value sees what happened before.
 *   Returns 0; -ENOMEM when there is no memory; -ENOTSUP for objects when there is no host
 *   (host.h); -EINVAL for NULL in place of an object. The value is still the caller's then.
 *
 * name_pop: takes the value that came last.
 *   Concurrent with it: everything but fini. Progress: lock-free, or waits above the backlog limit
 *   outside read sections. Ordering: seq_cst.
 *   Returns false, and *value is as it was, when the stack is empty.
 */

/*
 * name_pop_all: takes all values in one step, and then calls visit(value, argument) for them, the
 * last that came first. The value is the caller's; `visit` may use the same stack. When it throws
 * an exception of C++, the values that it has not seen are destroyed.
 *   Concurrent with it: everything but fini. Progress: takes lock-free; then that of `visit` and of
 *   a pop of every value. Ordering: seq_cst. Returns how many there were.
 *
 * name_clear: takes all values in one step, and destroys them.
 *   Concurrent with it: everything but fini. Progress: that of pop_all. Ordering: seq_cst.
 *   Never fails.
 */

/*
 * name_is_empty, name_count: whether there is nothing, and how many values there are, now. count
 * asks the value on top, which knows its height, and again when one was popped meanwhile.
 *   Concurrent with it: everything but fini. Progress: is_empty is wait-free, count lock-free.
 *   Ordering: seq_cst. Never fails.
 *
 * name_fini: destroys what is inside, and gives its memory back. The field is then a fresh one.
 *   Concurrent with it: nobody. Progress: that of the destructor; never waits. Ordering: none.
 *   Never fails; a fresh field is left as it is.
 */

/*
 * name_type: the table. No load and no store: a stack is no value. Verbs: push(value), -ENOMEM;
 * pop(), -ENODATA when empty; clear(); count(); is_empty(). A host sees a stack with append, pop,
 * pop_all, clear and len; where T is PyObject *, its collector sees what is inside.
 */

#ifdef AFIELD_WATCH
#include <afield/detail/stack_watch.h>
#endif

#endif
