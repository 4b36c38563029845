/* SPDX-License-Identifier: MIT */
/*
 * rcu: a value of any size that readers use in place while writers replace it as a whole.
 *
 * The field points to a *version*, a heap object that holds one T and never changes once it is
 * published. Readers open a read section, load the pointer and read through it: no copy, no lock,
 * no write to shared memory. A writer publishes another version; the previous one is destroyed and
 * freed when every read section that was open then has ended.
 *
 *	AFIELD_TYPE(profile_rcu, rcu, struct profile, profile_free);
 *
 *	AFIELD_READ_SECTION
 *	{
 *		const struct profile *now = profile_rcu_load(&account->profile);
 *		if (now)
 *			use(now->limit);
 *	}
 *	struct profile *next = profile_rcu_new(&value);
 *	if (next)
 *		profile_rcu_store(&account->profile, next);
 *
 * When to use it: for configuration, routing tables and other values that are read all the time and
 * written now and then; for values with pointers in them. When not: for a small value that is
 * written often (seqlock copies and allocates nothing); for a Python object that is swapped (object
 * keeps the reference and gives it up at once); where the writer must know that the old value is
 * gone when it returns (it lives on for one grace period, some milliseconds).
 *
 * Synchronization: the field needs no exclusion but for fini; (1) says what is the caller's.
 *                               [1] [2] [3] [4]
 *   [1] load, read               -   -   -   X    - runs concurrently
 *   [2] store, exchange,         -   -   -   X    X needs the caller's own exclusion; a reader that
 *       compare_exchange, update                    already holds a version may go on reading it
 *   [3] new, discard, retire     -   -   1   -    1 on different versions
 *   [4] fini                     X   X   -   X
 *
 * A version has one owner at a time: who made it, until it is published; then the field; then who
 * took it out with exchange, until it is retired. Readers own nothing and must not write to it.
 *
 * The destructor runs on a thread of the library, in no host: it must not call Python, wait, or
 * open a window to the user. A version may be destroyed by the thread that discards it, too.
 *
 * Limits: a reader that stays in its section holds up every reclamation in the process. Writers
 * that are ahead of reclamation by more than afield_set_backlog_limit wait (reclaim.h). A module
 * calls afield_barrier before it is unloaded, or its destructors run without it.
 *
 * Source: McKenney and Slingwine, PDCS 1998; liburcu.
 */
#ifndef AFIELD_RCU_H
#define AFIELD_RCU_H

#include <afield/detail/rcu_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_rcu (AFIELD__RCU)

/*
 * AFIELD_TYPE(name, rcu, T) or AFIELD_TYPE(name, rcu, T, destroy) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   const T *name_load(const name *)
 *   bool     name_read(const name *, T *copy)
 *   T       *name_new(const T *value)
 *   void     name_discard(T *version)
 *   void     name_store(name *, T *version)
 *   T       *name_exchange(name *, T *version)
 *   bool     name_compare_exchange(name *, const T **expected, T *desired)
 *   int      name_update(name *, bool (*change)(T *next, void *argument), void *argument)
 *   void     name_retire(T *version)
 *   void     name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * `void destroy(T *)` gives back what a version owns, not the version's own memory. T is copied
 * byte for byte and is aligned to at most 16 bytes.
 */
#define AFIELD__RCU(name, ...) AFIELD__RCU_(AFIELD__COUNT(__VA_ARGS__), name, __VA_ARGS__, ~, ~)
#define AFIELD__RCU_(count, name, T, destroy, ...)                                        \
	typedef T name##_value;                                                           \
	typedef struct name {                                                             \
		struct afield__rcu pointer;                                               \
	} name;                                                                           \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                               \
	AFIELD__DESTROY(count, name, destroy);                                            \
	AFIELD__CONSTANT(struct afield__rcu_layout name##__layout) = {                    \
		sizeof(name##_value), AFIELD_UNLESS_OWNED(count, NULL, name##__destroy)}; \
	AFIELD__RCU_OPERATIONS(name);                                                     \
	AFIELD__RCU_TABLE(name, T)

/*
 * name_load: the current version, to be read until the caller's read section ends.
 *   Concurrent with it: everything but fini; inside a read section. Progress: wait-free.
 *   Ordering: seq_cst. Returns NULL when the field is empty.
 *
 * name_read: copies the current version to *copy; the way to read in one line.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: seq_cst.
 *   Returns false, and *copy is as it was, when the field is empty. What the copy points to is the
 *   version's: where T has a destructor, follow its pointers in a read section only (name_load).
 */

/*
 * name_new: a version that nobody else knows: a byte for byte copy of *value, or zeroed when value
 * is NULL. What the bytes point to is the version's from then on. Allocates.
 *   Concurrent with it: everything. Progress: that of malloc. Ordering: none.
 *   Returns NULL when out of memory.
 *
 * name_discard: destroys and frees, at once, a version that was never published. NULL: nothing.
 *   Concurrent with it: everything that does not touch the version. Progress: that of the
 *   destructor and free. Ordering: none. Never fails.
 *
 * name_retire: has a version that exchange took out destroyed and freed after a grace period.
 *   Concurrent with it: everything, readers of the version too. Progress: lock-free, or waits above
 *   the backlog limit outside read sections. Ordering: that of afield_retire. Never fails; NULL:
 *   nothing.
 */

/*
 * name_store: publishes a version of name_new, or NULL to empty the field, and retires the one
 * before. The version is the field's from then on.
 *   Concurrent with it: everything but fini. Progress: lock-free, or waits above the backlog limit
 *   outside read sections. Ordering: seq_cst. Never fails.
 *
 * name_exchange: the same, but the version before is the caller's: readers may still read it, so
 * the caller may read it too, and ends with name_retire.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: seq_cst. Returns NULL
 *   when the field was empty.
 *
 * name_compare_exchange: publishes desired, which may be NULL, if *expected is the current version
 * (the object itself, not its value; NULL: the field is empty) and then retires *expected.
 * *expected comes from a load in the read section that is still open: once that has ended, the
 * memory may be another version, and equal pointers mean nothing (ABA).
 *   Concurrent with it: everything but fini. Progress: lock-free; it never waits, being in a
 *   section, so a writer that uses nothing else is not held back by the limit.
 *   Ordering: seq_cst, a failure is a seq_cst load.
 *   Returns false when another version is current; *expected is then that one, and desired stays
 *   the caller's.
 */

/*
 * name_update: replaces the current version by a changed copy. *next begins as a byte for byte copy
 * of the current version, zeroed when the field is empty; change edits it and returns true, or
 * false to store nothing. When another writer came first, the attempt is thrown away and change
 * runs again on a copy of that writer's version. So change depends on *next and the argument alone.
 *   It runs inside a read section: no waiting, no Python call.
 *   Where T has a destructor, the pointers in *next still belong to the version they were copied
 *   from. A change that returns true has replaced each of them by its own (strdup, a new
 *   reference): an attempt that is lost is given to the destructor like any version. A change that
 *   returns false, or throws an exception of C++, has given back what it made; *next is then freed
 *   without the destructor.
 *   Concurrent with it: everything but fini. Progress: lock-free, and allocates once; then waits
 *   above the backlog limit unless in a read section. Ordering: seq_cst.
 *   Returns 0; -ENOMEM or -ECANCELED (change returned false), and the field is as it was.
 */

/*
 * name_fini: empties the field and retires its version. Not freed at once: the caller has the field
 * alone, but a reader may still hold the version it loaded before that.
 *   Concurrent with it: nobody on the field; readers of the version. Progress: lock-free, never
 *   waits.
 *   Ordering: that of afield_retire. Never fails; a fresh field is left as it is.
 *
 * name_type: the table. load copies the version out, -ENODATA when empty; store publishes a copy,
 * -ENOMEM when out of memory; there are no verbs, because a version cannot travel by value.
 */

#endif
