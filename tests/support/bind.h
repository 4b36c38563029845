/* SPDX-License-Identifier: MIT */
/*
 * bind: puts the calling thread on one processor, so that threads of a test do run side by side.
 *
 * When to use it: in stress tests whose threads must meet. A scheduler that finds the other
 * processors busy may otherwise run all of them on one, one after the other.
 *
 * Synchronization: each thread binds itself.
 */
#ifndef AFIELD_TESTS_BIND_H
#define AFIELD_TESTS_BIND_H

#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TEST_WORD_BITS = CHAR_BIT * sizeof(long), TEST_WORDS = 1024 / TEST_WORD_BITS };

/* How many processors this thread may use: 1 when nobody knows. */
static inline int test_processors(void)
{
	unsigned long allowed[TEST_WORDS] = {0};
	int count = 0;

	syscall(SYS_sched_getaffinity, 0, sizeof(allowed), allowed);
	for (int i = 0; i < TEST_WORDS; i++)
		count += __builtin_popcountl(allowed[i]);
	return count ? count : 1;
}

/* Binds to the index-th of them, in turn. Where that is refused, the thread floats. */
static inline void test_bind(int index)
{
	unsigned long allowed[TEST_WORDS] = {0}, one[TEST_WORDS] = {0};
	int skip = index % test_processors();

	syscall(SYS_sched_getaffinity, 0, sizeof(allowed), allowed);
	for (int i = 0; i < TEST_WORDS * TEST_WORD_BITS; i++) {
		unsigned long bit = 1UL << (i % TEST_WORD_BITS);

		if (!(allowed[i / TEST_WORD_BITS] & bit) || skip-- > 0)
			continue;
		one[i / TEST_WORD_BITS] = bit;
		syscall(SYS_sched_setaffinity, 0, sizeof(one), one);
		return;
	}
}

#endif
