/* SPDX-License-Identifier: MIT */
/*
 * rcu_core: the algorithm of the rcu kind, on a pointer and nothing else.
 *
 * A version is an object that nobody changes any more once it is published. The field is a pointer
 * to the current one. Writers replace the pointer in one access; readers load it inside a read
 * section and use what they found until they leave. A version that was replaced is freed when every
 * section that was open then has ended. That last step, and the memory, belong to the includer:
 * rcu.c brings that of reclaim.h, litmus.c a reference of a few lines (litmus_rcu.h).
 *
 * When to use it: to prove the algorithm, or to read it. Programs use rcu.h.
 *
 * The linearization point of each operation is its one access to `current`; a failed
 * compare_exchange is a load there. All accesses are seq_cst, (1) to (3) below:
 *
 * - acquire of every access that brings a version: of all three, from the access that published it,
 *   (2) or (3). Weaker, a reader sees the version's bytes as they were before they were written,
 *   and a writer retires a header that is not there yet.
 * - release of every access that publishes: the same pair, seen from the other side.
 * - the total order of seq_cst: two threads that each store to one field and then load another must
 *   not both find the old version. With acquire and release alone both may (a processor lets a load
 *   overtake the store before it), and a program of two fields, each of which looks linearizable by
 *   itself, is not. On x86-64 it costs nothing: the load is a plain one, and the stores are
 *   exchanges in any order, because the version before must be retired.
 */
#ifndef AFIELD_RCU_CORE_H
#define AFIELD_RCU_CORE_H

#include <stdbool.h>

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Written by exchange and compare_exchange alone. NULL: nothing was stored, or NULL was. */
struct afield__rcu {
	AFIELD_ATOMIC(void *) current;
};

/*
 * The current version, for as long as the caller's read section stays open.
 *   (1) seq_cst, pairs with (2) (3), ordered with (2) (3).
 *   Concurrent with it: everything. Progress: wait-free. Ordering: seq_cst. Returns NULL when
 *   empty.
 */
static inline void *afield__rcu_load(const struct afield__rcu *field)
{
	return AFIELD_LOAD(&field->current, seq_cst);
}

/*
 * Publishes `version` and returns the previous one, which readers may still use.
 *   (2) seq_cst, pairs with (1) (2) (3), ordered with (1) (3).
 *   Concurrent with it: everything. Progress: wait-free. Ordering: seq_cst. Never fails.
 */
static inline void *afield__rcu_exchange(struct afield__rcu *field, void *version)
{
	return AFIELD_EXCHANGE(&field->current, version, seq_cst);
}

/*
 * Publishes `desired` if *expected is current; otherwise sets *expected to the current version.
 *
 * Identity of pointers is identity of versions only while *expected cannot be freed, that is while
 * the section in which it was loaded is open. After that its memory may have become another
 * version: the pointer compares equal, the exchange succeeds, and an update is lost (ABA).
 *   (3) seq_cst, pairs with (1) (2) (3), ordered with (1) (2) (3).
 *   Concurrent with it: everything. Progress: wait-free. Ordering: seq_cst, a failure is a seq_cst
 *   load.
 *   Returns false, never spuriously, when another version is current.
 */
static inline bool afield__rcu_compare_exchange(struct afield__rcu *field, void **expected,
						void *desired)
{
	return AFIELD_COMPARE_EXCHANGE(&field->current, expected, desired, seq_cst);
}

/* What update needs from its includer. `enter` and `leave` open and close a read section. */
struct afield__rcu_steps {
	void (*enter)(void);
	void (*leave)(void);
	/* Makes *next from *current, which may be NULL. False: store nothing. */
	bool (*change)(void *next, const void *current, void *context);
	/* Gives back what the last change put into *next, which was not published. */
	void (*undo)(void *next, void *context);
};

/*
 * Makes `next` from the current version and publishes it, again and again until no other writer
 * came in between. Sets *old to the version replaced, for the caller to retire; the section is
 * closed by then, so that retiring may wait.
 *   Concurrent with it: everything. Progress: lock-free; whoever makes an attempt fail has
 *   published.
 *   Ordering: seq_cst. Returns false when change did; nothing is stored then.
 */
static inline bool afield__rcu_update(struct afield__rcu *field, void *next,
				      const struct afield__rcu_steps *steps, void *context,
				      void **old)
{
	for (;;) {
		void *seen;
		bool is_done;

		steps->enter();
		seen = afield__rcu_load(field);
		if (!steps->change(next, seen, context)) {
			steps->leave();
			return false;
		}
		*old = seen;
		/* Still in the section of the load: `seen` is not freed, so equal is the same. */
		is_done = afield__rcu_compare_exchange(field, &seen, next);
		steps->leave();
		if (is_done)
			return true;
		steps->undo(next, context);
	}
}

#ifdef __cplusplus
}
#endif

#endif
