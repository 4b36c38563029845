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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/field.h>
#include <afield/ordering.h>
#include <afield/detail/type_code.h>

#include "atomic_wait.h"

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What the tables of this kind's types point to; the work is in atomic.c. */
AFIELD_EXPORT int afield__atomic_load(const struct afield_type *type, const void *field,
				      void *value);
AFIELD_EXPORT int afield__atomic_store(const struct afield_type *type, void *field,
				       const void *value);
AFIELD_EXPORT extern const struct afield_verb afield__atomic_verbs[5];
AFIELD_EXPORT extern const struct afield_verb afield__atomic_integer_verbs[12];
AFIELD_EXPORT extern const struct afield_verb afield__atomic_float_verbs[9];

#ifdef __cplusplus
}
#endif

/* Not a struct or a union, which a processor does not know. */
#ifdef __cplusplus
#define AFIELD__IS_ONE_WORD(T) (!__is_class(T) && !__is_union(T))
#else
#define AFIELD__IS_ONE_WORD(T) \
	(__builtin_classify_type(*(T *)0) != 12 && __builtin_classify_type(*(T *)0) != 13)
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
#define AFIELD__ATOMIC(name, T)       \
	AFIELD__ATOMIC_CORE(name, T); \
	AFIELD__ATOMIC_TABLE(name, T, afield__atomic_verbs)

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
#define AFIELD__ATOMIC_INTEGER(name, T)                                      \
	AFIELD__ATOMIC_CORE(name, T);                                        \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(name##_value) >= AFIELD_I8 &&        \
			       AFIELD_TYPE_CODE(name##_value) <= AFIELD_U64, \
		       "afield: '" #name "' adds integers and holds a '" #T  \
		       "'; use the kind atomic for it");                     \
	AFIELD__ATOMIC_FETCH(name, T, fetch_add, AFIELD_FETCH_ADD);          \
	AFIELD__ATOMIC_FETCH(name, T, fetch_sub, AFIELD_FETCH_SUB);          \
	AFIELD__ATOMIC_FETCH(name, T, fetch_and, AFIELD_FETCH_AND);          \
	AFIELD__ATOMIC_FETCH(name, T, fetch_or, AFIELD_FETCH_OR);            \
	AFIELD__ATOMIC_FETCH(name, T, fetch_xor, AFIELD_FETCH_XOR);          \
	AFIELD__ATOMIC_LOOPS(name, T, fetch_min, operand < seen);            \
	AFIELD__ATOMIC_LOOPS(name, T, fetch_max, operand > seen);            \
	AFIELD__ATOMIC_UPDATE(name, T);                                      \
	AFIELD__ATOMIC_TABLE(name, T, afield__atomic_integer_verbs)

/* The struct and the verbs that every T has. */
#define AFIELD__ATOMIC_CORE(name, T)                                                     \
	typedef T name##_value;                                                          \
	typedef struct name {                                                            \
		AFIELD_ATOMIC(name##_value) word;                                        \
	} name;                                                                          \
	AFIELD_VALUE_TYPE_DECLARE(name, T);                                              \
	AFIELD__ASSERT(sizeof(name##_value) <= sizeof(void *),                           \
		       "afield: the atomic '" #name "' would be larger than a pointer"); \
	AFIELD__ASSERT(AFIELD__IS_ONE_WORD(name##_value),                                \
		       "afield: the atomic '" #name "' holds a '" #T                     \
		       "', which is a struct; use seqlock for it");                      \
	AFIELD__ATOMIC_LOAD(name, , seq_cst);                                            \
	AFIELD__ATOMIC_LOAD(name, _relaxed, relaxed);                                    \
	AFIELD__ATOMIC_LOAD(name, _acquire, acquire);                                    \
	AFIELD__ATOMIC_STORE(name, , seq_cst);                                           \
	AFIELD__ATOMIC_STORE(name, _relaxed, relaxed);                                   \
	AFIELD__ATOMIC_STORE(name, _release, release);                                   \
	AFIELD__ATOMIC_FETCH(name, name##_value, exchange, AFIELD_EXCHANGE);             \
	AFIELD__ATOMIC_COMPARE_EXCHANGE(name, , seq_cst);                                \
	AFIELD__ATOMIC_COMPARE_EXCHANGE(name, _relaxed, relaxed);                        \
	AFIELD__ATOMIC_COMPARE_EXCHANGE(name, _acquire, acquire);                        \
	AFIELD__ATOMIC_COMPARE_EXCHANGE(name, _release, release);                        \
	AFIELD__ATOMIC_COMPARE_EXCHANGE(name, _acq_rel, acq_rel);                        \
	AFIELD__ATOMIC_WAIT(name)

#define AFIELD__ATOMIC_LOAD(name, suffix, order)                          \
	static inline name##_value name##_load##suffix(const name *field) \
	{                                                                 \
		return AFIELD_LOAD(&field->word, order);                  \
	}                                                                 \
	AFIELD__SEMICOLON
#define AFIELD__ATOMIC_STORE(name, suffix, order)                                \
	static inline void name##_store##suffix(name *field, name##_value value) \
	{                                                                        \
		AFIELD_STORE(&field->word, value, order);                        \
	}                                                                        \
	AFIELD__SEMICOLON
#define AFIELD__ATOMIC_COMPARE_EXCHANGE(name, suffix, order)                                    \
	static inline bool name##_compare_exchange##suffix(name *field, name##_value *expected, \
							   name##_value desired)                \
	{                                                                                       \
		return AFIELD_COMPARE_EXCHANGE(&field->word, expected, desired, order);         \
	}                                                                                       \
	AFIELD__SEMICOLON

/* A verb with one operand, in its five orders. */
#define AFIELD__ATOMIC_FETCH(name, T, verb, ACCESS)                      \
	AFIELD__ATOMIC_FETCH_ONE(name, verb, , ACCESS, seq_cst);         \
	AFIELD__ATOMIC_FETCH_ONE(name, verb, _relaxed, ACCESS, relaxed); \
	AFIELD__ATOMIC_FETCH_ONE(name, verb, _acquire, ACCESS, acquire); \
	AFIELD__ATOMIC_FETCH_ONE(name, verb, _release, ACCESS, release); \
	AFIELD__ATOMIC_FETCH_ONE(name, verb, _acq_rel, ACCESS, acq_rel)
#define AFIELD__ATOMIC_FETCH_ONE(name, verb, suffix, ACCESS, order)                         \
	static inline name##_value name##_##verb##suffix(name *field, name##_value operand) \
	{                                                                                   \
		return ACCESS(&field->word, operand, order);                                \
	}                                                                                   \
	AFIELD__SEMICOLON

/* min and max: exchange while the operand would change what was seen. */
#define AFIELD__ATOMIC_LOOPS(name, T, verb, changes)                          \
	AFIELD__ATOMIC_LOOP(name, verb, , changes, seq_cst, seq_cst);         \
	AFIELD__ATOMIC_LOOP(name, verb, _relaxed, changes, relaxed, relaxed); \
	AFIELD__ATOMIC_LOOP(name, verb, _acquire, changes, acquire, acquire); \
	AFIELD__ATOMIC_LOOP(name, verb, _release, changes, release, relaxed); \
	AFIELD__ATOMIC_LOOP(name, verb, _acq_rel, changes, acq_rel, acquire)
#define AFIELD__ATOMIC_LOOP(name, verb, suffix, changes, order, load_order)                 \
	static inline name##_value name##_##verb##suffix(name *field, name##_value operand) \
	{                                                                                   \
		name##_value seen = AFIELD_LOAD(&field->word, load_order);                  \
		while ((changes) &&                                                         \
		       !AFIELD_COMPARE_EXCHANGE_WEAK(&field->word, &seen, operand, order))  \
			;                                                                   \
		return seen;                                                                \
	}                                                                                   \
	AFIELD__SEMICOLON

#define AFIELD__ATOMIC_UPDATE(name, T)                                                          \
	static inline name##_value name##_update(                                               \
		name *field, name##_value (*next)(name##_value old, void *argument),            \
		void *argument)                                                                 \
	{                                                                                       \
		name##_value seen = AFIELD_LOAD(&field->word, relaxed);                         \
		while (!AFIELD_COMPARE_EXCHANGE_WEAK(&field->word, &seen, next(seen, argument), \
						     seq_cst))                                  \
			;                                                                       \
		return seen;                                                                    \
	}                                                                                       \
	AFIELD__SEMICOLON

/* The table. The field is its value: a caller that knows the size may read it with one load. */
#define AFIELD__ATOMIC_TABLE(name, T, verbs)                                                    \
	AFIELD_TYPE_TABLE(                                                                      \
		name, "atomic", AFIELD_VALUE_OF(AFIELD_TYPE_CODE(name##_value), name##_value),  \
		AFIELD_IS_ITS_VALUE | AFIELD_IS_HOT, afield__atomic_load, afield__atomic_store, \
		NULL, verbs, sizeof(verbs) / sizeof((verbs)[0]), NULL, NULL);                   \
	AFIELD__FINI(name)

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

#include "atomic_float.h"

#endif
