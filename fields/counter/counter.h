/* SPDX-License-Identifier: MIT */
/*
 * counter: a statistic that every thread may add to all the time.
 *
 * When to use it: for hits, bytes, errors: many additions, few readings. An addition is one locked
 * instruction on a cache line that the processor has to itself, however many threads there are.
 * When not: when each addition needs the value before (a ticket: atomic's fetch_add), when a
 * reading decides something together with an addition (a limit, a reference count), or when the
 * counter is rarely used by two threads at once: afield_i64 is half as large.
 *
 *   AFIELD_TYPE(hits_counter, counter, int64_t);        afield_counter is ready made
 *
 * The field is 16 bytes, and zero is a fresh counter. While no two additions meet, it is one word.
 * When two do, it gets one stripe for each configured processor, at most 128, of 64 bytes, once, by
 * one allocation in the addition that met another; if there is no memory, it stays one word, slower
 * and just as right, and the next collision asks again. fini gives the stripes back.
 *
 * Synchronization: no pair of operations needs the caller's own exclusion, but for fini:
 *                          [1] [2] [3]
 *   [1] add, sum            -   -   X      (- runs concurrently, X needs exclusion)
 *   [2] reset               -   -   X
 *   [3] fini                X   X   X
 *
 * What a sum means. It reads the stripes one after the other. Every addition that happens before
 * the sum is in it; none that happens after it is; of those concurrent with it, some. So:
 *   - When nobody adds meanwhile, it is exact.
 *   - When every addition is +1 (or every one -1), sum is linearizable: the count goes from what it
 *     was at the call to what it was at the return in steps of one, so at some moment in between it
 *     was the sum, exactly.
 *   - When additions are larger, of one sign, the sum is an intermediate value: not less than the
 *     count at the call and not more than at the return, but perhaps a number that the count never
 *     was. With +2 on one stripe and then +4 on another, a sum that passed the first and then meets
 *     the second says 4 while the count went 0, 2, 6.
 *   - When signs are mixed, not even that: beside +1 and then -1 a sum may say -1.
 * test_linearizability.c has a history for each line, and the checker's verdict.
 *
 * A reset takes what is there, stripe by stripe, and returns it: each addition is in exactly one
 * reset, or stays. So the results of all resets and the last sum add up to all additions. A sum
 * beside a reset may see part of it.
 *
 *	afield_counter hits = {0};
 *	afield_counter_add(&hits, 1);
 *	int64_t so_far = afield_counter_sum(&hits);
 *
 * Sources: the first word and the lazy stripes are those of java.util.concurrent's LongAdder; the
 * meaning of a sum follows Rinberg and Keidar, "Intermediate value linearizability" (DISC 2020).
 */
#ifndef AFIELD_COUNTER_H
#define AFIELD_COUNTER_H

#include <afield/detail/counter_macros.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD_KIND_counter (AFIELD__COUNTER)

/*
 * AFIELD_TYPE(name, counter, int64_t) declares
 *   typedef int64_t name_value; typedef struct name { ... } name;
 *   void    name_add(name *, int64_t amount)
 *   int64_t name_sum(const name *)
 *   int64_t name_reset(name *)
 *   void    name_fini(name *)
 *   const struct afield_type *name_type(void)
 *
 * add: wraps in two's complement.
 *   Concurrent with it: everything but fini. Progress: wait-free where the processor has the
 *   instruction, as x86-64 has, but for the one addition that allocates, which waits as malloc
 *   does.
 *   Ordering: seq_cst. Never fails.
 * sum: the count, as said above.
 *   Concurrent with it: everything but fini. Progress: wait-free; one load for each stripe.
 *   Ordering: seq_cst. Never fails.
 * reset: takes what has been added and returns it.
 *   Concurrent with it: everything but fini. Progress: wait-free; one exchange for each stripe.
 *   Ordering: seq_cst. Never fails.
 */
#define AFIELD__COUNTER(name, T)                                                  \
	typedef T name##_value;                                                   \
	typedef struct name {                                                     \
		struct afield__counter counter;                                   \
	} name;                                                                   \
	AFIELD__ASSERT(AFIELD_TYPE_CODE(T) == AFIELD_I64,                         \
		       "afield: the counter '" #name "' holds a '" #T "'; write " \
		       "AFIELD_TYPE(" #name ", counter, int64_t)");               \
	AFIELD__COUNTER_OPERATIONS(name);                                         \
	AFIELD__COUNTER_TABLE(name)

AFIELD_TYPE(afield_counter, counter, int64_t);

#ifdef AFIELD_WATCH
#include <afield/detail/counter_watch.h>
#endif

#endif
