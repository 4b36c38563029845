/* SPDX-License-Identifier: MIT */
/*
 * The pair of ordering.h for back ends that know no atomic of sixteen bytes: both halves in one
 * word, the tag in its upper 16 bits and the word in the lower 48. That is enough for the numbers
 * and the pointers of a litmus program, and it is the same algorithm, access by access. A program
 * that needs more ends.
 */
#ifndef AFIELD_ORDERING_PACKED_H
#define AFIELD_ORDERING_PACKED_H

#include <stdint.h>
#include <stdlib.h>

typedef struct afield_pair {
	AFIELD_ATOMIC(uint64_t) both;
} afield_pair;

static inline uint64_t afield__packed(uint64_t tag, uint64_t word)
{
	if (tag >> 16 || word >> 48)
		abort();
	return tag << 48 | word;
}
static inline uint64_t afield__packed_tag(uint64_t both)
{
	return both >> 48;
}
static inline uint64_t afield__packed_word(uint64_t both)
{
	return both & ((UINT64_C(1) << 48) - 1);
}

#endif
