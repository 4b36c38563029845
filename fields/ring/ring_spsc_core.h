/*
 * ring_spsc_core: the two numbers of a ring with one thread at each end. For ring_spsc.h,
 * ring_spsc.c and the litmus programs.
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
 * An operation takes effect at its store of its own number; one that cannot, at its look at the
 * other's. With seq_cst for both, an element is there for all who come after the push returned.
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

/*
 * The number of the next push at *number, whose place is then this thread's.
 *   Beside it: the other end. Progress: wait-free. Returns false when the ring is full.
 * Relaxed: the number is this thread's own. Seq_cst of the other's: its acquire half pairs with
 * end_pop; weaker, this push could write to a place that is still being read. And seq_cst as
 * end_pop is, so that after a pop that has returned nobody is told "full".
 */
static inline bool afield__spsc_begin_push(struct afield__spsc *ring, uint64_t *number)
{
	*number = AFIELD_LOAD(&ring->tail, relaxed);
	if (*number - ring->head_seen < ring->capacity)
		return true;
	ring->head_seen = AFIELD_LOAD(&ring->head, seq_cst);
	return *number - ring->head_seen < ring->capacity;
}

/* Pairs with the load in begin_pop: else a place could be read before it is filled. */
static inline void afield__spsc_end_push(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->tail, number + 1, seq_cst);
}
static inline void afield__spsc_end_push_release(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->tail, number + 1, release);
}

/* The same of the next pop. Returns false when the ring is empty. */
static inline bool afield__spsc_begin_pop(struct afield__spsc *ring, uint64_t *number)
{
	*number = AFIELD_LOAD(&ring->head, relaxed);
	if (*number != ring->tail_seen)
		return true;
	ring->tail_seen = AFIELD_LOAD(&ring->tail, seq_cst);
	return *number != ring->tail_seen;
}

/* Pairs with the load in begin_push: see there. */
static inline void afield__spsc_end_pop(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->head, number + 1, seq_cst);
}
static inline void afield__spsc_end_pop_release(struct afield__spsc *ring, uint64_t number)
{
	AFIELD_STORE(&ring->head, number + 1, release);
}

/*
 * How many elements there are, at the look at `tail`: before and after it the head is the same.
 * For either end, or a third thread, whose loop then ends when no pop comes between.
 */
static inline uint64_t afield__spsc_count(const struct afield__spsc *ring)
{
	uint64_t tail, after, head = AFIELD_LOAD(&ring->head, seq_cst);

	for (;;) {
		tail = AFIELD_LOAD(&ring->tail, seq_cst);
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
