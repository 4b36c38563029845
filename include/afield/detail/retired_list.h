/* SPDX-License-Identifier: MIT */
/*
 * retired_list: where the objects that a thread has retired wait, and how many these are.
 *
 * Each thread has a list of its own in its record (self.h), so that threads which retire do not
 * meet. What is done with the words is in lib/runtime/reclaim_core.h.
 *
 * When to use it: in self.h and lib/. When not: elsewhere; to retire is reclaim.h's.
 *
 * Synchronization: see the members.
 */
#ifndef AFIELD_DETAIL_RETIRED_LIST_H
#define AFIELD_DETAIL_RETIRED_LIST_H

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

struct afield_retired;

/* A stack. Zero is empty. */
struct afield__retired_list {
	AFIELD_ATOMIC(struct afield_retired *) newest; /* pushed by its thread, taken by the role */
	AFIELD_ATOMIC(struct afield_retired *) in_hand; /* written by who has the role */
};

/* What a thread has retired since ever, as a load, and how much of that has been counted in. */
struct afield__tally {
	AFIELD_ATOMIC(uint64_t) pushed;  /* written by its thread */
	AFIELD_ATOMIC(uint64_t) counted; /* by its thread, and by who has the role */
};

/* Blocks of one size (blocks.h) that a thread has retired, and those that came back. */
struct afield__returned {
	AFIELD_ATOMIC(struct afield_retired *) chains; /* pushed by the role, taken by whoever */
	AFIELD_ATOMIC(struct afield_retired *) own;    /* the thread's: what it takes next */
	AFIELD_ATOMIC(struct afield_retired *) below;  /* the thread's: of those that wait */
	AFIELD_ATOMIC(size_t) own_count;               /* the thread's */
	AFIELD_ATOMIC(size_t) waiting_count;           /* the thread's */
	AFIELD_ATOMIC(size_t) count;                   /* of blocks in the chains, about */
};

/* Sizes of blocks: 64 and 96 bytes times powers of two, less the eight of malloc's. */
#ifndef AFIELD__BLOCK_SIZES
#define AFIELD__BLOCK_SIZES 12
#endif

#endif
