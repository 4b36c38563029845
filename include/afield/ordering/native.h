/* SPDX-License-Identifier: MIT */
/*
 * The native back end of ordering.h: the compiler's __atomic builtins, which mean the same in C and
 * C++ and which ThreadSanitizer sees. An atomic is a struct of one member, so that a plain read or
 * write of it does not compile.
 */
#ifndef AFIELD_ORDERING_NATIVE_H
#define AFIELD_ORDERING_NATIVE_H

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD__NATIVE 1

/* Every kind comes by here, so that what would hide a lock behind a lock-free name ends here. */
#if __SIZEOF_POINTER__ != 8 || __GCC_ATOMIC_POINTER_LOCK_FREE != 2 || \
	__GCC_ATOMIC_LLONG_LOCK_FREE != 2
#error "afield: this target has no pointers of eight bytes or no lock-free atomics of that size"
#endif

/*
 * In C++ it is not copied, and from C++14 on zero when it is declared. A struct of atomics is an
 * aggregate in every C++, with `= {0}`, and of the same layout as in C.
 */
#ifdef __cplusplus
template <class T> struct afield__atomic {
#if __cplusplus >= 202002L
	T afield__value;
	constexpr afield__atomic() noexcept : afield__value()
	{
	}
	constexpr afield__atomic(T value) noexcept : afield__value(value)
	{
	}
#elif __cplusplus >= 201402L
	T afield__value = T();
	afield__atomic() = default;
#else
	T afield__value;
	afield__atomic() = default;
#endif
	afield__atomic(const afield__atomic &) = delete;
	afield__atomic &operator=(const afield__atomic &) = delete;
};
#define AFIELD_ATOMIC(T) afield__atomic<T>
#else
#define AFIELD_ATOMIC(T)         \
	struct {                 \
		T afield__value; \
	}
#endif
/* In the initializer of a static object. */
#define AFIELD__INITIAL(value) \
	{                      \
		value          \
	}

#define AFIELD__ORDER_relaxed __ATOMIC_RELAXED
#define AFIELD__ORDER_acquire __ATOMIC_ACQUIRE
#define AFIELD__ORDER_release __ATOMIC_RELEASE
#define AFIELD__ORDER_acq_rel __ATOMIC_ACQ_REL
#define AFIELD__ORDER_seq_cst __ATOMIC_SEQ_CST
#define AFIELD__FAILURE_relaxed __ATOMIC_RELAXED
#define AFIELD__FAILURE_acquire __ATOMIC_ACQUIRE
#define AFIELD__FAILURE_release __ATOMIC_RELAXED
#define AFIELD__FAILURE_acq_rel __ATOMIC_ACQUIRE
#define AFIELD__FAILURE_seq_cst __ATOMIC_SEQ_CST

/* A test build stops here when its schedule says so; every other build sees the access alone. */
#if defined(AFIELD_PAUSES)
#ifdef __cplusplus
extern "C"
#endif
	void
	afield_pause(const char *function, int line, const char *name);
#define AFIELD__PAUSE(name) afield_pause(__func__, __LINE__, name)
#define AFIELD__AT(access) (AFIELD__PAUSE(0), (access))
#else
#define AFIELD__PAUSE(name) ((void)0)
#define AFIELD__AT(access) (access)
#endif

#define AFIELD__LOAD(object, order) \
	AFIELD__AT(__atomic_load_n(&(object)->afield__value, AFIELD__ORDER_##order))
#define AFIELD__STORE(object, value, order) \
	AFIELD__AT(__atomic_store_n(&(object)->afield__value, value, AFIELD__ORDER_##order))
#define AFIELD__EXCHANGE(object, value, order) \
	AFIELD__AT(__atomic_exchange_n(&(object)->afield__value, value, AFIELD__ORDER_##order))
#define AFIELD__COMPARE_EXCHANGE(object, expected, desired, order)                             \
	AFIELD__AT(__atomic_compare_exchange_n(&(object)->afield__value, expected, desired, 0, \
					       AFIELD__ORDER_##order, AFIELD__FAILURE_##order))
#define AFIELD__COMPARE_EXCHANGE_WEAK(object, expected, desired, order)                        \
	AFIELD__AT(__atomic_compare_exchange_n(&(object)->afield__value, expected, desired, 1, \
					       AFIELD__ORDER_##order, AFIELD__FAILURE_##order))
#define AFIELD__FETCH(verb, object, operand, order) \
	AFIELD__AT(__atomic_fetch_##verb(&(object)->afield__value, operand, AFIELD__ORDER_##order))

#if defined(__SANITIZE_THREAD__)
#define AFIELD__TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AFIELD__TSAN 1
#endif
#endif

/*
 * ThreadSanitizer does not model fences. A release fence there releases the object it names, an
 * acquire fence acquires it, and the other two do both, which is what the sites use them for.
 */
#ifdef AFIELD__TSAN
#ifdef __cplusplus
extern "C" {
#endif
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#ifdef __cplusplus
}
#endif
#define AFIELD_TSAN_ACQUIRE(address) __tsan_acquire((void *)(uintptr_t)(address))
#define AFIELD_TSAN_RELEASE(address) __tsan_release((void *)(uintptr_t)(address))
#define AFIELD__TSAN_FENCE_acquire(object) AFIELD_TSAN_ACQUIRE(object)
#define AFIELD__TSAN_FENCE_release(object) AFIELD_TSAN_RELEASE(object)
#define AFIELD__TSAN_FENCE_acq_rel(object) \
	(AFIELD_TSAN_ACQUIRE(object), AFIELD_TSAN_RELEASE(object))
#define AFIELD__TSAN_FENCE_seq_cst(object) \
	(AFIELD__TSAN_FENCE_acq_rel(object), __sync_synchronize())
#define AFIELD__FENCE(order, object) AFIELD__AT(AFIELD__TSAN_FENCE_##order(object))
#else
#define AFIELD_TSAN_ACQUIRE(address) ((void)(address))
#define AFIELD_TSAN_RELEASE(address) ((void)(address))
#define AFIELD__FENCE(order, object) \
	AFIELD__AT(((void)(object), __atomic_thread_fence(AFIELD__ORDER_##order)))
#endif

/*
 * Two words that change together. The halves are atomic each, and one instruction exchanges both:
 * __atomic would call a library that may take a lock, and ThreadSanitizer's own exchange of sixteen
 * bytes takes one, which the loads of a half do not. It is told of this one by the pair's address.
 * The failed exchange acquires nothing there: who uses a pair loads it again. On a processor that
 * has no such instruction there is no pair, and what is built on it does not compile.
 */
#if defined(__x86_64__) || defined(__aarch64__)
typedef struct afield_pair {
	AFIELD_ATOMIC(uint64_t) tag;
	AFIELD_ATOMIC(uint64_t) word;
} __attribute__((aligned(16))) afield_pair;

static inline bool afield__pair_exchange(afield_pair *pair, uint64_t tag, uint64_t word,
					 uint64_t new_tag, uint64_t new_word)
{
	bool is_done;

	AFIELD_TSAN_RELEASE(pair);
#if defined(__x86_64__) && defined(__clang__)
	/* Where a function has aligned variables and arrays of variable length, as any may under
	 * AddressSanitizer, clang finds its variables by rbx, and takes no notice that an operand is
	 * to be there. */
	__asm__ __volatile__("xchgq %%rbx, %[new_tag]\n\t"
			     "lock cmpxchg16b (%[pair])\n\t"
			     "xchgq %%rbx, %[new_tag]"
			     : "=@ccz"(is_done), "+a"(tag), "+d"(word), [new_tag] "+S"(new_tag)
			     : "c"(new_word), [pair] "D"(pair)
			     : "memory");
#elif defined(__x86_64__)
	__asm__ __volatile__("lock cmpxchg16b %1"
			     : "=@ccz"(is_done), "+m"(*pair), "+a"(tag), "+d"(word)
			     : "b"(new_tag), "c"(new_word)
			     : "memory");
#else
	__extension__ typedef unsigned __int128 both;
	union {
		uint64_t half[2];
		both both;
	} expected = {{tag, word}}, desired = {{new_tag, new_word}};
	is_done = __sync_bool_compare_and_swap((both *)(void *)pair, expected.both, desired.both);
#endif
	if (is_done)
		AFIELD_TSAN_ACQUIRE(pair);
	return is_done;
}

#define AFIELD__LOAD_TAG(pair, order) AFIELD__LOAD(&(pair)->tag, order)
#define AFIELD__LOAD_WORD(pair, order) AFIELD__LOAD(&(pair)->word, order)
#define AFIELD__STORE_PAIR(pair, new_tag, new_word, order) \
	(AFIELD__STORE(&(pair)->tag, new_tag, order),      \
	 __atomic_store_n(&(pair)->word.afield__value, new_word, AFIELD__ORDER_##order))
/* Seq_cst, whatever the order that is asked for. */
#define AFIELD__COMPARE_EXCHANGE_PAIR(pair, tag, word, new_tag, new_word, order) \
	AFIELD__AT(((void)AFIELD__ORDER_##order,                                 \
		    afield__pair_exchange(pair, tag, word, new_tag, new_word)))
#endif

#define AFIELD__COMPILER_FENCE() __atomic_signal_fence(__ATOMIC_SEQ_CST)

#if defined(__x86_64__) || defined(__i386__)
#define AFIELD__SPIN() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define AFIELD__SPIN() __asm__ __volatile__("isb")
#else
#define AFIELD__SPIN() ((void)0)
#endif

#endif
