/* SPDX-License-Identifier: MIT */
/*
 * The relacy back end of ordering.h, for C++: each access goes to an rl::atomic of the library
 * relacy that stands for the object. An atomic is a struct of one member here, so that programs may
 * have it in static storage and in zeroed memory, where relacy's own cannot live; the rl::atomic is
 * made at the first access of an execution and begins at zero.
 *
 * The includer has <relacy/relacy.hpp> before it, and defines afield_relacy_find.
 */
#ifndef AFIELD_ORDERING_RELACY_H
#define AFIELD_ORDERING_RELACY_H

#ifndef __cplusplus
#error "afield: -DAFIELD_RELACY is for C++; a C11 program takes -DAFIELD_MODEL or -DAFIELD_EXPLORE"
#endif

#include <stdint.h>
#include <stdlib.h>

template <typename T> struct afield_relacy_atomic {
	T afield__value; /* its address is its name; relacy holds the value */
};
#define AFIELD_ATOMIC(T) afield_relacy_atomic<T>

#include <afield/ordering/packed.h>

/* The rl::atomic of an object: where `make` made it in this execution. */
void *afield_relacy_find(const void *object, void *(*make)(void), void (*unmake)(void *));

template <typename T> struct afield_relacy {
	typedef rl::generic_atomic<T, false> atomic;
	static void *make()
	{
		/* relacy would take any other memory for the program's */
		atomic *made = ::new ((::malloc)(sizeof(atomic))) atomic();

		made->store(T(), rl::mo_relaxed, $);
		return made;
	}
	static void unmake(void *made)
	{
		static_cast<atomic *>(made)->~atomic();
		(::free)(made);
	}
};

template <typename T>
typename afield_relacy<T>::atomic &afield_relacy_of(const afield_relacy_atomic<T> *object)
{
	return *static_cast<typename afield_relacy<T>::atomic *>(
		afield_relacy_find(object, afield_relacy<T>::make, afield_relacy<T>::unmake));
}

/* The value that is expected is no object of the caller's. */
inline bool afield_relacy_exchange(afield_relacy_atomic<uint64_t> *object, uint64_t expected,
				   uint64_t desired, rl::memory_order order,
				   rl::debug_info_param where)
{
	return afield_relacy_of(object).compare_exchange_strong(expected, desired, order, where);
}

#define AFIELD__ORDER(order) rl::mo_##order
#define AFIELD__LOAD(object, order) afield_relacy_of(object).load(AFIELD__ORDER(order), $)
#define AFIELD__STORE(object, value, order) \
	afield_relacy_of(object).store(value, AFIELD__ORDER(order), $)
#define AFIELD__EXCHANGE(object, value, order) \
	afield_relacy_of(object).exchange(value, AFIELD__ORDER(order), $)
#define AFIELD__COMPARE_EXCHANGE(object, expected, desired, order)             \
	afield_relacy_of(object).compare_exchange_strong(*(expected), desired, \
							 AFIELD__ORDER(order), $)
#define AFIELD__COMPARE_EXCHANGE_WEAK(object, expected, desired, order)                            \
	afield_relacy_of(object).compare_exchange_weak(*(expected), desired, AFIELD__ORDER(order), \
						       $)
#define AFIELD__FETCH(verb, object, operand, order) \
	afield_relacy_of(object).fetch_##verb(operand, AFIELD__ORDER(order), $)
#define AFIELD__LOAD_TAG(pair, order) afield__packed_tag(AFIELD__LOAD(&(pair)->both, order))
#define AFIELD__LOAD_WORD(pair, order) afield__packed_word(AFIELD__LOAD(&(pair)->both, order))
#define AFIELD__STORE_PAIR(pair, tag, word, order) \
	AFIELD__STORE(&(pair)->both, afield__packed(tag, word), order)
#define AFIELD__COMPARE_EXCHANGE_PAIR(pair, tag, word, new_tag, new_word, order) \
	afield_relacy_exchange(&(pair)->both, afield__packed(tag, word),         \
			       afield__packed(new_tag, new_word), AFIELD__ORDER(order), $)
#define AFIELD__FENCE(order, object) \
	((void)(object), rl::atomic_thread_fence(AFIELD__ORDER(order), $))
/* Without a membarrier beside it this fence would do nothing, so a program asks for full ones. */
#define AFIELD__COMPILER_FENCE() ((void)0)
#define AFIELD__SPIN() rl::yield(1, $)
#define AFIELD__PAUSE(name) ((void)0)

#define AFIELD_TSAN_ACQUIRE(address) ((void)(address))
#define AFIELD_TSAN_RELEASE(address) ((void)(address))

#endif
