/* SPDX-License-Identifier: MIT */
/*
 * seqlock: a struct that many threads read and some replace, always whole.
 *
 * A reader copies the struct out without writing anything shared, and copies again if a writer came
 * in between. Writers wait for each other.
 *
 * When to use it: for a value of some 9 bytes to a few KiB that is read more often than written and
 * whose members must agree: limits, a position, a configuration. When not: for a value of at most
 * eight bytes (atomic); for a struct with pointers to what is freed while others read it (rcu:
 * here a reader has only a copy of the pointer); for a large value that is written all the time
 * (readers then copy several times).
 *
 *   AFIELD_TYPE(limits_seq, seqlock, struct limits);        two slots
 *   AFIELD_TYPE(limits_seq, seqlock, struct limits, 4);     as many as are named
 *
 * The value is any trivially copyable T. With N slots the field is 16 bytes and N times the value,
 * rounded up to words. With one slot, a reader cannot proceed while a writer is at work, and waits
 * for it if that takes long. With two, which is the usual choice, a writer that is stopped in the
 * middle stops no reader, and a reader copies again only if a whole write and the beginning of
 * another passed during its copy. With four, it takes three whole writes and the beginning of a
 * fourth.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini, by which
 * is meant the end of the field's memory: a seqlock owns nothing.
 *                                     [1] [2] [3]
 *   [1] load, load_into, try_load      -   -   X
 *   [2] store, exchange, update        -   w   X     (- runs concurrently, w waits for its turn,
 *   [3] fini                           X   X   X      X needs exclusion)
 *
 * Orders: all operations are sequentially consistent and linearizable. What a thread
 * wrote before a store is seen by a thread that has loaded the stored value.
 *
 *	static limits_seq limits;
 *	limits_seq_store(&limits, (struct limits){.low = 1, .high = 5});
 *	struct limits now = limits_seq_load(&limits);
 *
 * A fork while another thread writes: the child has the value before that write, and goes on. With
 * one slot the value is lost: a store puts it right; before that, try_load is false, Python is told
 * (-EOWNERDEAD), and who must have a value gets zero bytes.
 *
 * Sources: seqlock_core.h has the algorithm and its literature; seqlock.md the measurements.
 */
#ifndef AFIELD_SEQLOCK_H
#define AFIELD_SEQLOCK_H

#include <afield/detail/seqlock_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_seqlock (AFIELD__SEQLOCK)

/*
 * AFIELD_TYPE(name, seqlock, T) and AFIELD_TYPE(name, seqlock, T, slots) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   T    name_load(const name *)
 *   void name_load_into(const name *, T *value)
 *   bool name_try_load(const name *, T *value)
 *   void name_store(name *, T value)
 *   void name_store_from(name *, const T *value)
 *   T    name_exchange(name *, T value)
 *   int  name_update(name *, bool (*change)(T *value, void *argument), void *argument)
 *   int  name_reset_orphans(name *)
 *   void name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * load: the value. load_into is the same without the return by value, for a large T.
 *   Concurrent with it: everything but fini.
 *   Progress: lock-free with two slots or more: it copies again only after other threads have
 *   written. With one slot blocking: after 32 tries it waits for its turn among the writers.
 *   Ordering: seq_cst. Never fails; in the child of a fork that left half a write in the only slot,
 *   the value is then zero bytes, as in a fresh field.
 * try_load: one attempt.
 *   Concurrent with it: everything but fini. Progress: wait-free. Ordering: seq_cst.
 *   Returns false, and leaves *value unspecified, when a writer was in the way: with one slot any
 *   writer, with N slots when N-1 writes and the beginning of another passed during the copy.
 * store, exchange: replace the value; exchange returns the previous one. store_from is the same as
 * store without the argument by value.
 *   Concurrent with them: everything but fini. Progress: blocking among writers, never for readers;
 *   a writer that waits sleeps, detached from its host. Ordering: seq_cst. Never fails.
 * update: calls change with a copy of the value and stores the copy if change returns true.
 *   Concurrent with it: everything but fini. Progress: as store. Ordering: seq_cst.
 *   Returns 1 or 0, as change returned true or false; 0 leaves the value as it was. `change` runs
 *   once, under the writers' lock: it must not leave by longjmp, must not block, fork or call a
 *   host, and must not write this field, nor read it if it has one slot. An exception of C++ leaves
 *   the value as it was.
 * reset_orphans: in the child of a fork, gives back a lock whose writer the fork left behind.
 * Nobody needs to: the next writer takes it over, and with two slots or more the value is the one
 * before that write. With one slot it is zero bytes from then on.
 *   Concurrent with: everything but fini. Progress: wait-free. Ordering: seq_cst.
 *   Returns 1 when there was such a lock, otherwise 0.
 */
#define AFIELD__SEQLOCK(name, ...) AFIELD__SEQLOCK_(name, __VA_ARGS__, 2, ~)
#define AFIELD__SEQLOCK_(name, T, slots, ...)                                                      \
	typedef T name##_value;                                                                    \
	AFIELD__ASSERT((slots) >= 1, "afield: the seqlock '" #name "' needs at least one slot");   \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                                        \
	enum {                                                                                     \
		name##__slots = (slots),                                                           \
		name##__words = (sizeof(name##_value) + sizeof(uintptr_t) - 1) / sizeof(uintptr_t) \
	};                                                                                         \
	typedef struct name {                                                                      \
		struct afield__seqlock lock;                                                       \
		afield_word words[(size_t)name##__slots * name##__words];                          \
	} name;                                                                                    \
	AFIELD__CONSTANT(struct afield__seqlock_layout name##__layout) = {name##__slots,           \
									  name##__words};          \
	AFIELD__SEQLOCK_OPERATIONS(name);                                                          \
	AFIELD__SEQLOCK_TABLE(name, T)

#ifdef AFIELD_WATCH
#include <afield/detail/seqlock_watch.h>
#endif

#endif
