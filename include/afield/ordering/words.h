/* SPDX-License-Identifier: MIT */
/*
 * words: copies of many words out of and into memory that other threads use, all relaxed. Only what
 * comes behind tells whether such a copy is whole (seqlock_core.h), so the words may be copied in
 * any order and by pieces of any size.
 *
 * When to use it: through AFIELD_LOAD_WORDS and AFIELD_STORE_WORDS of ordering.h. When not: for a
 * word that has a meaning by itself; that is AFIELD_LOAD.
 *
 * Natively, on x86-64, what is longer than a cache line is copied by vector instructions, and what
 * is much longer by the processor's own copy, at the speed of memcpy. They are written in assembly
 * because the compiler may take no access of C for them: a plain one would be a data race, and
 * atomic ones are never joined. On that processor loads stay in order with the loads behind them,
 * and the stores of a string instruction with the stores before and behind it (Intel's manual,
 * volume 3, Memory Ordering), so a fence of the caller's means for them what it means for relaxed
 * accesses. Checkers, sanitizers and schedules see each word.
 *
 * Concurrent with them: everything that is atomic. Progress: wait-free. Ordering: relaxed.
 */
#ifndef AFIELD_ORDERING_WORDS_H
#define AFIELD_ORDERING_WORDS_H

#include <afield/detail/macros.h>

/* A word outside of the field: part of some T, at any address. */
#ifdef AFIELD_MODEL
typedef uintptr_t afield_raw_word;
#else
typedef uintptr_t __attribute__((may_alias, aligned(1))) afield_raw_word;
#endif

#if defined(AFIELD__NATIVE) && defined(__x86_64__) && !defined(AFIELD__TSAN) && \
	!defined(AFIELD_PAUSES) && !defined(__SANITIZE_ADDRESS__)
#define AFIELD__COPIES_WORDS 1
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#undef AFIELD__COPIES_WORDS
#endif
#endif
#endif

#ifdef AFIELD__COPIES_WORDS
/* From so many words on. Below the first, the compiler's own loop keeps a value in registers; at
 * the second, both ways cost the same on the machines that were measured. */
enum { AFIELD__WORDS_VECTOR = 16, AFIELD__WORDS_STRING = 256 };

/* Not mixed with instructions that the compiler has for newer processors: that is slow. */
#ifdef __AVX__
#define AFIELD__MOVE "\tvmovups "
#else
#define AFIELD__MOVE "\tmovups "
#endif

/* Copies all words, or a multiple of eight; returns how many. */
/* clang-format off */
static inline size_t afield__copy_words(void *to, const void *from, size_t count)
{
	size_t done = 0, size = count * sizeof(uintptr_t);

	if (count >= AFIELD__WORDS_STRING) {
		__asm__ __volatile__("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
		return count;
	}
	for (; done + 8 <= count; done += 8)
		__asm__ __volatile__(AFIELD__MOVE "  (%1,%2,8), %%xmm0\n"
				     AFIELD__MOVE "16(%1,%2,8), %%xmm1\n"
				     AFIELD__MOVE "32(%1,%2,8), %%xmm2\n"
				     AFIELD__MOVE "48(%1,%2,8), %%xmm3\n"
				     AFIELD__MOVE "%%xmm0,   (%0,%2,8)\n"
				     AFIELD__MOVE "%%xmm1, 16(%0,%2,8)\n"
				     AFIELD__MOVE "%%xmm2, 32(%0,%2,8)\n"
				     AFIELD__MOVE "%%xmm3, 48(%0,%2,8)\n"
				     :
				     : "r"(to), "r"(from), "r"(done)
				     : "memory", "xmm0", "xmm1", "xmm2", "xmm3");
	return done;
}
/* clang-format on */
#define AFIELD__COPY_WORDS(to, from, count) \
	((count) < AFIELD__WORDS_VECTOR ? 0 : afield__copy_words(to, from, count))
#else
#define AFIELD__COPY_WORDS(to, from, count) 0
#endif

/* Compilers do not join atomic accesses; unrolled, they at least keep small values in registers. */
AFIELD__ALWAYS_INLINE void afield__load_words(const afield_word *objects, afield_raw_word *to,
					      size_t count)
{
	size_t i = AFIELD__COPY_WORDS(to, objects, count);

#pragma GCC unroll 8
	for (; i < count; i++)
		to[i] = AFIELD_LOAD(&objects[i], relaxed);
}

AFIELD__ALWAYS_INLINE void afield__store_words(afield_word *objects, const afield_raw_word *from,
					       size_t count)
{
	size_t i = AFIELD__COPY_WORDS(objects, from, count);

#pragma GCC unroll 8
	for (; i < count; i++)
		AFIELD_STORE(&objects[i], from[i], relaxed);
}

#endif
