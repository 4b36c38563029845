/* SPDX-License-Identifier: MIT */
/*
 * The plain C11 back end of ordering.h, for outside model checkers: <stdatomic.h> and nothing else.
 * No inline assembly, no processor hints, no annotations. A program built with it also runs.
 */
#ifndef AFIELD_ORDERING_MODEL_H
#define AFIELD_ORDERING_MODEL_H

#ifdef __cplusplus
#error "afield: -DAFIELD_MODEL is for C11 programs; in C++ use the native or the relacy back end"
#endif

#include <stdatomic.h>

#define AFIELD_ATOMIC(T) _Atomic(T)

#define AFIELD__ORDER_relaxed memory_order_relaxed
#define AFIELD__ORDER_acquire memory_order_acquire
#define AFIELD__ORDER_release memory_order_release
#define AFIELD__ORDER_acq_rel memory_order_acq_rel
#define AFIELD__ORDER_seq_cst memory_order_seq_cst
#define AFIELD__FAILURE_relaxed memory_order_relaxed
#define AFIELD__FAILURE_acquire memory_order_acquire
#define AFIELD__FAILURE_release memory_order_relaxed
#define AFIELD__FAILURE_acq_rel memory_order_acquire
#define AFIELD__FAILURE_seq_cst memory_order_seq_cst

#define AFIELD__LOAD(object, order) atomic_load_explicit(object, AFIELD__ORDER_##order)
#define AFIELD__STORE(object, value, order) \
	atomic_store_explicit(object, value, AFIELD__ORDER_##order)
#define AFIELD__EXCHANGE(object, value, order) \
	atomic_exchange_explicit(object, value, AFIELD__ORDER_##order)
#define AFIELD__COMPARE_EXCHANGE(object, expected, desired, order)                                \
	atomic_compare_exchange_strong_explicit(object, expected, desired, AFIELD__ORDER_##order, \
						AFIELD__FAILURE_##order)
#define AFIELD__COMPARE_EXCHANGE_WEAK(object, expected, desired, order)                         \
	atomic_compare_exchange_weak_explicit(object, expected, desired, AFIELD__ORDER_##order, \
					      AFIELD__FAILURE_##order)
#define AFIELD__FETCH(verb, object, operand, order) \
	atomic_fetch_##verb##_explicit(object, operand, AFIELD__ORDER_##order)
#define AFIELD__FENCE(order, object) ((void)(object), atomic_thread_fence(AFIELD__ORDER_##order))
/* Without a membarrier beside it this fence would do nothing, so a program asks for full ones. */
#define AFIELD__COMPILER_FENCE() ((void)0)
#define AFIELD__SPIN() ((void)0)
#define AFIELD__PAUSE(name) ((void)0)

#define AFIELD_TSAN_ACQUIRE(address) ((void)(address))
#define AFIELD_TSAN_RELEASE(address) ((void)(address))

#endif
