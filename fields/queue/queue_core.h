/* SPDX-License-Identifier: MIT */
/*
 * queue_core: the algorithm of the queue kind, on nodes and nothing else.
 *
 * A row of nodes. `head` is the node that was popped last: its value is gone, and its successor is
 * the front of the queue. `tail` is the last node or, while a push is half done, one before it. A
 * push appends to the last node and then moves the tail; a pop moves the head. Whoever finds the
 * tail behind moves it, so nobody waits for a push that has stopped half way. The first head is a
 * node inside the field, the stub, which NULL stands for: a fresh queue is bytes of zero and
 * allocates nothing. Each node has a number, one more than the node before it.
 *
 * When to use it: to prove the algorithm, or to read it. Programs use queue.h.
 *
 * Everything here runs inside a read section, and a node that pop hands out as `old` is freed after
 * a grace period. That asks for one thing beyond the algorithm as it is mostly told: when a node is
 * given up, no word of the queue may lead to it any more, or else a section that opens afterwards
 * still finds it and is not waited for. The head has left it, and the node in front of it was given
 * up earlier. The tail is why pop looks at it: a head that leaves the tail behind gives up a node
 * that the next push loads.
 *
 * Linearization points: push, its exchange of `next`. pop, its exchange of `head`; a pop that finds
 * nothing, and is_empty, the load of `next`: the head stays where it is as long as its next is
 * NULL. count, its last load of `next`: the head was the same before and after it, and a head does
 * not come back.
 *
 * Source: Michael and Scott, PODC 1996.
 */
#ifndef AFIELD_QUEUE_CORE_H
#define AFIELD_QUEUE_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include <afield/ordering.h>

#ifdef __cplusplus
extern "C" {
#endif

struct afield__queue_node {
	/* Written once, by the push behind it. */
	AFIELD_ATOMIC(struct afield__queue_node *) next;
	uint64_t number AFIELD_ZERO; /* written before it is published; the stub's is 0 */
};

/* Pushers write one cache line, poppers another, and the stub is written once. */
struct afield__queue_words {
	AFIELD_ATOMIC(struct afield__queue_node *) tail; /* moved forward by push and pop */
	char apart[56] AFIELD_ZERO;
	AFIELD_ATOMIC(struct afield__queue_node *) head; /* moved forward by pop */
	char apart_too[56] AFIELD_ZERO;
	struct afield__queue_node stub;
};

/* The node that a word of the queue stands for. */
static inline struct afield__queue_node *afield__queue_at(const struct afield__queue_words *queue,
							  struct afield__queue_node *word)
{
	return word ? word : (struct afield__queue_node *)(uintptr_t)&queue->stub;
}

/*
 * Appends a node of the caller's, whose next is NULL.
 *   Concurrent with it: everything; inside a read section. Progress: lock-free. Ordering: seq_cst.
 *   Never fails.
 */
static inline void afield__queue_append(struct afield__queue_words *queue,
					struct afield__queue_node *node)
{
	for (;;) {
		/* (1) acquire, pairs with (3) (4) (8), the exchanges of the tail: weaker, the
		 * number is read before it is written. */
		struct afield__queue_node *tail = AFIELD_LOAD(&queue->tail, acquire);
		struct afield__queue_node *last = afield__queue_at(queue, tail);
		struct afield__queue_node *next = NULL;

		node->number = last->number + 1;
		/* (2) seq_cst, pairs with (2) (6) (14), ordered with (6) (11) (14). Release: else
		 * the loads of `next` find a node without its value. Acquire, when another node is
		 * there: this thread publishes it once more, by (4). seq_cst: with pop and is_empty
		 * of another queue; see queue.h. */
		if (AFIELD_COMPARE_EXCHANGE(&last->next, &next, node, seq_cst)) {
			/* (3) release, pairs with (1) (13), for the node that is the tail now. */
			AFIELD_COMPARE_EXCHANGE(&queue->tail, &tail, node, release);
			return;
		}
		/* (4) release, pairs with (1) (13), for a node that (2) has acquired. */
		AFIELD_COMPARE_EXCHANGE(&queue->tail, &tail, next, release);
	}
}

/*
 * Takes the front. Returns its node, whose value is the caller's from then on; the node itself is
 * the queue's new head. *old is the head before it, for the caller to free after a grace period,
 * or NULL where that was the stub.
 *   Concurrent with it: everything; inside a read section. Progress: lock-free. Ordering: seq_cst.
 *   Returns NULL when the queue is empty.
 */
static inline struct afield__queue_node *afield__queue_take(struct afield__queue_words *queue,
							    struct afield__queue_node **old)
{
	for (;;) {
		/* (5) acquire, pairs with (9): for the tail's sake, below, and because the node
		 * could be seen as it was before it was made. A head that is old has a next, and
		 * the exchange refuses it. */
		struct afield__queue_node *head = AFIELD_LOAD(&queue->head, acquire);
		struct afield__queue_node *first = afield__queue_at(queue, head);
		/* (6) seq_cst, pairs with (2), ordered with (2). It acquires the node behind, which
		 * (8) and (9) publish once more. seq_cst: NULL says that it is empty. */
		struct afield__queue_node *next = AFIELD_LOAD(&first->next, seq_cst);
		struct afield__queue_node *tail;

		if (!next)
			return NULL;
		/*
		 * (7) relaxed, carried by (5): the tail is at the head or past it, for who moved
		 * the head there saw it so, and this thread has acquired that head; so it is not
		 * seen further back. When it is past it, it stays so. When it is not, it leaves
		 * before the head does.
		 */
		tail = AFIELD_LOAD(&queue->tail, relaxed);
		/* (8) release, pairs with (1) (13), for a node that (6) has acquired. */
		if (tail == head)
			AFIELD_COMPARE_EXCHANGE(&queue->tail, &tail, next, release);
		/* Nobody else can have this head twice, as it is not freed before this section
		 * ends: an equal pointer is the same node.
		 * (9) seq_cst, pairs with (5) (10) (12), ordered with (10) (15). Release: who finds
		 * the head here sees the node, and the tail as far as it was seen here. seq_cst:
		 * with is_empty of another queue. */
		if (AFIELD_COMPARE_EXCHANGE(&queue->head, &head, next, seq_cst)) {
			*old = head;
			return next;
		}
	}
}

/*
 * Whether there is nothing to take.
 *   Concurrent with it: everything; inside a read section. Progress: wait-free. Ordering: seq_cst.
 */
static inline bool afield__queue_is_empty(const struct afield__queue_words *queue)
{
	/* (10) seq_cst, pairs with (9), ordered with (9). Its acquire half as in take. */
	struct afield__queue_node *head = AFIELD_LOAD(&queue->head, seq_cst);
	struct afield__queue_node *first = afield__queue_at(queue, head);

	/* (11) seq_cst, ordered with (2): a value pushed before is not missed. */
	return AFIELD_LOAD(&first->next, seq_cst) == NULL;
}

/*
 * How many values there are, at one instant.
 *   Concurrent with it: everything; inside a read section. Progress: lock-free: it starts again
 *   when another thread has popped, and goes on when another has pushed. Ordering: seq_cst.
 */
static inline uint64_t afield__queue_count(const struct afield__queue_words *queue)
{
	for (;;) {
		/* (12) acquire, pairs with (9): the tail below is not seen further back than this
		 * head, as in take. */
		struct afield__queue_node *head = AFIELD_LOAD(&queue->head, acquire);
		/* (13) acquire, pairs with (3) (4) (8), as in append. */
		struct afield__queue_node *tail = AFIELD_LOAD(&queue->tail, acquire);
		struct afield__queue_node *last = afield__queue_at(queue, tail), *next;

		/* (14) seq_cst, pairs with (2), ordered with (2): as the load of is_empty. It
		 * acquires the node whose number is read. */
		while ((next = AFIELD_LOAD(&last->next, seq_cst)) != NULL)
			last = next;
		/* (15) seq_cst, ordered with (9): as the load of is_empty. */
		if (AFIELD_MUTANT("drop_the_re_check") ||
		    AFIELD_LOAD(&queue->head, seq_cst) == head)
			return last->number - afield__queue_at(queue, head)->number;
	}
}

#ifdef __cplusplus
}
#endif

#endif
