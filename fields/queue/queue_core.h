/* SPDX-License-Identifier: MIT */
/*
 * queue_core: the algorithm of the queue kind, on words and nothing else. It is built on the ring:
 * a queue is a chain of the rings of ring_core.h, and what that header says of slots holds here.
 *
 * Pushes go into the ring at the tail, pops come out of the one at the head; most of the time that
 * is one ring, which goes round. A push that finds it full closes it, and links a further ring
 * behind it, with its value inside. A ring that is closed is never opened again. So who finds it
 * closed and has popped all of it goes on to the next one, and when there is none the queue is
 * empty. A ring is given up when the head has left it.
 *
 *      head                  tail
 *       |                     |
 *    [ closed, half popped ] -> [ closed, full ] -> [ open ]        the tail may lag
 *
 * When to use it: to prove the algorithm, or to read it. Programs use queue.h.
 *
 * Everything here runs inside a read section, and a ring that pop hands out as `old` is freed after
 * a grace period. So when a ring is given up, no word of the queue may lead to it any more, or else
 * a section that opens afterwards still finds it and is not waited for. The head has left it, and
 * the ring in front of it was given up earlier. The tail is why pop looks at it: a head that leaves
 * the tail behind gives up a ring that the next push loads.
 *
 * A fresh queue is two words of zero. Its first push makes the first ring, and publishes it at the
 * head and then at the tail; who finds it at the head alone brings it to the tail. Until the tail
 * is there nothing is pushed further, so no ring has a next and the head stays where it is.
 *
 * Linearization points: push, its exchange of a slot, or of the word to which it links its ring.
 * pop, its exchange of a slot; a pop that finds nothing, and is_empty, the load of a head that is
 * NULL, of a slot that waits and is not closed (then its ring is the last one), or of a `next` that
 * is NULL (all before it is popped). count, its last load of the tail's side, of the same three
 * sorts: the number of the next pop was the same before and after it, and numbers only rise.
 *
 * Sources: Michael and Scott (PODC 1996) for the chain; Morrison and Afek (PPoPP 2013) for rings
 * that are closed and linked.
 */
#ifndef AFIELD_QUEUE_CORE_H
#define AFIELD_QUEUE_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include <afield/detail/ring_core.h>

#ifdef __cplusplus
extern "C" {
#endif

struct afield__queue_segment {
	/* Written once, by the push that links a ring behind this one. */
	AFIELD_ATOMIC(struct afield__queue_segment *) next;
	uint64_t first;           /* of the queue's numbers, that of this ring's push 0; constant */
	struct afield__ring ring; /* its capacity is a power of two */
};

/* Written once for each ring that comes or goes. */
struct afield__queue_words {
	AFIELD_ATOMIC(struct afield__queue_segment *) head; /* moved forward by pop */
	AFIELD_ATOMIC(struct afield__queue_segment *) tail; /* moved forward by push and pop */
};

/*
 * Begins the chain, where the tail is not there yet: brings it to the ring at the head, which is
 * `fresh` when there was none. Returns that ring, or NULL when there is none still.
 */
static inline struct afield__queue_segment *afield__queue_begin(struct afield__queue_words *queue,
								struct afield__queue_segment *fresh)
{
	/* (1) acquire, pairs with (2): this thread publishes the ring once more, by (3). */
	struct afield__queue_segment *head = AFIELD_LOAD(&queue->head, acquire), *none = NULL;

	if (!head) {
		if (!fresh)
			return NULL;
		/* (2) seq_cst, pairs with (1) (2) (8) (13) (16), ordered with (8) (13). Release:
		 * else the ring is seen as it was before it was made. Acquire, when another one is
		 * there, as (1). seq_cst: with a pop that finds no ring. */
		if (AFIELD_COMPARE_EXCHANGE(&queue->head, &head, fresh, seq_cst))
			head = fresh;
	}
	/* (3) release, pairs with (4) (15). While the tail is NULL nothing is linked, so the head
	 * is the first ring still. */
	AFIELD_COMPARE_EXCHANGE(&queue->tail, &none, head, release);
	return head;
}

/* What a push returns when `fresh` is part of the chain. */
#define AFIELD__QUEUE_LINKED 1

/*
 * Puts a copy of the words in as the newest. `start` is a number of the thread's own; `fresh` is
 * NULL, or a ring of the caller's in which the words are, and nothing else.
 *   Concurrent with it: everything; inside a read section. Progress: lock-free. Ordering: seq_cst.
 *   Returns 0 when they are in a ring of the chain's; AFIELD__QUEUE_LINKED when `fresh` is one;
 *   -ENOSPC when that would be needed, at *at the last ring or NULL; -EAGAIN when no free node is
 *   left in the ring at *at.
 */
AFIELD__ALWAYS_INLINE int afield__queue_push_words(struct afield__queue_words *queue,
						   uint64_t start, const uintptr_t *words,
						   size_t word_count,
						   struct afield__queue_segment *fresh,
						   struct afield__queue_segment **at)
{
	uint64_t number;
	int error;

	for (;;) {
		/* (4) acquire, pairs with (3) (7) (11), the exchanges of the tail: weaker, a ring
		 * is seen as it was before it was made. */
		struct afield__queue_segment *tail = AFIELD_LOAD(&queue->tail, acquire);
		struct afield__queue_segment *next = NULL;

		*at = tail;
		if (!tail) {
			next = afield__queue_begin(queue, fresh);
			if (!next)
				return -ENOSPC;
			if (next == fresh)
				return AFIELD__QUEUE_LINKED;
			continue;
		}
		error = afield__ring_push_words(&tail->ring, start, words, word_count);
		if (error != -ENOSPC)
			return error;
		if (!afield__ring_close(&tail->ring, &number))
			continue; /* there is room by now */
		/* (5) acquire, pairs with (6): this thread publishes the ring once more, by (7). */
		next = AFIELD_LOAD(&tail->next, acquire);
		if (!next) {
			if (!fresh)
				return -ENOSPC;
			fresh->first = tail->first + number;
			/* (6) seq_cst, pairs with (5) (6) (9) (14) (17), ordered with (9) (14)
			 * (17). Release: else the ring is seen as it was before it was made.
			 * Acquire, when another one is there, as (5). seq_cst: it is a push, as the
			 * exchange of a slot. */
			if (AFIELD_COMPARE_EXCHANGE(&tail->next, &next, fresh, seq_cst))
				next = fresh;
		}
		/* (7) release, pairs with (4) (15), for a ring that (5) or (6) has acquired. */
		AFIELD_COMPARE_EXCHANGE(&queue->tail, &tail, next, release);
		if (next == fresh)
			return AFIELD__QUEUE_LINKED;
	}
}

/*
 * Takes the words that came first out. *old is NULL, or a ring that was given up: for the caller to
 * free after a grace period.
 *   Concurrent with it: everything; inside a read section. Progress: lock-free. Ordering: seq_cst.
 *   Returns 0; -ENODATA when the queue is empty; -EAGAIN with a ring at *old: call it again. The
 *   words are unspecified then.
 */
AFIELD__ALWAYS_INLINE int afield__queue_pop_words(struct afield__queue_words *queue,
						  uintptr_t *words, size_t word_count,
						  struct afield__queue_segment **old)
{
	*old = NULL;
	for (;;) {
		/* (8) seq_cst, pairs with (2) (12), ordered with (2). It acquires the ring, and the
		 * tail for (10). seq_cst: NULL says that the queue is empty. */
		struct afield__queue_segment *head = AFIELD_LOAD(&queue->head, seq_cst);
		struct afield__queue_segment *next, *tail;
		int error;

		if (!head)
			return -ENODATA;
		error = afield__ring_pop_words(&head->ring, words, word_count);
		if (error != -ESHUTDOWN)
			return error;
		/* (9) seq_cst, pairs with (6), ordered with (6). It acquires the ring behind,
		 * which (12) and (11) publish once more. seq_cst: NULL says that it is empty. */
		next = AFIELD_LOAD(&head->next, seq_cst);
		if (!next)
			return -ENODATA;
		/*
		 * (10) relaxed, carried by (8) and (9): the tail is at the head or past it, for who
		 * linked the next ring, and who moved the head here, saw it so; it is not seen
		 * further back. When it is past it, it stays so. When it is not, it leaves before
		 * the head does.
		 */
		tail = AFIELD_LOAD(&queue->tail, relaxed);
		/* (11) release, pairs with (4) (15), for a ring that (9) has acquired. */
		if (tail == head)
			AFIELD_COMPARE_EXCHANGE(&queue->tail, &tail, next, release);
		/* Nobody else can have this head twice, as it is not freed before this section
		 * ends: an equal pointer is the same ring.
		 * (12) release, pairs with (8) (13) (16): who finds the head here sees the ring, and
		 * the tail as far as it was seen here. */
		if (AFIELD_COMPARE_EXCHANGE(&queue->head, &head, next, release)) {
			*old = head;
			return -EAGAIN;
		}
	}
}

/*
 * The queue's number of the next pop. *is_empty: whether nothing is there for it, at an instant of
 * the call at which that was its number.
 */
static inline uint64_t afield__queue_next_pop(const struct afield__queue_words *queue,
					      bool *is_empty)
{
	/* (13) seq_cst, pairs with (2) (12), ordered with (2), as (8). */
	const struct afield__queue_segment *segment = AFIELD_LOAD(&queue->head, seq_cst), *next;
	uint64_t number = 0, tag;

	*is_empty = true;
	while (segment) {
		number = segment->first + afield__ring_next_pop(&segment->ring, &tag);
		*is_empty = !(tag & AFIELD__RING_FULL);
		if (!*is_empty || !(tag & AFIELD__RING_CLOSED))
			break;
		/* (14) seq_cst, pairs with (6), ordered with (6), as (9). */
		next = AFIELD_LOAD(&segment->next, seq_cst);
		segment = next;
	}
	return number;
}

/* The queue's number of the next push, to who has asked for that of the next pop. */
static inline uint64_t afield__queue_next_push(const struct afield__queue_words *queue)
{
	/* (15) acquire, pairs with (3) (7) (11), as (4). */
	const struct afield__queue_segment *segment = AFIELD_LOAD(&queue->tail, acquire);
	uint64_t number = 0, tag;

	/* (16) acquire, pairs with (2) (12). It is no older than what (13) saw of the head just
	 * before, in the same count: NULL here was the truth there. */
	if (!segment)
		segment = AFIELD_LOAD(&queue->head, acquire);
	while (segment) {
		number = segment->first + afield__ring_next_push(&segment->ring, &tag);
		if (!(tag & AFIELD__RING_CLOSED))
			break;
		/* (17) seq_cst, pairs with (6), ordered with (6), as (9). */
		segment = AFIELD_LOAD(&segment->next, seq_cst);
	}
	return number;
}

/*
 * Whether there is nothing to pop.
 *   Concurrent with it: everything; inside a read section. Progress: lock-free: it goes on when
 *   another thread has popped. Ordering: seq_cst.
 */
static inline bool afield__queue_is_empty(const struct afield__queue_words *queue)
{
	bool is_empty;

	afield__queue_next_pop(queue, &is_empty);
	return is_empty;
}

/*
 * How many values there are, at one instant.
 *   Concurrent with it: everything; inside a read section. Progress: lock-free: it starts again
 *   when another thread has popped, and goes on when another has pushed. Ordering: seq_cst.
 */
static inline uint64_t afield__queue_count(const struct afield__queue_words *queue)
{
	bool is_empty;
	uint64_t pushed, after, popped = afield__queue_next_pop(queue, &is_empty);

	for (;;) {
		pushed = afield__queue_next_push(queue);
		after = afield__queue_next_pop(queue, &is_empty);
		if (after == popped || AFIELD_MUTANT("drop_the_re_check"))
			return pushed - popped;
		popped = after;
	}
}

#ifdef __cplusplus
}
#endif

#endif
