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

#include <afield/ordering/c11.h>
#include <afield/ordering/packed.h>

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
#define AFIELD__LOAD_TAG(pair, order) afield__packed_tag(AFIELD__LOAD(&(pair)->both, order))
/* GenMC's addresses of static objects have their highest bit set: bit 47 of a packed word. */
#if defined(__has_include)
#if __has_include(<genmc.h>)
#define AFIELD__FOLDS_ADDRESSES 1
#endif
#endif
#ifdef AFIELD__FOLDS_ADDRESSES
#define AFIELD__FOLD(word) (((uint64_t)(word)&UINT64_MAX >> 1) | (uint64_t)(word) >> 63 << 47)
#define AFIELD__UNFOLD(word) afield__unfolded(word)
static inline uint64_t afield__unfolded(uint64_t word)
{
	return (word & UINT64_MAX >> 17) | word >> 47 << 63;
}
#else /* no parenthesis: the text of a program is the same, and so is its hash */
#define AFIELD__FOLD(word) word
#define AFIELD__UNFOLD(word) word
#endif
#define AFIELD__LOAD_WORD(pair, order) \
	AFIELD__UNFOLD(afield__packed_word(AFIELD__LOAD(&(pair)->both, order)))
#define AFIELD__STORE_PAIR(pair, tag, word, order) \
	AFIELD__STORE(&(pair)->both, afield__packed(tag, AFIELD__FOLD(word)), order)
#define AFIELD__COMPARE_EXCHANGE_PAIR(pair, tag, word, new_tag, new_word, order)       \
	AFIELD__COMPARE_EXCHANGE(&(pair)->both,                                        \
				 &(uint64_t){afield__packed(tag, AFIELD__FOLD(word))}, \
				 afield__packed(new_tag, AFIELD__FOLD(new_word)), order)
#define AFIELD__FENCE(order, object) ((void)(object), atomic_thread_fence(AFIELD__ORDER_##order))
/* Without a membarrier beside it this fence would do nothing, so a program asks for full ones. */
#define AFIELD__COMPILER_FENCE() ((void)0)
#define AFIELD__SPIN() ((void)0)
#define AFIELD__PAUSE(name) ((void)0)

#define AFIELD_TSAN_ACQUIRE(address) ((void)(address))
#define AFIELD_TSAN_RELEASE(address) ((void)(address))

#endif
