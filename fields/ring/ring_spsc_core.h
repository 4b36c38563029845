/* SPDX-License-Identifier: MIT */
/*
 * ring_spsc_core: the two numbers of a ring with one thread at each end. For ring_spsc.h,
 * ring_spsc.c and the litmus programs.
 *
 * The places stand in a circle. One thread goes round and fills them, the other comes behind and
 * empties them, and each has a number that says how far it has come. Only its own thread writes a
 * number; so no step is ever lost, and a plain store is enough. The one that fills stops when it is
 * a whole capacity ahead, the one that empties when it has caught up.
 *
 * `tail` counts the pushes and is written by the thread that pushes, `head` counts the pops and is
 * written by the one that pops. Element p is in place p % N, which is the pusher's while tail <= p
 * < head + C, and the popper's while head <= p < tail: so elements are plain memory, handed over by
 * the store of a number.
 *
 * Each end keeps what it last saw of the other's number, which can only have grown since. So it
 * looks at the other's cache line when that no longer tells enough, which in a ring that is neither
 * full nor empty is once in many elements.
 *
 * An operation linearizes at its store of its own number; one that cannot, at its look at the
 * other's. With seq_cst for both, an element is there for every pop that happens after its push.
 * Released only, the store may be held up on its way to other threads: a pop then finds the ring
 * empty for a little longer, but what it does pop is whole.
 */
#ifndef AFIELD_RING_SPSC_CORE_H
#define AFIELD_RING_SPSC_CORE_H

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef AFIELD_ATOMIC(uint64_t) afield__spsc_number;

struct afield__spsc {
	uint64_t capacity; /* constant, as are the next two */
	uint64_t mask;     /* the number of places, a power of two, less one */
	void *places;
	char apart[72];           /* the size is then a multiple of 16 */
	afield__spsc_number tail; /* written by who pushes */
	uint64_t head_seen;       /* its own */
	char tail_apart[64];
	afield__spsc_number head; /* written by who pops */
	uint64_t tail_seen;       /* its own */
	char head_apart[64];
};

/* What a field is: NULL until its ring is open, and then that ring. */
typedef AFIELD_ATOMIC(struct afield__spsc *) afield__spsc_pointer;

/*
 * The ring, or NULL.
 *   Concurrent with: everything here. Progress: wait-free.
 *   (1) seq_cst, pairs with (2), ordered with (2). Relaxed, the ring could be seen unmade. Seq_cst:
 *   NULL says that there is nothing to pop, to a thread that then counts itself in, looks once more
 *   and sleeps. As publish is seq_cst too, that look comes before it, and so before the push and
 *   its look for waiters (wait.h); with one of the two weaker, the thread may sleep while the
 *   element is there.
 */
static inline struct afield__spsc *afield__spsc_opened(const afield__spsc_pointer *field)
{
	return AFIELD_LOAD(field, seq_cst);
}

/* The first ring stays: false when there was one. (2) seq_cst, pairs with (1), ordered with (1). */
static inline bool afield__spsc_publish(afield__spsc_pointer *field, struct afield__spsc *ring)
{
	struct afield__spsc *none = NULL;

	return AFIELD_COMPARE_EXCHANGE(field, &none, ring, seq_cst);
}

/*
 * The number of the next push at *number, whose place is then this thread's.
 *   Concurrent with it: the other end. Progress: wait-free. Returns false when the ring is full.
 * Relaxed: the number is this thread's own.
 *   (3) seq_cst, pairs with (7) (8), ordered with (7): the other's number. Without its acquire half
 *   this push could write to a place that is still being read. And seq_cst as end_pop is, so that
 *   nobody is told "full" of a place whose pop happened before.
 */
static inline bool afield__spsc_begin_push(struct afield__spsc *ring, uint64_t *number)
{
	*number = AFIELD_LOAD(&ring->tail, relaxed);
	if (*number - ring->head_seen < ring->capacity)
		return true;
	ring->head_seen = AFIELD_LOAD(&ring->head, seq_cst);
	return *number - ring->head_seen < ring->capacity;
}

/*
 * (4) seq_cst, pairs with (6) (10), ordered with (6) (10): else a place could be read before it is
 * filled. It comes before the look for waiters (wait.h).
 */
static inline void afield__spsc_end_push(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->tail, number + 1, seq_cst);
}
/* (5) release, pairs with (6) (10): the same without a place in the total order. */
static inline void afield__spsc_end_push_release(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->tail, number + 1, release);
}

/*
 * The same of the next pop. Returns false when the ring is empty.
 *   (6) seq_cst, pairs with (4) (5), ordered with (4): as (3).
 */
static inline bool afield__spsc_begin_pop(struct afield__spsc *ring, uint64_t *number)
{
	*number = AFIELD_LOAD(&ring->head, relaxed);
	if (*number != ring->tail_seen)
		return true;
	ring->tail_seen = AFIELD_LOAD(&ring->tail, seq_cst);
	return *number != ring->tail_seen;
}

/* (7) seq_cst, pairs with (3) (9) (11), ordered with (3) (11): see begin_push. */
static inline void afield__spsc_end_pop(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->head, number + 1, seq_cst);
}
/* (8) release, pairs with (3) (9) (11): the same without a place in the total order. */
static inline void afield__spsc_end_pop_release(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->head, number + 1, release);
}

/*
 * How many elements there are, at the look at `tail`: before and after it the head is the same.
 * For either end, or a third thread, whose loop then ends when no pop comes between.
 * Who wrote a number had seen the other end's, and whoever acquires it sees that one at least as
 * far on: so the tail is not behind the head, and not more than a capacity ahead.
 */
static inline uint64_t afield__spsc_count(const struct afield__spsc *ring)
{
	/* (9) acquire, pairs with (7) (8): relaxed, the tail could be seen behind this head. An old
	 * head is refused below. */
	uint64_t tail, after, head = AFIELD_LOAD(&ring->head, acquire);

	for (;;) {
		/* (10) seq_cst, pairs with (4) (5), ordered with (4). */
		tail = AFIELD_LOAD(&ring->tail, seq_cst);
		/* (11) seq_cst, pairs with (7) (8), ordered with (7): of two rings, of which each is
		 * popped by one thread and then counted by the other's, one is seen popped. */
		after = AFIELD_LOAD(&ring->head, seq_cst);
		if (after == head)
			return tail - head;
		head = after;
	}
}

/* The ring is new, or its memory is zero. Nobody else sees it yet. */
static inline void afield__spsc_start_at(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->tail, number, relaxed);
	AFIELD_STORE(&ring->head, number, relaxed);
	ring->head_seen = number;
	ring->tail_seen = number;
}

#ifdef __cplusplus
}
#endif

#endif
