/* SPDX-License-Identifier: MIT */
/*
 * owner_queue: where other threads put what only this thread may take apart.
 *
 * A value that belongs to one thread (a handle of a library that is not thread-safe) may be dropped
 * by another: with reference counts and a garbage collector, anybody can be the last. Whoever drops
 * it puts a message into the owner's queue; the owner opens its messages the next time it passes
 * by, and for the last time when it ends. From then on the owner queue is closed, and whoever comes
 * keeps the message.
 *
 * When to use it: in a kind, or a host, whose values have an owner. When not: for memory that any
 * thread may free once readers are gone; that is reclaim.h.
 *
 *                                             [1] [2] [3]
 *   [1] afield_owner_queue_retain, _release    -   -   -    (- runs concurrently; each thread
 *   [2] afield_hand_over                       -   -   -     opens its own messages only)
 *   [3] afield_open_messages                   -   -   -
 *
 * afield_barrier looks into every owner queue: see below.
 *
 *	message->open = value_end;                          // in the thread that drops the value
 *	if (!afield_hand_over(value->owner, message))
 *		value_end(message);                         // the owner is gone
 *
 * How: an owner queue is a stack that is pushed by anybody and taken as a whole, so nothing is ever
 * compared that could have come back (no ABA). Closing it is one exchange for a mark, which is the
 * owner queue's own address. Who pushed before the exchange is served by the owner; who comes after
 * sees the mark.
 */
#ifndef AFIELD_DETAIL_OWNER_QUEUE_H
#define AFIELD_DETAIL_OWNER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <afield/detail/export.h>
#include <afield/ordering.h>
#include <afield/detail/self.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The head of what is handed over; its maker writes it, then who has taken it alone reads it. */
struct afield_message {
	struct afield_message *next; /* the library's */
	void (*open)(struct afield_message *message);
	const void *code; /* an address in the module, code or data, that open needs; or NULL */
};

/* Never freed: who has none takes one that nobody holds, or makes one. */
struct afield_owner_queue {
	AFIELD_ATOMIC(struct afield_message *) newest; /* pushed by all; see take and look */
	AFIELD_ATOMIC(uint64_t) holders;  /* the thread, each value that it owns, who looks in */
	AFIELD_ATOMIC(uint64_t) openings; /* odd while the owner opens; written by the owner */
	AFIELD_ATOMIC(uint64_t) thread;   /* the owner's number; written when it begins */
	unsigned depth;                   /* of openings inside of each other; the owner's own */
	struct afield_owner_queue *older; /* the next in the list of all; constant once it is in */
};

/* The three steps, for the library and for model checkers. */
static inline struct afield_message *afield__owner_queue_mark(struct afield_owner_queue *queue)
{
	return (struct afield_message *)(void *)queue;
}

/* False when the owner queue is closed. The push is the linearization point. */
static inline bool afield__owner_queue_put(struct afield_owner_queue *queue,
					   struct afield_message *message)
{
	/* (1) acquire, pairs with (8), here and in the exchange that fails: who sees the mark goes
	 * on to use the value himself, and must see what the owner did to it. */
	struct afield_message *seen = AFIELD_LOAD(&queue->newest, acquire);

	do {
		if (seen == afield__owner_queue_mark(queue))
			return false;
		message->next = seen;
		/* (2) acq_rel, pairs with (3) (5) (8). Release: weaker, the owner could open a
		 * message whose contents, or whose next, it does not see yet. Acquire: see (1). */
	} while (!AFIELD_COMPARE_EXCHANGE_WEAK(&queue->newest, &seen, message, acq_rel));
	return true;
}

/*
 * All messages, the newest first, for the owner.
 *   (3) acq_rel, pairs with (2) (4) (5). Acquire: see the push. Release: who finds the owner queue
 *   empty because of this sees that the owner is opening; weaker, the module of a message could be
 *   closed while its code runs.
 */
static inline struct afield_message *afield__owner_queue_take(struct afield_owner_queue *queue)
{
	return AFIELD_EXCHANGE(&queue->newest, NULL, acq_rel);
}

/* All messages, for who is not the owner and puts them back at once. None of one that is closed. */
static inline struct afield_message *afield__owner_queue_load(struct afield_owner_queue *queue)
{
	/* (4) acquire, pairs with (3) (8), as does the exchange that fails: take and close. */
	struct afield_message *seen = AFIELD_LOAD(&queue->newest, acquire);

	/* (5) acquire, pairs with (2) (3) (8): the one that succeeds pairs with the push. */
	while (seen && seen != afield__owner_queue_mark(queue) &&
	       !AFIELD_COMPARE_EXCHANGE_WEAK(&queue->newest, &seen, NULL, acquire))
		;
	return seen == afield__owner_queue_mark(queue) ? NULL : seen;
}

/*
 * The owner notes that it opens, around taking and opening, and that it has. That it has begun is
 * published by the exchange that takes, or closes.
 *   (6) release, pairs with is_over in lib/runtime/owner_queue.c: who waits for the end may see the
 *   next beginning in place of it.
 */
static inline void afield__owner_queue_begin(struct afield_owner_queue *queue)
{
	if (queue->depth++ == 0)
		AFIELD_STORE(&queue->openings, AFIELD_LOAD(&queue->openings, relaxed) + 1, release);
}
static inline bool afield__owner_queue_end(struct afield_owner_queue *queue)
{
	if (--queue->depth > 0)
		return false;
	/* (7) release, pairs with await_opening and is_over in lib/runtime/owner_queue.c. Weaker,
	 * who has waited could miss what the messages did. */
	AFIELD_STORE(&queue->openings, AFIELD_LOAD(&queue->openings, relaxed) + 1, release);
	return true;
}

/*
 * All messages, for the last time.
 *   (8) acq_rel, pairs with (1) (2) (4) (5). Acquire: see the push. Release: for who comes too
 *   late, and who looks.
 */
static inline struct afield_message *afield__owner_queue_close(struct afield_owner_queue *queue)
{
	return AFIELD_EXCHANGE(&queue->newest, afield__owner_queue_mark(queue), acq_rel);
}

/* The same messages, the oldest first. */
static inline struct afield_message *afield__owner_queue_reverse(struct afield_message *newest)
{
	struct afield_message *oldest = NULL;

	while (newest) {
		struct afield_message *next = newest->next;

		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	return oldest;
}

/* In the order in which they came. Opening one may take apart more. */
static inline void afield__owner_queue_open(struct afield_message *newest)
{
	struct afield_message *oldest = afield__owner_queue_reverse(newest);

	while (oldest) {
		struct afield_message *next = oldest->next;

		oldest->open(oldest);
		oldest = next;
	}
}

/*
 * afield_owner_queue_retain: this thread's owner queue, which lives until it is released as often
 * as it was held, even if the thread ends before. The first of a thread may allocate.
 *   Concurrent with it: everything. Progress: wait-free; the first of a thread lock-free, and
 *   malloc.
 *   Ordering: none. Returns NULL when out of memory.
 *
 * afield_owner_queue_release: gives such a reference back, from any thread.
 *   Concurrent with it: everything. Progress: wait-free. Ordering: release. Never fails.
 */
AFIELD_EXPORT struct afield_owner_queue *afield_owner_queue_retain(void);
AFIELD_EXPORT void afield_owner_queue_release(struct afield_owner_queue *queue);

/*
 * The part of afield_barrier (reclaim.h) that is about messages, and makes unloading safe: a module
 * whose destructors wait in an owner queue must not be closed before they have run. Opens those of
 * this thread, waits for an owner that is opening at the moment, and has the modules of those that
 * wait for another thread, which may not come by for long, stay loaded until the process ends: a
 * dlclose then does nothing.
 *   Concurrent with it: everything. Progress: blocking, detached from the host. Ordering: openings
 *   before it happen before its return. Returns 0; -EDEADLK while this thread is opening.
 */
AFIELD_EXPORT int afield__owner_queues_barrier(void);

/*
 * Has the owner call message->open(message), at its next afield_open_messages or at its end, in no
 * host: open must not call Python. The caller has a reference to the owner queue.
 *   Concurrent with it: everything. Progress: lock-free. Ordering: what happened before it happens
 *   before open.
 *   Returns false when the owner is ending, or was orphaned by a fork: the message is still the
 *   caller's, and what the owner did before its end happened before. An owner that has ended in the
 *   last round of thread-specific destructors is known a little later: the message is then opened
 *   by the next thread that gets an owner queue, or by afield_barrier.
 */
AFIELD_EXPORT bool afield_hand_over(struct afield_owner_queue *queue,
				    struct afield_message *message);

AFIELD_EXPORT void afield__open_messages_slow(struct afield_owner_queue *queue);

/*
 * Opens what has arrived for this thread.
 *   Concurrent with it: everything. Progress: wait-free when nothing has: two loads. Otherwise that
 *   of the functions that open. Ordering: acquire. Never fails.
 */
static inline void afield_open_messages(void)
{
	const struct afield__self *self = afield__self;
	struct afield_owner_queue *queue =
		afield__is_record(self) ? AFIELD_LOAD(&self->queue, relaxed) : NULL;

	/* Relaxed: a message that is not seen now is seen the next time, and take acquires. */
	if (queue && AFIELD_LOAD(&queue->newest, relaxed))
		afield__open_messages_slow(queue);
}

#ifdef __cplusplus
}
#endif

#endif
