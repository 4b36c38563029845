/* SPDX-License-Identifier: MIT */
/*
 * list_core: who keeps an array of objects, and who is the last to let go.
 *
 * An array is one version of a list. The list itself holds the array that is current; a reader that
 * needs its elements for longer than a read section holds it as well. Whoever lets go last gives up
 * the array's references to its elements. The memory outlives that by a grace period, so a reader
 * that comes too late finds a count of zero and looks for the next version.
 *
 * When to use it: through list.h. Arrays of plain values are not held; their readers stay in the
 * section.
 *
 * Synchronization: both functions beside each other, by any number of threads.
 */
#ifndef AFIELD_LIST_CORE_H
#define AFIELD_LIST_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many hold the array. 1 when it is made: the list's own. At 0 it stays. */
struct afield__list_holders {
	AFIELD_ATOMIC(uint64_t) count;
};

/*
 * Holds the array, in the read section in which the list's pointer brought it.
 *   Relaxed: the load of the pointer has made the elements visible, and a count that is not zero
 *   keeps being so until this thread lets go.
 *   Concurrent with it: everything. Progress: lock-free. Returns false when nobody holds it any
 *   more.
 */
static inline bool afield__list_hold(struct afield__list_holders *holders)
{
	uint64_t seen = AFIELD_LOAD(&holders->count, relaxed);

	while (seen != 0 || AFIELD_MUTANT("hold_what_nobody_holds"))
		if (AFIELD_COMPARE_EXCHANGE(&holders->count, &seen, seen + 1, relaxed))
			return true;
	return false;
}

/*
 * Lets go. True for the last one, who then gives up the elements.
 *   (1) acq_rel, pairs with (1) in the other threads. Release: what this thread has read happens
 *   before the last one's giving up. Acquire: the last one pairs with the release of each of the
 *   others; weaker, it could destroy an element that another is still taking a reference to.
 *   Concurrent with it: everything. Progress: wait-free.
 */
static inline bool afield__list_let_go(struct afield__list_holders *holders)
{
	return AFIELD_FETCH_SUB(&holders->count, 1, acq_rel) == 1;
}

#ifdef __cplusplus
}
#endif

#endif
