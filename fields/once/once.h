/* SPDX-License-Identifier: MIT */
/*
 * once: a value that is made exactly once, by the first thread that wants it.
 *
 * When to use it: for what is costly to make and then never changes: a compiled pattern, a table,
 * a handle. When not: for a Python object (once_object.h), for a value that can be replaced (rcu,
 * seqlock), or one that is known when the object is made (a plain member, written before the object
 * is shared).
 *
 *   AFIELD_TYPE(pattern_once, once, struct pattern);                 read by value, too
 *   AFIELD_TYPE(pattern_once, once, struct pattern, pattern_free);   owned: fini frees it
 *
 * Of the threads that come while there is no value, one makes it; the others wait, detached from
 * their host (a Python interpreter). If it fails, the field is empty as before, and one of those
 * that waited tries next. A thread that comes back to the field from inside its own making is told
 * so. In the child of a fork, a making that was begun by a thread which the child does not have
 * counts as never begun. The field is 16 bytes and the value.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                            [1] [2] [3]
 *   [1] get                   -   -   X     (- runs concurrently, w waits while another thread
 *   [2] get_or_init, set      -   w   X      makes the value, X needs exclusion)
 *   [3] fini                  X   X   X
 *
 * Orders: the making of the value happens before every get that finds it. All operations are
 * linearizable.
 *
 *	static int compile(struct pattern *pattern, void *text)
 *	{
 *		pattern->length = strlen((const char *)text);
 *		return pattern->length > 0 ? 0 : -EINVAL;
 *	}
 *	...
 *	const struct pattern *pattern;
 *	int error = pattern_once_get_or_init(&field, compile, text, &pattern);
 *
 * The obvious code, "if (!ready) { make(); ready = true; }" under a flag that is taken by an
 * exchange, gives the second thread a value that is not there yet.
 *
 * Limits: two fields whose makings want each other, in two threads, wait for each other, as two
 * locks taken in different orders do.
 *
 * Sources: once_core.h has the protocol; the operations are those of Rust's OnceLock.
 */
#ifndef AFIELD_ONCE_H
#define AFIELD_ONCE_H

#include <afield/detail/once_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_once (AFIELD__ONCE)

/*
 * AFIELD_TYPE(name, once, T) and AFIELD_TYPE(name, once, T, destructor) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   const T *name_get(const name *)
 *   int      name_get_or_init(name *, int (*init)(T *value, void *argument), void *argument,
 *                             const T **value)
 *   int      name_set(name *, T value)
 *   void     name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * get: the value, which stays where it is until fini.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: acquire.
 *   Returns NULL when there is no value.
 * get_or_init: the value at *value. When there is none, init makes it: it finds zero bytes, writes
 * the value and returns 0, or a negative errno. It may block and call the host, and must not leave
 * by longjmp. An exception of C++ leaves the field empty, as an error does.
 *   Concurrent with it: everything but fini. Progress: wait-free when the value is there, otherwise
 *   blocking; detached from the host while it sleeps. Ordering: acquire, and release by the maker.
 *   Returns 0; what init returned, and the field is empty then; -EDEADLK when this thread is inside
 *   init of this field; -EINTR when the host ended the wait. *value is unchanged but for 0.
 * set: makes the value a copy of the argument, if there is none. While another thread makes it,
 * set waits to see whether that succeeds.
 *   Concurrent with it: everything but fini. Progress: as get_or_init. Ordering: release.
 *   Returns 0; -EEXIST when there is a value; -EDEADLK and -EINTR as get_or_init. The argument is
 *   still the caller's when it is not 0.
 */
#define AFIELD__ONCE(name, ...) AFIELD__ONCE_(AFIELD__COUNT(__VA_ARGS__), name, __VA_ARGS__, ~)
#define AFIELD__ONCE_(count, name, T, ...)                                                     \
	typedef T name##_value;                                                                \
	typedef struct name {                                                                  \
		struct afield__once once;                                                      \
		name##_value value AFIELD_ZERO; /* who may touch it: see once_core.h */        \
	} name;                                                                                \
	AFIELD_INLINE_VALUE(count, name, T, __VA_ARGS__);                                      \
	AFIELD__ASSERT((count) < 3, "afield: '" #name "' is once and cannot give up objects "  \
				    "that its readers may use; take locked or rcu");           \
	AFIELD__ONCE_OPERATIONS(name);                                                         \
	AFIELD__ONCE_TABLE(name, T, AFIELD_UNLESS_OWNED(count, afield__once_table_load, NULL), \
			   AFIELD_UNLESS_OWNED(count, afield__once_table_store, NULL))

#endif
