/* SPDX-License-Identifier: MIT */
/*
 * list: a short array that threads read in place while others replace it, element by element or as
 * a whole.
 *
 * Built on rcu: the field points to an array that never changes once it is published. A writer
 * copies it, changes the copy and publishes that in one step, or starts again if another writer was
 * faster. A reader sees one array from beginning to end.
 *
 *	AFIELD_TYPE(hooks_list, list, struct hook);
 *
 *	hooks_list_append(&it->hooks, hook);
 *	AFIELD_LIST_EACH(hooks_list, each, &it->hooks)
 *		call(each.item);
 *
 * When to use it: for what is read all the time and changed now and then, and is short: callbacks,
 * listeners, a routing table. When not: above some hundred elements, or with as many writes as
 * reads: a write copies all of them (list.md has the sizes); for jobs that go in and out (queue,
 * ring); for a lookup by key (map).
 *
 *                                            [1] [2] [3]
 *   [1] get, count, walk, AFIELD_LIST_EACH    -   -   X    - runs concurrently
 *   [2] append, insert, set, remove,          -   -   X    X needs the caller's own exclusion:
 *       discard, assign, clear                             nobody uses the field then or later
 *   [3] fini                                  X   X   X
 *
 * Every operation linearizes at one instant, a walk included: it shows the list of one instant.
 *
 * Elements are copied byte for byte. A `PyObject *` is an object, to which the list holds a
 * reference; every thread is attached to the interpreter for every operation then. References of
 * elements that were taken out are given up by the writer, or by the last reader of their array.
 *
 * Bytes of zero are an empty list. An index counts from 0, or from -1 backwards: -1 is the last.
 *
 * Limits: writers that are ahead of reclamation by afield_set_backlog_limit wait (reclaim.h).
 *
 * Source: copy-on-write arrays under RCU, as McKenney and Slingwine, PDCS 1998; the Linux kernel's
 * get-unless-zero for what outlives the section.
 */
#ifndef AFIELD_LIST_H
#define AFIELD_LIST_H

#include <afield/detail/list_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_list (AFIELD__LIST)

/*
 * AFIELD_TYPE(name, list, T) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   bool   name_load(const name *, int64_t index, T *value)
 *   size_t name_count(const name *)
 *   int    name_walk(const name *, int (*visit)(const T *value, void *argument), void *argument)
 *   int    name_append(name *, T value)
 *   int    name_insert(name *, int64_t index, T value)
 *   int    name_set(name *, int64_t index, T value)
 *   int    name_exchange(name *, int64_t index, T value, T *old)
 *   int    name_erase(name *, int64_t index, T *old)
 *   int    name_discard(name *, T value)
 *   int    name_assign(name *, const T *values, size_t count)
 *   void   name_clear(name *)
 *   void   name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * An object that comes out is a new reference; one that goes in is borrowed.
 */
#define AFIELD__LIST(name, T)                                           \
	typedef T name##_value;                                         \
	typedef struct name {                                           \
		struct afield__list list;                               \
	} name;                                                         \
	typedef struct {                                                \
		const name##_value *item; /* the element, in place */   \
		const name##_value *end;                                \
	} name##_span;                                                  \
	enum { name##__is_object = AFIELD_IS_OBJECT(name##_value) };    \
	AFIELD_VALUE_TYPE_DECLARE_KEPT(name, T);                        \
	AFIELD__CONSTANT(struct afield_value_type name##__value_type) = \
		AFIELD_VALUE_TYPE(name, T);                             \
	AFIELD__LIST_READERS(name);                                     \
	AFIELD__LIST_WRITERS(name);                                     \
	AFIELD__LIST_TABLE(name, T)

/*
 * name_load: copies the element at index to *value.
 *   Concurrent with it: everything but fini. Progress: wait-free; lock-free for objects. Ordering:
 *   seq_cst.
 *   Returns false, and *value is as it was, when there is none.
 *
 * name_count: how many elements there are.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: seq_cst. Never fails.
 *
 * name_walk: calls visit(&element, argument) for the elements of one instant, first to last, and
 *   returns at once what is not 0. A plain element is shown inside a read section: `visit` neither
 *   waits nor calls the host. An object is shown outside of one and is borrowed. An exception of
 *   C++ ends the walk.
 *   Concurrent with it: everything but fini. Progress: wait-free but for `visit`; lock-free for
 *   objects.
 *   Ordering: seq_cst. Returns 0, or what `visit` did.
 *
 * AFIELD_LIST_EACH(name, each, pointer): the same as a loop, in which each.item points to the
 *   element, for plain elements alone. `break` leaves the loop and `return` the section as well.
 *   Concurrent with it, progress, ordering: as name_walk.
 */

/* An object could end while it is looked at: the array would need to be held. */
#define AFIELD_LIST_EACH(name, each, pointer)                                               \
	AFIELD_READ_SECTION                                                                 \
	for (name##_span each = name##_look(pointer);                                       \
	     each.item != each.end &&                                                       \
	     sizeof(void (*)(                                                               \
		     char objects_want_walk_in_place_of_each[name##__is_object ? -1 : 1])); \
	     each.item++)

/*
 * Concurrent with all of them: everything but fini. Progress: lock-free, and they allocate: whoever
 * makes an attempt fail has published. Then they wait above the backlog limit, unless in a read
 * section.
 * Ordering: seq_cst. They return 0, or a negative errno and the list is as it was: -ENOMEM; -ERANGE
 * when there is no element at index; -ENOENT; what puts objects in, -EINVAL when one is NULL, and
 * -ENOTSUP when there is no host (host.h). name_clear never fails.
 *
 * name_append: behind the last. name_insert: in front of the one at index, or at the end when index
 * is beyond it, at the beginning when it is below. name_set: in place of the one at index.
 * name_exchange: the same, and the one that was there goes to *old. name_erase: takes the one at
 * index out, to *old unless old is NULL; it copies the others, and so can be refused. name_discard:
 * takes out the first whose bytes are those of value, or that is this very object; -ENOENT when
 * there is none. name_assign: these elements in place of all. name_clear: none.
 */

/*
 * name_fini: empties the list and gives up its elements; readers keep what they have.
 *   Concurrent with it: nobody on the field. Progress: lock-free, never waits. Ordering: that of
 *   afield_retire. Never fails; a fresh field is left as it is.
 *
 * name_type: the table. There is no load and no store, for the value has no size; the view does
 * what Python's list does.
 */

#endif
