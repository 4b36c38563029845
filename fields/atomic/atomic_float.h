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

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_atomic_float (AFIELD__ATOMIC_FLOAT)

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
#define AFIELD__ATOMIC_FLOAT(name, T)                                           \
	AFIELD__ATOMIC_FLOAT_STRUCT(name, T);                                   \
	AFIELD__ATOMIC_FLOAT_VERBS(name, afield__##T##_of, afield__##T##_bits); \
	AFIELD__ATOMIC_WAIT(name);                                              \
	AFIELD__ATOMIC_TABLE(name, afield__atomic_float_verbs)

AFIELD_TYPE(afield_f32, atomic_float, float);
AFIELD_TYPE(afield_f64, atomic_float, double);

#endif
