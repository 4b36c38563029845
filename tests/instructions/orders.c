/* SPDX-License-Identifier: MIT */
/*
 * The verbs of atomic fields of which only the atomic instructions are those of C11's operations,
 * one function each; with -DRAW the same written in C11. compare.sh finds the same atomic
 * instructions in both, in the same sequence. A wrong order is another one, on a processor that has
 * weaker orders than x86.
 */
#include <stdatomic.h>
#include <stdint.h>

#ifdef RAW
#include <stdbool.h>
#define FIELD(name, T) _Atomic(T)
#else
#include <afield/atomic.h>
#define FIELD(name, T) afield_##name
#endif

#undef bool
typedef _Bool bool;

#define FAILURE_relaxed memory_order_relaxed
#define FAILURE_acquire memory_order_acquire
#define FAILURE_release memory_order_relaxed
#define FAILURE_acq_rel memory_order_acquire
#define FAILURE_seq_cst memory_order_seq_cst

#define TYPES(name, T)         \
	typedef T name##_type; \
	typedef FIELD(name, T) name##_field

#ifdef RAW
#define LOAD(name, suffix, order)                                         \
	name##_type name##_load##suffix(const name##_field *field)        \
	{                                                                 \
		return atomic_load_explicit(field, memory_order_##order); \
	}
#define EXCHANGE(name, suffix, order)                                                \
	name##_type name##_exchange##suffix(name##_field *field, name##_type value)  \
	{                                                                            \
		return atomic_exchange_explicit(field, value, memory_order_##order); \
	}
#define COMPARE_EXCHANGE(name, suffix, order)                                             \
	bool name##_compare_exchange##suffix(name##_field *field, name##_type *expected,  \
					     name##_type desired)                         \
	{                                                                                 \
		return atomic_compare_exchange_strong_explicit(                           \
			field, expected, desired, memory_order_##order, FAILURE_##order); \
	}
/* The loop of a verb that has no instruction: `when`, and then `next` is stored. */
#define LOOP(name, verb, suffix, order, first, when, next)                                    \
	name##_type name##_##verb##suffix(name##_field *field, name##_type operand)           \
	{                                                                                     \
		name##_type seen = atomic_load_explicit(field, memory_order_##first);         \
		while ((when) && !atomic_compare_exchange_weak_explicit(field, &seen, next,   \
									memory_order_##order, \
									FAILURE_##order))     \
			;                                                                     \
		return seen;                                                                  \
	}
#define UPDATE(name)                                                                              \
	name##_type name##_update(name##_field *field,                                            \
				  name##_type (*next)(name##_type old, void *argument),           \
				  void *argument)                                                 \
	{                                                                                         \
		name##_type seen = atomic_load_explicit(field, memory_order_relaxed);             \
		while (!atomic_compare_exchange_weak_explicit(field, &seen, next(seen, argument), \
							      memory_order_seq_cst,               \
							      memory_order_seq_cst))              \
			;                                                                         \
		return seen;                                                                      \
	}
#else
#define LOAD(name, suffix, order)                                  \
	name##_type name##_load##suffix(const name##_field *field) \
	{                                                          \
		return afield_##name##_load##suffix(field);        \
	}
#define EXCHANGE(name, suffix, order)                                               \
	name##_type name##_exchange##suffix(name##_field *field, name##_type value) \
	{                                                                           \
		return afield_##name##_exchange##suffix(field, value);              \
	}
#define COMPARE_EXCHANGE(name, suffix, order)                                              \
	bool name##_compare_exchange##suffix(name##_field *field, name##_type *expected,   \
					     name##_type desired)                          \
	{                                                                                  \
		return afield_##name##_compare_exchange##suffix(field, expected, desired); \
	}
#define LOOP(name, verb, suffix, order, first, when, next)                          \
	name##_type name##_##verb##suffix(name##_field *field, name##_type operand) \
	{                                                                           \
		return afield_##name##_##verb##suffix(field, operand);              \
	}
#define UPDATE(name)                                                                    \
	name##_type name##_update(name##_field *field,                                  \
				  name##_type (*next)(name##_type old, void *argument), \
				  void *argument)                                       \
	{                                                                               \
		return afield_##name##_update(field, next, argument);                   \
	}
#endif

#define FIVE(EACH, name)              \
	EACH(name, , seq_cst)         \
	EACH(name, _relaxed, relaxed) \
	EACH(name, _acquire, acquire) \
	EACH(name, _release, release) \
	EACH(name, _acq_rel, acq_rel)
/* A loop whose first load has the order of a failure, and one whose first load has none. */
#define LOOPS_OF_ORDER(name, verb, when, next)                   \
	LOOP(name, verb, , seq_cst, seq_cst, when, next)         \
	LOOP(name, verb, _relaxed, relaxed, relaxed, when, next) \
	LOOP(name, verb, _acquire, acquire, acquire, when, next) \
	LOOP(name, verb, _release, release, relaxed, when, next) \
	LOOP(name, verb, _acq_rel, acq_rel, acquire, when, next)

TYPES(bool, bool);
LOAD(bool, , seq_cst)
LOAD(bool, _relaxed, relaxed)
LOAD(bool, _acquire, acquire)
FIVE(EXCHANGE, bool)

TYPES(i64, int64_t);
LOOPS_OF_ORDER(i64, fetch_min, operand < seen, operand)
LOOPS_OF_ORDER(i64, fetch_max, operand > seen, operand)
UPDATE(i64)

TYPES(f32, float);
FIVE(COMPARE_EXCHANGE, f32)
UPDATE(f32)

TYPES(f64, double);
FIVE(COMPARE_EXCHANGE, f64)
LOOPS_OF_ORDER(f64, fetch_add, 1, seen + operand)
LOOPS_OF_ORDER(f64, fetch_sub, 1, seen - operand)
UPDATE(f64)
