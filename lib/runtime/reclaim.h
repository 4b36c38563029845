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

/* Runs a round when nobody else does: waits for that, and for a grace period. */
void afield__reclaim_round(void);

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

/* Makes it, or wakes it. False when it cannot be made. */
bool afield__worker_call(void);

/* Of a child. The first says whether another thread of the parent was in exit(), in which the child
 * is not: its handlers for exit are to be installed anew. */
bool afield__reclaim_child(void);
void afield__worker_child(bool was_in_exit);

#endif
