/* SPDX-License-Identifier: MIT */
/*
 * blocks_core: the words of blocks.c. For blocks.c and the litmus programs of tests/reclaim.
 *
 * Blocks of one size that a thread has retired are a stack. They are numbered from the bottom, and
 * each knows the first below it whose number is a whole number of pieces. So whoever has a chain can
 * take a piece off its top and go on with the rest, without a walk along cold memory.
 *
 * What has come back to the thread is a stack of chains. The role pushes a chain; whoever takes takes
 * all of them: the thread, which keeps a piece and pushes the rest, or the role, to free them. So
 * nothing is popped alone here either, and nothing is compared that could have come back.
 */
#ifndef AFIELD_LIB_BLOCKS_CORE_H
#define AFIELD_LIB_BLOCKS_CORE_H

#include <afield/detail/retired_list.h>

/* Blocks in a piece: some KiB. */
#ifndef AFIELD__PIECE /* a litmus program has few of them */
#define AFIELD__PIECE(size) ((size_t)((size) < 5 ? 64 : (size) < 9 ? 16 : 4))
#endif

/*
 * Pushes chains, of which `*link` of the last is to lead on.
 *   (1) release, pairs with (2). Weaker, who takes a block writes to it while it is still read, or
 *   finds a link that is not there yet.
 *   Concurrent with: everything here. Progress: lock-free.
 */
static inline void afield__returned_push(struct afield__returned *returned,
					 struct afield_retired *first, struct afield_retired **link)
{
	struct afield_retired *seen = AFIELD_LOAD(&returned->chains, relaxed);

	do {
		*link = seen;
	} while (!AFIELD_COMPARE_EXCHANGE_WEAK(&returned->chains, &seen, first, release));
}

/*
 * Takes all chains, or NULL.
 *   (2) acquire, pairs with (1). See there.
 *   Concurrent with: everything here. Progress: wait-free.
 */
static inline struct afield_retired *afield__returned_take(struct afield__returned *returned)
{
	if (!AFIELD_LOAD(&returned->chains, relaxed))
		return NULL;
	return AFIELD_EXCHANGE(&returned->chains, NULL, acquire);
}

#endif
