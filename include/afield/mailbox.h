/*
 * mailbox: where other threads put what only this thread may take apart.
 *
 * A value that belongs to one thread (a handle of a library that is not thread-safe) may be dropped
 * by another: with reference counts and a garbage collector, anybody can be the last. Whoever drops
 * it puts a parcel into the owner's mailbox; the owner opens its parcels the next time it passes
 * by, and for the last time when it ends. From then on the mailbox is closed, and whoever comes
 * keeps the parcel.
 *
 * When to use it: in a kind, or a host, whose values have an owner. When not: for memory that any
 * thread may free once readers are gone; that is reclaim.h.
 *
 *                                        [1] [2] [3]
 *   [1] afield_mailbox_hold, _release     -   -   -    (- runs beside it; each thread opens its own
 *   [2] afield_hand_over                  -   -   -    parcels only)
 *   [3] afield_open_parcels               -   -   -
 *
 *	parcel->open = value_end;                          // in the thread that drops the value
 *	if (!afield_hand_over(value->owner, parcel))
 *		value_end(parcel);                         // the owner is gone
 *
 * How: a mailbox is a stack that is pushed by anybody and taken as a whole, so nothing is ever
 * compared that could have come back (no ABA). Closing it is one exchange for a mark, which is the
 * mailbox's own address. Who pushed before the exchange is served by the owner; who comes after
 * sees the mark.
 */
#ifndef AFIELD_MAILBOX_H
#define AFIELD_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "export.h"
#include "ordering.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The head of what is handed over; its maker writes it, then its opener alone reads it. */
struct afield_parcel {
	struct afield_parcel *next; /* the library's */
	void (*open)(struct afield_parcel *parcel);
};

struct afield_mailbox {
	AFIELD_ATOMIC(struct afield_parcel *) newest; /* pushed by all, taken by the owner */
	AFIELD_ATOMIC(uint64_t) holders;              /* the thread, and each value that it owns */
	uint64_t thread;                              /* the owner's number; constant */
};

/* This thread's mailbox, or NULL when it has none. */
AFIELD_EXPORT extern __thread struct afield_mailbox *afield__mailbox
	__attribute__((tls_model("initial-exec")));

/* The three steps, for the library and for model checkers. */
static inline struct afield_parcel *afield__mailbox_mark(struct afield_mailbox *mailbox)
{
	return (struct afield_parcel *)(void *)mailbox;
}

/* False when the mailbox is closed. The push is the linearization point. */
static inline bool afield__mailbox_put(struct afield_mailbox *mailbox, struct afield_parcel *parcel)
{
	/* Acquire, here and in the exchange that fails: who sees the mark goes on to use the value
	 * himself, and must see what the owner did to it; pairs with the exchange that closes. */
	struct afield_parcel *seen = AFIELD_LOAD(&mailbox->newest, acquire);

	do {
		if (seen == afield__mailbox_mark(mailbox))
			return false;
		parcel->next = seen;
		/* Release: pairs with the owner's exchange; weaker, the owner could open a parcel
		 * whose contents, or whose next, it does not see yet. */
	} while (!AFIELD_COMPARE_EXCHANGE_WEAK(&mailbox->newest, &seen, parcel, acq_rel));
	return true;
}

/* All parcels, the newest first. Acquire: see the push. */
static inline struct afield_parcel *afield__mailbox_take(struct afield_mailbox *mailbox)
{
	return AFIELD_EXCHANGE(&mailbox->newest, NULL, acquire);
}

/* The same, for the last time. Release: pairs with the acquire of who comes too late. */
static inline struct afield_parcel *afield__mailbox_close(struct afield_mailbox *mailbox)
{
	return AFIELD_EXCHANGE(&mailbox->newest, afield__mailbox_mark(mailbox), acq_rel);
}

/* In the order in which they came. Opening one may take apart more. */
static inline void afield__mailbox_open(struct afield_parcel *newest)
{
	struct afield_parcel *oldest = NULL;

	while (newest) {
		struct afield_parcel *next = newest->next;

		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	while (oldest) {
		struct afield_parcel *next = oldest->next;

		oldest->open(oldest);
		oldest = next;
	}
}

/*
 * afield_mailbox_hold: this thread's mailbox, which lives until it is released as often as it was
 * held, even if the thread ends before. The first of a thread allocates.
 *   Beside it: everything. Progress: wait-free, and malloc for the first. Ordering: none.
 *   Returns NULL when memory is out.
 *
 * afield_mailbox_release: gives a hold back, from any thread.
 *   Beside it: everything. Progress: wait-free, and free for the last. Ordering: acq_rel. Always
 *   can.
 */
AFIELD_EXPORT struct afield_mailbox *afield_mailbox_hold(void);
AFIELD_EXPORT void afield_mailbox_release(struct afield_mailbox *mailbox);

/*
 * Has the owner call parcel->open(parcel), at its next afield_open_parcels or at its end, in no
 * host: open must not call Python. The caller has a hold on the mailbox.
 *   Beside it: everything. Progress: lock-free. Ordering: what happened before it happens before
 *   open.
 *   Returns false when the owner is ending, or was left behind by a fork: the parcel is still the
 *   caller's, and what the owner did before its end happened before.
 */
AFIELD_EXPORT bool afield_hand_over(struct afield_mailbox *mailbox, struct afield_parcel *parcel);

AFIELD_EXPORT void afield__open_parcels_slow(struct afield_mailbox *mailbox);

/*
 * Opens what has arrived for this thread.
 *   Beside it: everything. Progress: wait-free when nothing has: two loads. Otherwise that of the
 *   functions that open. Ordering: acquire. Always can.
 */
static inline void afield_open_parcels(void)
{
	struct afield_mailbox *mailbox = afield__mailbox;

	/* Relaxed: a parcel that is not seen now is seen the next time, and take acquires. */
	if (mailbox && AFIELD_LOAD(&mailbox->newest, relaxed))
		afield__open_parcels_slow(mailbox);
}

#ifdef __cplusplus
}
#endif

#endif
