/* SPDX-License-Identifier: MIT */
/*
 * atomic_float: the floating point part of atomic.h, which includes it.
 *
 * A float travels as the integer with its bits, because processors exchange integers. A
 * compare_exchange compares bits: 0.0 and -0.0 differ, and a NaN equals itself. Addition is not
 * associative, so the sum of concurrent fetch_adds depends on their order; each of them still
 * happens exactly once.
 *
 * When to use it: a level or a sum that tolerates rounding. When not: for money or counts.
 *
 * Synchronization: that of atomic.h.
 */
#ifndef AFIELD_ATOMIC_FLOAT_H
#define AFIELD_ATOMIC_FLOAT_H

#include "atomic.h"

#include <string.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_atomic_float (AFIELD__ATOMIC_FLOAT)

/*
 * The bits of a number and the number of bits. Only the overload or case of the right size is ever
 * called, by the name that AFIELD__ATOMIC_FLOAT pastes.
 */
static inline uint32_t afield__float_bits(float value)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}
static inline float afield__float_of(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}
static inline uint64_t afield__double_bits(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}
static inline double afield__double_of(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/*
 * AFIELD_TYPE(name, atomic_float, T), T float or double declares
 *   T    name_load(const name *)                                 and _relaxed _acquire
 *   void name_store(name *, T)                                   and _relaxed _release
 *   T    name_exchange(name *, T)                                and all four suffixes
 *   bool name_compare_exchange(name *, T *expected, T desired)   and all four suffixes
 *   T    name_fetch_add sub min max (name *, T operand)          and all four suffixes
 *   T    name_update(name *, T (*next)(T old, void *argument), void *argument)
 *   name_wait, name_notify_one, name_notify_all                  described in atomic_wait.h
 *
 * Each of them: beside anything but fini; load, store and exchange wait-free, the others lock-free;
 * ordering as the name says, bare seq_cst; none fails but compare_exchange, which behaves as in
 * atomic.h. min and max treat a NaN as missing, as fmin and fmax do: a number replaces a stored
 * NaN, and a NaN operand changes nothing. Where they change nothing they write nothing.
 */
#define AFIELD__ATOMIC_FLOAT(name, T)                                                     \
	typedef T name##_value;                                                           \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(name##_value) == AFIELD_F32 ||                    \
			       AFIELD_TYPE_CODE(name##_value) == AFIELD_F64,              \
		       "afield: '" #name "' adds floating point numbers and holds a '" #T \
		       "'; it is float or double");                                       \
	typedef AFIELD__JOIN(afield__##T, _word) name##_bits;                             \
	typedef struct name {                                                             \
		AFIELD_ATOMIC(name##_bits) word;                                          \
	} name;                                                                           \
	AFIELD__FLOAT_LOAD(name, T, , seq_cst);                                           \
	AFIELD__FLOAT_LOAD(name, T, _relaxed, relaxed);                                   \
	AFIELD__FLOAT_LOAD(name, T, _acquire, acquire);                                   \
	AFIELD__FLOAT_STORE(name, T, , seq_cst);                                          \
	AFIELD__FLOAT_STORE(name, T, _relaxed, relaxed);                                  \
	AFIELD__FLOAT_STORE(name, T, _release, release);                                  \
	AFIELD__FLOAT_RMW(name, T, , seq_cst, seq_cst);                                   \
	AFIELD__FLOAT_RMW(name, T, _relaxed, relaxed, relaxed);                           \
	AFIELD__FLOAT_RMW(name, T, _acquire, acquire, acquire);                           \
	AFIELD__FLOAT_RMW(name, T, _release, release, relaxed);                           \
	AFIELD__FLOAT_RMW(name, T, _acq_rel, acq_rel, acquire);                           \
	AFIELD__FLOAT_UPDATE(name, T);                                                    \
	AFIELD__ATOMIC_WAIT(name);                                                        \
	AFIELD__ATOMIC_TABLE(name, T, afield__atomic_float_verbs)

typedef uint32_t afield__float_word;
typedef uint64_t afield__double_word;

#define AFIELD__FLOAT_LOAD(name, T, suffix, order)                         \
	static inline T name##_load##suffix(const name *field)             \
	{                                                                  \
		return afield__##T##_of(AFIELD_LOAD(&field->word, order)); \
	}                                                                  \
	AFIELD__SEMICOLON
#define AFIELD__FLOAT_STORE(name, T, suffix, order)                           \
	static inline void name##_store##suffix(name *field, T value)         \
	{                                                                     \
		AFIELD_STORE(&field->word, afield__##T##_bits(value), order); \
	}                                                                     \
	AFIELD__SEMICOLON

/* The read-modify-write verbs in one order. */
#define AFIELD__FLOAT_RMW(name, T, suffix, order, load_order)                                   \
	static inline T name##_exchange##suffix(name *field, T value)                           \
	{                                                                                       \
		return afield__##T##_of(                                                        \
			AFIELD_EXCHANGE(&field->word, afield__##T##_bits(value), order));       \
	}                                                                                       \
	static inline bool name##_compare_exchange##suffix(name *field, T *expected, T desired) \
	{                                                                                       \
		name##_bits seen = afield__##T##_bits(*expected);                               \
		bool done = AFIELD_COMPARE_EXCHANGE(&field->word, &seen,                        \
						    afield__##T##_bits(desired), order);        \
		*expected = afield__##T##_of(seen);                                             \
		return done;                                                                    \
	}                                                                                       \
	AFIELD__FLOAT_LOOP(name, T, fetch_add##suffix, true, old + operand, order, load_order); \
	AFIELD__FLOAT_LOOP(name, T, fetch_sub##suffix, true, old - operand, order, load_order); \
	AFIELD__FLOAT_LOOP(name, T, fetch_min##suffix,                                          \
			   operand < old || (old != old && operand == operand), operand, order, \
			   load_order);                                                         \
	AFIELD__FLOAT_LOOP(name, T, fetch_max##suffix,                                          \
			   operand > old || (old != old && operand == operand), operand, order, \
			   load_order)

#define AFIELD__FLOAT_LOOP(name, T, function, changes, next, order, load_order)                    \
	static inline T name##_##function(name *field, T operand)                                  \
	{                                                                                          \
		name##_bits seen = AFIELD_LOAD(&field->word, load_order);                          \
		T old = afield__##T##_of(seen);                                                    \
		while ((changes) && !AFIELD_COMPARE_EXCHANGE_WEAK(                                 \
					    &field->word, &seen, afield__##T##_bits(next), order)) \
			old = afield__##T##_of(seen);                                              \
		return old;                                                                        \
	}                                                                                          \
	AFIELD__SEMICOLON

#define AFIELD__FLOAT_UPDATE(name, T)                                                         \
	static inline T name##_update(name *field, T (*next)(T old, void *argument),          \
				      void *argument)                                         \
	{                                                                                     \
		name##_bits seen = AFIELD_LOAD(&field->word, relaxed);                        \
		while (!AFIELD_COMPARE_EXCHANGE_WEAK(                                         \
			&field->word, &seen,                                                  \
			afield__##T##_bits(next(afield__##T##_of(seen), argument)), seq_cst)) \
			;                                                                     \
		return afield__##T##_of(seen);                                                \
	}                                                                                     \
	AFIELD__SEMICOLON

AFIELD_TYPE(afield_f32, atomic_float, float);
AFIELD_TYPE(afield_f64, atomic_float, double);

#endif
