/* SPDX-License-Identifier: MIT */
/*
 * What the back ends of ordering.h that stand on <stdatomic.h> share: its words and its orders.
 */
#ifndef AFIELD_ORDERING_C11_H
#define AFIELD_ORDERING_C11_H

#include <stdatomic.h>

#define AFIELD_ATOMIC(T) _Atomic(T)
#define AFIELD__INITIAL(value) value

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

#endif
