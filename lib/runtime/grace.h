/* SPDX-License-Identifier: MIT */
/*
 * grace: waits for read sections. For reclaim.c.
 *
 * Synchronization: one grace period at a time; whoever runs it has the role of reclaim.c. child
 * where a child of a fork has one thread.
 */
#ifndef AFIELD_LIB_GRACE_H
#define AFIELD_LIB_GRACE_H

#include <stdbool.h>

/*
 * Waits until every section that is open now has been left. Not inside a section.
 *   Ordering: what happened in those sections happens before its return.
 *   Returns false when `give_up` said so before the end.
 */
bool afield__grace_period(bool (*give_up)(void));

void afield__grace_child(void);

#endif
