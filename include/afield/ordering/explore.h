/* SPDX-License-Identifier: MIT */
/*
 * The explorer's back end of ordering.h: C11 atomics, each preceded by a word to the explorer on
 * where it stands in the source. The explorer learns of the access itself from the compiler
 * (-fsanitize=thread, linked with libafield-explore instead of the compiler's run-time library), so
 * the types are those of model.h and plain accesses are seen too.
 */
#ifndef AFIELD_ORDERING_EXPLORE_H
#define AFIELD_ORDERING_EXPLORE_H

#ifdef __cplusplus
#error "afield: -DAFIELD_EXPLORE is for C11 programs; in C++ use the native or the relacy back end"
#endif

#include <afield/ordering/c11.h>
#include <afield/ordering/packed.h>

#include <stdbool.h>
#include <stddef.h>

/* The access that this thread makes next, and where it stands. */
void afield_explore_at(const char *file, const char *function, int line, const char *kind,
		       const char *object);
bool afield_explore_compare_exchange(volatile void *object, void *expected, const void *desired,
				     size_t size, int order, int failure, bool is_weak);
void afield_explore_fence(int order);
void afield_explore_spin(void);
bool afield_explore_mutant(const char *file, const char *function, int line, const char *name);

#define AFIELD__AT(kind, object) afield_explore_at(__FILE__, __func__, __LINE__, kind, #object)
/* True when a mutant spelled in the program itself is on. */
#define AFIELD_MUTANT(name) afield_explore_mutant(__FILE__, __func__, __LINE__, name)
#define AFIELD__LOAD(object, order) \
	(AFIELD__AT("load", object), atomic_load_explicit(object, AFIELD__ORDER_##order))
#define AFIELD__STORE(object, value, order) \
	(AFIELD__AT("store", object), atomic_store_explicit(object, value, AFIELD__ORDER_##order))
#define AFIELD__EXCHANGE(object, value, order) \
	(AFIELD__AT("exchange", object),       \
	 atomic_exchange_explicit(object, value, AFIELD__ORDER_##order))
#define AFIELD__CAS(kind, object, expected, desired, order, is_weak)                            \
	(AFIELD__AT(kind, object),                                                              \
	 afield_explore_compare_exchange(object, expected, &(__typeof__(*(expected))){desired}, \
					 sizeof(*(expected)), AFIELD__ORDER_##order,            \
					 AFIELD__FAILURE_##order, is_weak))
#define AFIELD__COMPARE_EXCHANGE(object, expected, desired, order) \
	AFIELD__CAS("compare_exchange", object, expected, desired, order, false)
#define AFIELD__COMPARE_EXCHANGE_WEAK(object, expected, desired, order) \
	AFIELD__CAS("compare_exchange_weak", object, expected, desired, order, true)
#define AFIELD__FETCH(verb, object, operand, order) \
	(AFIELD__AT("fetch_" #verb, object),        \
	 atomic_fetch_##verb##_explicit(object, operand, AFIELD__ORDER_##order))
#define AFIELD__LOAD_TAG(pair, order)  \
	(AFIELD__AT("load_tag", pair), \
	 afield__packed_tag(atomic_load_explicit(&(pair)->both, AFIELD__ORDER_##order)))
#define AFIELD__LOAD_WORD(pair, order)  \
	(AFIELD__AT("load_word", pair), \
	 afield__packed_word(atomic_load_explicit(&(pair)->both, AFIELD__ORDER_##order)))
#define AFIELD__STORE_PAIR(pair, tag, word, order) \
	(AFIELD__AT("store_pair", pair),           \
	 atomic_store_explicit(&(pair)->both, afield__packed(tag, word), AFIELD__ORDER_##order))
#define AFIELD__COMPARE_EXCHANGE_PAIR(pair, tag, word, new_tag, new_word, order)                \
	(AFIELD__AT("compare_exchange_pair", pair),                                             \
	 afield_explore_compare_exchange(&(pair)->both, &(uint64_t){afield__packed(tag, word)}, \
					 &(uint64_t){afield__packed(new_tag, new_word)},        \
					 sizeof(uint64_t), AFIELD__ORDER_##order,               \
					 AFIELD__FAILURE_##order, false))
#define AFIELD__FENCE(order, object) \
	(AFIELD__AT("fence", object), afield_explore_fence(AFIELD__ORDER_##order))
/* Without a membarrier beside it this fence would do nothing, so a program asks for full ones. */
#define AFIELD__COMPILER_FENCE() ((void)0)
#define AFIELD__SPIN() afield_explore_spin()
#define AFIELD__PAUSE(name) ((void)0)

#define AFIELD_TSAN_ACQUIRE(address) ((void)(address))
#define AFIELD_TSAN_RELEASE(address) ((void)(address))

#endif
