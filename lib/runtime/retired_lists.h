/* SPDX-License-Identifier: MIT */
/*
 * retired_lists: what reclaim.c needs of retired_lists.c.
 *
 * Synchronization: push, have_some concurrent with everything; take, call, free_blocks by who has the
 * role; child where a child of a fork has one thread.
 */
#ifndef AFIELD_LIB_RETIRED_LISTS_H
#define AFIELD_LIB_RETIRED_LISTS_H

#include "reclaim_core.h"
#include "self.h"

/* Pushes on this thread's stack; `self` is its record, or NULL. True when it was empty. */
bool afield__retired_lists_push(struct afield__self *self, struct afield_retired *retired);

/* Whether anything has been retired and not taken. seq_cst. */
bool afield__retired_lists_have_some(void);

/* Takes all of all stacks, and sees to it that it is counted in. False when there was nothing. */
bool afield__retired_lists_take(afield__load *load);

/* Calls back what was taken, gives back what are blocks, and counts them out; not in exit(). */
void afield__retired_lists_call(void);

/* Frees the blocks that have come back to threads. */
void afield__retired_lists_free_blocks(void);

/* In the child of a fork: all that waited is on the stacks, once. Returns the load. */
uint64_t afield__retired_lists_child(void);

#endif
