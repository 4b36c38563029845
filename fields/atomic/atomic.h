/* SPDX-License-Identifier: MIT */
/*
 * atomic: one integer, bool, floating point number or pointer that any thread may read and change.
 *
 * When to use it: for a value of at most eight bytes that stands for itself: a count, a flag, a
 * state, a limit. When not: for two values that must agree (use seqlock), for a pointer whose
 * target is freed while others read it (use rcu), or for a counter that many threads hit all the
 * time (a striped counter scales, one word does not).
 *
 * Ready made:
 *   afield_bool                                   load store exchange compare_exchange
 *   afield_i8 i16 i32 i64  u8 u16 u32 u64  size   the same, fetch_add sub and or xor min max, and
 *                                                 update
 *   afield_f32 f64                                the same four, fetch_add sub min max, update
 * and for other types
 *   AFIELD_TYPE(node_link, atomic, struct node *)       any pointer, integer, enum or bool
 *   AFIELD_TYPE(ticks, atomic_integer, unsigned long)   an integer with its arithmetic
 *   AFIELD_TYPE(level, atomic_float, double)            a floating point number
 * all of which can be waited for (wait, notify_one, notify_all: atomic_wait.h).
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                          [1] [2] [3]
 *   [1] load                -   -   X
 *   [2] every other verb    -   -   X
 *   [3] fini                X   X   X       (- runs concurrently, X needs exclusion)
 *
 * Orders: a bare verb is sequentially consistent, and with bare verbs alone the field is
 * linearizable: a load finds every store that happens before it. `_relaxed`, `_acquire`, `_release`
 * and `_acq_rel` forms promise happens-before only, and have no place in the order of the bare
 * ones. They are C11's own operations and cost no more than these.
 *
 *	afield_i64 hits = {0};
 *	afield_i64_fetch_add(&hits, 1);
 *	int64_t seen = afield_i64_load(&hits);
 *
 * Sources: the operations are those of C11 7.17.7; fetch_min and fetch_max follow ISO C++ P0493.
 * Where a target has no lock-free atomic of the size, this header does not compile.
 */
#ifndef AFIELD_ATOMIC_H
#define AFIELD_ATOMIC_H

#include <afield/detail/atomic_macros.h>

#include "atomic_wait.h"

#include "atomic_float.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_atomic (AFIELD__ATOMIC)
#define AFIELD_KIND_atomic_integer (AFIELD__ATOMIC_INTEGER)

/*
 * AFIELD_TYPE(name, atomic, T) declares
 *   typedef T name_value; typedef struct name { ... } name;
 *   T    name_load(const name *)                                 and _relaxed _acquire
 *   void name_store(name *, T)                                   and _relaxed _release
 *   T    name_exchange(name *, T)                                and all four suffixes
 *   bool name_compare_exchange(name *, T *expected, T desired)   and all four suffixes
 *   name_wait, name_notify_one, name_notify_all                  described in atomic_wait.h
 *   void name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * Each of them: beside anything but fini; wait-free where the processor has the instruction, as
 * x86-64 has, and lock-free otherwise; ordering as the name says, bare seq_cst. load, store and
 * exchange never fails. compare_exchange stores `desired` if the field holds *expected, byte for
 * byte, and returns true; otherwise it copies the value found to *expected and returns false, never
 * spuriously.
 */
#define AFIELD__ATOMIC(name, T)         \
	AFIELD__ATOMIC_STRUCT(name, T); \
	AFIELD__ATOMIC_VERBS(name);     \
	AFIELD__ATOMIC_WAIT(name);      \
	AFIELD__ATOMIC_TABLE(name, afield__atomic_verbs)

/*
 * AFIELD_TYPE(name, atomic_integer, T): the same and
 *   T    name_fetch_add sub and or xor min max (name *, T operand)   and all four suffixes
 *   T    name_update(name *, T (*next)(T old, void *argument), void *argument)
 *
 * Each returns the value before. Concurrent with anything but fini; add and sub wait-free on
 * x86-64, the others lock-free (and, or, xor are one instruction there only when nobody uses the
 * result); ordering as the name says, bare seq_cst; none fails. Signed overflow wraps in two's
 * complement. min and max that change nothing write nothing: then they are a load of the same order
 * without its release half. `next` may run several times and must depend on its arguments alone.
 */
#define AFIELD__ATOMIC_INTEGER(name, T)     \
	AFIELD__ATOMIC_STRUCT(name, T);     \
	AFIELD__ATOMIC_VERBS(name);         \
	AFIELD__ATOMIC_ARITHMETIC(name, T); \
	AFIELD__ATOMIC_WAIT(name);          \
	AFIELD__ATOMIC_TABLE(name, afield__atomic_integer_verbs)

AFIELD_TYPE(afield_bool, atomic, bool);
AFIELD_TYPE(afield_i8, atomic_integer, int8_t);
AFIELD_TYPE(afield_i16, atomic_integer, int16_t);
AFIELD_TYPE(afield_i32, atomic_integer, int32_t);
AFIELD_TYPE(afield_i64, atomic_integer, int64_t);
AFIELD_TYPE(afield_u8, atomic_integer, uint8_t);
AFIELD_TYPE(afield_u16, atomic_integer, uint16_t);
AFIELD_TYPE(afield_u32, atomic_integer, uint32_t);
AFIELD_TYPE(afield_u64, atomic_integer, uint64_t);
AFIELD_TYPE(afield_size, atomic_integer, size_t);

#ifdef AFIELD_WATCH
#include <afield/detail/atomic_watch.h>
#endif

#endif
