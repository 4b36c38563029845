/* SPDX-License-Identifier: MIT */
/*
 * blocks: what blocks.c and reclaim.c need of each other. See <afield/detail/blocks.h>.
 *
 * Synchronization: return and free by who has the role; the others concurrent with everything.
 */
#ifndef AFIELD_LIB_BLOCKS_H
#define AFIELD_LIB_BLOCKS_H

#include <afield/detail/blocks.h>

#define AFIELD__BLOCK_MOST ((size_t)3072 - sizeof(size_t))

/* The bytes of a size. */
static inline size_t afield__block_bytes(unsigned size)
{
	return ((size_t)(size % 2 ? 96 : 64) << size / 2) - sizeof(size_t);
}

/* Retires a block of that size by the thread of the record. True when nothing of that size waited. */
bool afield__block_wait(struct afield__self *self, struct afield_retired *block, unsigned size);

/* reclaim.c: the same with all that is around it. */
void afield__reclaim_block(struct afield__self *self, struct afield_retired *block, unsigned size,
			   bool may_wait);

/* Gives a chain, whose grace period is over, back to the thread, or frees it. */
void afield__block_return(struct afield__self *self, struct afield_retired *chain, unsigned size);

/* Frees what has come back to a thread. */
void afield__blocks_free(struct afield__self *self);

/* Ends a block by a callback. */
void afield__block_end(struct afield_retired *block);

#endif
