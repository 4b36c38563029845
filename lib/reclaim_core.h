/*
 * reclaim_core: the word `traffic` of reclaim.c. For reclaim.c and the litmus programs of
 * tests/reclaim.
 *
 *   bits 0 to 47    the backlog: objects that were handed over and whose callback has not returned
 *   bits 48 to 62   the retirers: threads that are handing one over
 *   bit 63          the gate is shut for a fork
 *
 * Two protocols run on it. The gate: a fork shuts it and waits until no retirer is inside; a
 * retirer that finds it shut goes back out, and waits. The limit: a retirer that finds the backlog
 * above it waits; whoever brings the backlog down to it wakes. Both wait by afield_wait, which
 * wants the change of the state and the look at it to be seq_cst.
 */
#ifndef AFIELD_LIB_RECLAIM_CORE_H
#define AFIELD_LIB_RECLAIM_CORE_H

#include <afield/ordering.h>

#define AFIELD__TRAFFIC_SHUT (UINT64_C(1) << 63)
#define AFIELD__TRAFFIC_RETIRER (UINT64_C(1) << 48)
#define AFIELD__TRAFFIC_BACKLOG (AFIELD__TRAFFIC_RETIRER - 1)
#define AFIELD__TRAFFIC_RETIRERS (~(AFIELD__TRAFFIC_SHUT | AFIELD__TRAFFIC_BACKLOG))

/* Written by retirers, callbacks and forks. */
typedef AFIELD_ATOMIC(uint64_t) afield__traffic;

/* Written by whoever sets it. */
typedef AFIELD_ATOMIC(uint64_t) afield__limit;

/*
 * Counts an object and this thread as its retirer. False when the gate is shut: nothing may be
 * handed over, and both are to be taken out again.
 *   Acquire: pairs with open. Weaker, this thread's enqueue could come before the fork was done
 *   with the queue.
 *   Beside it: everything here. Progress: wait-free.
 */
static inline bool afield__traffic_enter(afield__traffic *traffic)
{
	return !(AFIELD_FETCH_ADD(traffic, AFIELD__TRAFFIC_RETIRER + 1, acquire) &
		 AFIELD__TRAFFIC_SHUT);
}

/*
 * Takes objects or a retirer out, and returns the word as it was.
 *   Release: pairs with the load in is_quiet, for the enqueue, and with the one in afield_barrier,
 *   for what the callback did. Seq_cst: comes before the look for waiters.
 *   Beside it: everything here. Progress: wait-free.
 */
static inline uint64_t afield__traffic_leave(afield__traffic *traffic, uint64_t amount)
{
	return AFIELD_FETCH_SUB(traffic, amount, seq_cst);
}

/*
 * Whether leaving brought the backlog down to `bound`. Exactly one on the way down does, and that
 * one wakes; a sleeper has seen the backlog above the bound, so that one is still to come.
 */
static inline bool afield__traffic_crosses(uint64_t before, uint64_t amount, uint64_t bound)
{
	return (before & AFIELD__TRAFFIC_BACKLOG) > bound &&
	       ((before - amount) & AFIELD__TRAFFIC_BACKLOG) <= bound;
}

/* The word, for a thread that will wait. Seq_cst, as afield_wait asks. */
static inline uint64_t afield__traffic_look(const afield__traffic *traffic)
{
	return AFIELD_LOAD(traffic, seq_cst);
}

/*
 * The limit, for who has left and for who will wait; and a new one. Seq_cst, all of it: a leaver
 * that still sees the old limit and does not wake comes before the new one, and so does the count
 * of who then sleeps for the new one; whoever sets it finds that count, and wakes.
 *   Beside it: everything here. Progress: wait-free.
 */
static inline uint64_t afield__traffic_limit(const afield__limit *limit)
{
	return AFIELD_LOAD(limit, seq_cst);
}

static inline void afield__traffic_set_limit(afield__limit *limit, uint64_t objects)
{
	AFIELD_STORE(limit, objects, seq_cst);
}

/*
 * Whether the backlog is no more than the limit.
 *   Seq_cst, as afield_wait asks.
 */
static inline bool afield__traffic_has_room(const afield__traffic *traffic, uint64_t bound)
{
	return (afield__traffic_look(traffic) & AFIELD__TRAFFIC_BACKLOG) <= bound;
}

/*
 * Shuts the gate. Relaxed: who enters after this sees it, because all of them change one word, and
 * who entered before is seen by is_quiet.
 */
static inline void afield__traffic_shut(afield__traffic *traffic)
{
	AFIELD_FETCH_OR(traffic, AFIELD__TRAFFIC_SHUT, relaxed);
}

/*
 * Whether no retirer is inside; the gate is shut.
 *   Acquire: pairs with the release of leave. Weaker, the fork could find half of an enqueue.
 */
static inline bool afield__traffic_is_quiet(const afield__traffic *traffic)
{
	return !(AFIELD_LOAD(traffic, acquire) & AFIELD__TRAFFIC_RETIRERS);
}

/* Opens the gate. Release: pairs with enter. Seq_cst: comes before the look for waiters. */
static inline void afield__traffic_open(afield__traffic *traffic)
{
	AFIELD_FETCH_AND(traffic, ~AFIELD__TRAFFIC_SHUT, seq_cst);
}

#endif
