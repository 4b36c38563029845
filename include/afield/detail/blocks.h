/* SPDX-License-Identifier: MIT */
/*
 * blocks: memory for what is published, replaced and retired all the time.
 *
 * A block comes from malloc, and when it is retired and its grace period is over, it comes back to
 * the thread that has retired it, whose next block it becomes: warm, and for a few instructions.
 * Nothing is called for it, so nobody but that thread touches it again. What comes back goes by the
 * list: the thread that reclaims gives all that a thread has retired back in one access.
 *
 * A thread keeps some 16 KiB of each size for itself. Of what has come back it keeps as much as the
 * program allows (afield_set_cache_bytes), and that is freed when a barrier asks for it, or when
 * nothing has been retired for a while.
 *
 * When to use it: for versions that end without a callback. When not: for what is rarely replaced;
 * for an object with a destructor.
 *
 * Synchronization: all of them concurrent with everything; not in a signal handler.
 */
#ifndef AFIELD_DETAIL_BLOCKS_H
#define AFIELD_DETAIL_BLOCKS_H

#include <afield/reclaim.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A block of at least so many bytes, as malloc aligns it. free() may end it, too.
 *   Progress: lock-free when there is one, otherwise malloc's. Ordering: what happened before the
 *   block was retired, and in the read sections of that time, happens before its return.
 *   Returns NULL when out of memory.
 */
void *afield__block_new(size_t bytes);

/* Gives back a block that nobody else has seen. Progress: as free. */
void afield__block_free(void *block, size_t bytes);

/* Retires a block, whose first member `retired` is: as afield_retire_bytes. */
void afield__block_retire(struct afield_retired *retired, size_t bytes, bool may_wait);

#ifdef __cplusplus
}
#endif

#endif
