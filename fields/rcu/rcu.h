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

#include <stdbool.h>
#include <stddef.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/reclaim.h>
#include <afield/detail/type_code.h>

#include <afield/detail/rcu_core.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the functions in rcu.c know of a type: constants that its generator macro writes. */
struct afield__rcu_layout {
	size_t size;                  /* of T */
	void (*destroy)(void *value); /* NULL: T owns nothing */
};

/* The typed wrappers' work. `value` and `version` point to a T; its header is in front of it. */
AFIELD_EXPORT void *afield__rcu_new(const struct afield__rcu_layout *layout, const void *value);
AFIELD_EXPORT void afield__rcu_discard(void *version);
AFIELD_EXPORT void afield__rcu_retire(void *version);
AFIELD_EXPORT void afield__rcu_fini(struct afield__rcu *field);
AFIELD_EXPORT bool afield__rcu_read(const struct afield__rcu *field, size_t size, void *copy);
AFIELD_EXPORT int afield__rcu_change(struct afield__rcu *field,
				     const struct afield__rcu_layout *layout,
				     bool (*change)(void *next, void *context), void *context);

/* The table's functions. `detail` of the table is the layout. */
AFIELD_EXPORT int afield__rcu_table_load(const struct afield_type *type, const void *field,
					 void *value);
AFIELD_EXPORT int afield__rcu_table_store(const struct afield_type *type, void *field,
					  const void *value);
AFIELD_EXPORT void afield__rcu_table_fini(const struct afield_type *type, void *field);

#ifdef __cplusplus
}
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
#define AFIELD__RCU(name, ...) \
	AFIELD__JOIN(AFIELD__RCU_, AFIELD__COUNT(__VA_ARGS__))(name, __VA_ARGS__)
#define AFIELD__RCU_1(name, T)                                         \
	AFIELD__RCU_STRUCT(name, T);                                   \
	static const struct afield__rcu_layout __attribute__((unused)) \
	name##__layout = {sizeof(name##_value), NULL};                 \
	AFIELD__RCU_WRAPPERS(name, T)
#define AFIELD__RCU_2(name, T, destroy)                                \
	AFIELD__RCU_STRUCT(name, T);                                   \
	static inline void name##__destroy(void *value)                \
	{                                                              \
		destroy((name##_value *)value);                        \
	}                                                              \
	static const struct afield__rcu_layout __attribute__((unused)) \
	name##__layout = {sizeof(name##_value), name##__destroy};      \
	AFIELD__RCU_WRAPPERS(name, T)

#define AFIELD__RCU_STRUCT(name, T)         \
	typedef T name##_value;             \
	typedef struct name {               \
		struct afield__rcu pointer; \
	} name;                             \
	AFIELD_VALUE_TYPE_DECLARE(name, T)

#define AFIELD__RCU_WRAPPERS(name, T) \
	AFIELD__RCU_READERS(name);    \
	AFIELD__RCU_VERSIONS(name);   \
	AFIELD__RCU_WRITERS(name);    \
	AFIELD__RCU_UPDATE(name);     \
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
#define AFIELD__RCU_READERS(name)                                                     \
	static inline const name##_value *name##_load(const name *field)              \
	{                                                                             \
		return (const name##_value *)afield__rcu_load(&field->pointer);       \
	}                                                                             \
	static inline bool name##_read(const name *field, name##_value *copy)         \
	{                                                                             \
		return afield__rcu_read(&field->pointer, sizeof(name##_value), copy); \
	}                                                                             \
	AFIELD__SEMICOLON

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
 * nothing.
 */
#define AFIELD__RCU_VERSIONS(name)                                              \
	static inline name##_value *name##_new(const name##_value *value)       \
	{                                                                       \
		return (name##_value *)afield__rcu_new(&name##__layout, value); \
	}                                                                       \
	static inline void name##_discard(name##_value *version)                \
	{                                                                       \
		afield__rcu_discard(version);                                   \
	}                                                                       \
	static inline void name##_retire(name##_value *version)                 \
	{                                                                       \
		afield__rcu_retire(version);                                    \
	}                                                                       \
	AFIELD__SEMICOLON

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
#define AFIELD__RCU_WRITERS(name)                                                              \
	static inline void name##_store(name *field, name##_value *version)                    \
	{                                                                                      \
		afield__rcu_retire(afield__rcu_exchange(&field->pointer, version));            \
	}                                                                                      \
	static inline name##_value *name##_exchange(name *field, name##_value *version)        \
	{                                                                                      \
		return (name##_value *)afield__rcu_exchange(&field->pointer, version);         \
	}                                                                                      \
	static inline bool name##_compare_exchange(name *field, const name##_value **expected, \
						   name##_value *desired)                      \
	{                                                                                      \
		void *seen = (void *)(uintptr_t)*expected;                                     \
		if (!afield__rcu_compare_exchange(&field->pointer, &seen, desired)) {          \
			*expected = (const name##_value *)seen;                                \
			return false;                                                          \
		}                                                                              \
		afield__rcu_retire(seen);                                                      \
		return true;                                                                   \
	}                                                                                      \
	AFIELD__SEMICOLON

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
#define AFIELD__RCU_UPDATE(name)                                                                  \
	struct name##__change {                                                                   \
		bool (*change)(name##_value * next, void *argument);                              \
		void *argument;                                                                   \
	};                                                                                        \
	static inline bool name##__change_call(void *next, void *context)                         \
	{                                                                                         \
		struct name##__change *call = (struct name##__change *)context;                   \
		return call->change((name##_value *)next, call->argument);                        \
	}                                                                                         \
	static inline int name##_update(                                                          \
		name *field, bool (*change)(name##_value * next, void *argument), void *argument) \
	{                                                                                         \
		struct name##__change call = {change, argument};                                  \
		return afield__rcu_change(&field->pointer, &name##__layout, name##__change_call,  \
					  &call);                                                 \
	}                                                                                         \
	AFIELD__SEMICOLON

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
#define AFIELD__RCU_TABLE(name, T)                                                            \
	static inline void name##_fini(name *field)                                           \
	{                                                                                     \
		afield__rcu_fini(&field->pointer);                                            \
	}                                                                                     \
	AFIELD_TYPE_TABLE(name, "rcu", AFIELD_VALUE_TYPE(name, T), 0, afield__rcu_table_load, \
			  afield__rcu_table_store, afield__rcu_table_fini, NULL, 0,           \
			  &name##__layout, NULL)

#endif
