/* SPDX-License-Identifier: MIT */
/*
 * confined: a value that one thread may touch, and every other thread is refused.
 *
 *	AFIELD_TYPE(parser_confined, confined, struct parser, parser_free);
 *
 *	int error = parser_confined_claim(&object->parser);     // the first to come is the owner
 *	struct parser *parser = parser_confined_get(&object->parser);
 *	if (!parser)
 *		...                                             // another thread's
 *
 * The thread that first claims or stores is the field's owner until fini. When the object dies in
 * another thread, the value is not destroyed there: it goes to the owner, who destroys it at its
 * next access to any confined field, or when it ends.
 *
 * When to use it: for a handle of a library that must be used and freed in the thread that made it
 * (a GUI widget, a database connection in its thread-bound mode, a context of a graphics driver).
 * When not: for a value that threads may use in turn, whoever they are: that is `locked`, and it
 * refuses nobody. For a counter or a struct, atomic and seqlock serve all threads.
 *
 *   1 = get, load, is_mine, owner   2 = claim, store   3 = fini
 *        [1] [2] [3]
 *   [1]   -   -   X     - runs concurrently, in any threads
 *   [2]   -   -   X     X needs the caller's own exclusion: nobody uses the field then or later
 *   [3]   X   X   X
 *
 * What get returned is plain memory of the owner. It stays where it is until it is destroyed.
 *
 * Who a thread is: a number that is never given again (thread.h). A new thread that happens to get
 * the system's id, stack and thread-local storage of an old one is another thread.
 *
 * The owner is gone, when it has ended, or when a fork left it behind: then fini destroys the value
 * in the thread that calls it. There is no better one, and nothing leaks. A library that minds must
 * be shut down before its thread ends.
 *
 * The destructor runs in no host: it must not call Python. It may run inside any access of the
 * owner to any confined field, and must not rely on another field's thread-bound state then.
 */
#ifndef AFIELD_CONFINED_H
#define AFIELD_CONFINED_H

#include <afield/detail/confined_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_confined (AFIELD__CONFINED)

/*
 * AFIELD_TYPE(name, confined, T) or AFIELD_TYPE(name, confined, T, destructor) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   int      name_claim(name *)
 *   T       *name_get(const name *)
 *   bool     name_is_mine(const name *)
 *   uint64_t name_owner(const name *)
 *   int      name_load(const name *, T *)       without a destructor
 *   int      name_store(name *, T)              without a destructor
 *   int      name_reset_orphans(name *)
 *   void     name_fini(name *)
 *   const struct afield_type *name_type(void)
 * `void destructor(T *)` gives back what a value owns; it is not called for a value of zero bytes.
 * With one there is no load and store, for two copies would own one thing. T is aligned to at most
 * 16 bytes.
 */
#define AFIELD__CONFINED(name, ...) \
	AFIELD__CONFINED_(AFIELD__COUNT(__VA_ARGS__), name, __VA_ARGS__, ~, ~)
#define AFIELD__CONFINED_(count, name, T, destructor, ...)                                       \
	typedef T name##_value;                                                                  \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                                      \
	typedef struct name {                                                                    \
		struct afield__confined held;                                                    \
	} name;                                                                                  \
	AFIELD__INLINE_VALUE_TABLE(count, name, AFIELD__CONFINED_VALUE, NULL, destructor);       \
	AFIELD__CONFINED_TABLE(name, T, AFIELD_UNLESS_OWNED(count, afield__confined_load, NULL), \
			       AFIELD_UNLESS_OWNED(count, afield__confined_store, NULL));        \
	AFIELD__CONFINED_OWNER(name);                                                            \
	AFIELD_UNLESS_OWNED(count, AFIELD__CONFINED_BY_VALUE(name), AFIELD__SEMICOLON)

/*
 * name_claim: makes this thread the owner of a field that has none. The value is zero bytes then.
 *   Concurrent with it: everything but fini. Progress: wait-free, and malloc for the owner.
 *   Ordering: acq_rel. Returns 0 when this thread is the owner, also when it was before; -EPERM
 *   when another is; -ENOMEM.
 *
 * name_get: the value, for the owner, to be read and written as plain memory until fini.
 *   Concurrent with it: everything but fini. Progress: wait-free, and that of the destructors of
 *   values that have come home. Ordering: acquire. Returns NULL when another thread owns it, or
 *   none does.
 *
 * name_is_mine, name_owner: whether this thread owns it; the owner's number, or 0.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: acquire. Never fails.
 *
 * name_reset_orphans: in the child of a fork, makes this thread the owner of a value whose owner
 * the fork left behind, if the library that the value belongs to bears it. The value is as that
 * thread left it. Nobody else may use it: who does not call this is refused, and fini destroys it.
 *   Concurrent with: everything but fini. Progress: wait-free, and malloc for the owner. Ordering:
 *   none: the fork comes before. Returns 1 when there was such a value, otherwise 0; -ENOMEM.
 *
 * name_fini: destroys the value, or hands it to its owner. A zeroed field is left as it is.
 *   Concurrent with it: nobody. Progress: lock-free, and that of the destructor when it runs here.
 *   It never waits and never allocates. Ordering: what this thread did happens before the
 *   destructor.
 */

/*
 * name_load: copies the value to *value; zero bytes when nobody owns the field.
 *   Concurrent with it: everything but fini. Progress: as name_get. Ordering: acquire.
 *   Returns 0, or -EPERM and *value is as it was, when another thread owns it.
 *
 * name_store: claims the field if nobody owns it, and writes the value.
 *   Concurrent with it: everything but fini. Progress: as name_claim and name_get. Ordering:
 *   acq_rel when it claims. Returns 0, -EPERM or -ENOMEM.
 */

#endif
