/* SPDX-License-Identifier: MIT */
/*
 * reclaim: what reclaim.c, worker.c and forks.c need of each other. Users include
 * <afield/reclaim.h>.
 *
 * Synchronization: concurrent with everything, but for the functions of a child, which has one
 * thread.
 */
#ifndef AFIELD_LIB_RECLAIM_H
#define AFIELD_LIB_RECLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/wait.h>

/* The units of an object: one more than there are, so that no object is nothing. */
static inline uint64_t afield__units_of(size_t bytes)
{
	uint64_t units = (uint64_t)bytes / 64 + 1;

	return units <= INT32_MAX ? units : INT32_MAX;
}

/* Whether this thread runs the round. */
bool afield__reclaim_has_role(void);

/* Counts out what has been called back. */
void afield__reclaim_count_out(uint64_t amount);

/* Runs a round when nobody else does: waits for that, and for a grace period. Returns how many units
 * were reclaimed. */
uint64_t afield__reclaim_round(void);

/* Frees what has come back to threads: nothing has been retired for a while. */
void afield__reclaim_free_blocks(void);

/* Whether there is something for a round to do; and whether somebody waits for it. seq_cst. */
bool afield__reclaim_is_wanted(void);
bool afield__reclaim_is_urgent(void);

/* Says that the thread that reclaims is not to come, or has ended. */
void afield__reclaim_wake(void);

/* From now on no callback begins. Waits for the one that runs, for a second at most. */
void afield__reclaim_stop(void);
bool afield__reclaim_is_stopped(void);

/* Whether the thread that reclaims is there, or is being made. seq_cst. */
bool afield__worker_is_there(void);

/* Makes it, or wakes it when it has nothing to do; also from its rest when it is urgent. False when
 * it cannot be made. */
bool afield__worker_call(bool is_urgent);

/*
 * Of a child: none of the parent's threads waits there. The count is stored, not copied over: a
 * thread of the parent may have loaded it with no release behind that, and in ThreadSanitizer's
 * memory, which the child has from its parent, such a load and a plain write are a race.
 */
static inline void afield__waiters_child(struct afield_waiters *waiters)
{
	AFIELD_STORE(&waiters->count, 0, relaxed);
	waiters->event = 0;
}

/* Of a child. The first says whether another thread of the parent was in exit(), in which the child
 * is not: its handlers for exit are to be installed anew. */
bool afield__reclaim_child(void);
void afield__worker_child(bool was_in_exit);

#endif
