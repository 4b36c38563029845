/* SPDX-License-Identifier: MIT */
/*
 * reclaim_core: the words of reclaim.c. For reclaim.c and the litmus programs of tests/reclaim.
 *
 * Retired objects are a stack: anybody pushes, and one thread at a time takes all of them (R. K.
 * Treiber, Systems Programming: Coping with Parallelism, 1986). Nothing is ever popped alone, so
 * nothing is compared that could have come back. A fork at any instant leaves the child a whole
 * stack: what was about to be pushed is not in it.
 *
 * Who takes the stack has it in hand from before it is off the stack until it is reclaimed, object
 * by object. So every object is to be found in one place or the other, also by a child.
 *
 * The load is how many objects wait, and how many units of 64 bytes they are. It goes up before the
 * push and comes down after the callback.
 *
 *	 63        32 31         0
 *	| units      | objects    |
 *
 * The limit: a retirer that finds the load above it waits until the load is at half of it. Whoever
 * brings the load down to the half wakes all of them, and none is woken in between.
 */
#ifndef AFIELD_LIB_RECLAIM_CORE_H
#define AFIELD_LIB_RECLAIM_CORE_H

#include <afield/ordering.h>

struct afield_retired;

#define AFIELD__UNIT ((size_t)64)
#define AFIELD__LOAD_OBJECT UINT64_C(1)
#define AFIELD__LOAD_OBJECTS UINT64_C(0xffffffff)

struct afield__retired_list {
	AFIELD_ATOMIC(struct afield_retired *) newest;  /* pushed by retirers, taken by the role */
	AFIELD_ATOMIC(struct afield_retired *) in_hand; /* written by who has the role */
	AFIELD_ATOMIC(uint64_t) load;                   /* retirers and the role */
};

struct afield__limit {
	AFIELD_ATOMIC(uint64_t) objects;
	AFIELD_ATOMIC(uint64_t) units;
};

/* What an object of so many bytes adds to the load. */
static inline uint64_t afield__load_of(uint64_t objects, uint64_t units)
{
	return units << 32 | objects;
}

/*
 * Counts in. Relaxed: it makes no room, so nobody waits for it, and who counts out comes behind the
 * push.
 *   Concurrent with: everything here. Progress: wait-free.
 */
static inline uint64_t afield__load_add(struct afield__retired_list *retired_list, uint64_t amount)
{
	return AFIELD_FETCH_ADD(&retired_list->load, amount, relaxed) + amount;
}

/*
 * Counts out, and returns the load as it was.
 *   (1) seq_cst, pairs with (2), ordered with (2). Release: for what the callbacks did. Seq_cst:
 *   before the look for waiters (wait.h).
 */
static inline uint64_t afield__load_subtract(struct afield__retired_list *retired_list,
					     uint64_t amount)
{
	return AFIELD_FETCH_SUB(&retired_list->load, amount, seq_cst);
}

/*
 * The load.
 *   (2) seq_cst, pairs with (1), ordered with (1). Acquire: for who takes 0 for an answer. Seq_cst:
 *   for who will wait (wait.h).
 */
static inline uint64_t afield__load_see(const struct afield__retired_list *retired_list)
{
	return AFIELD_LOAD(&retired_list->load, seq_cst);
}

/*
 * Whether a load is within the limit, or within half of it (`shift` 1).
 *   (3) seq_cst, ordered with (5). (4) seq_cst, ordered with (6). A waker that still sees the old
 *   limit and does not wake comes before the new one, and so does the count of who then sleeps for
 *   the new one; whoever sets it finds that count, and wakes.
 */
static inline bool afield__load_fits(uint64_t load, const struct afield__limit *limit,
				     unsigned shift)
{
	return (load & AFIELD__LOAD_OBJECTS) <= AFIELD_LOAD(&limit->objects, seq_cst) >> shift &&
	       load >> 32 <= AFIELD_LOAD(&limit->units, seq_cst) >> shift;
}

/*
 * A new limit, of objects and units; 0 leaves that one.
 *   (5) seq_cst, ordered with (3). (6) seq_cst, ordered with (4). See there.
 */
static inline void afield__limit_set(struct afield__limit *limit, uint64_t objects, uint64_t units)
{
	if (objects)
		AFIELD_STORE(&limit->objects, objects, seq_cst);
	if (units)
		AFIELD_STORE(&limit->units, units, seq_cst);
}

/*
 * Pushes. True when the stack was empty: then whoever takes it may be asleep.
 *   (7) seq_cst, pairs with (10), ordered with (8) (9). Release: weaker, the callback finds an
 *   object that is not whole. Seq_cst: before the look at who sleeps (wait.h), before
 *   afield__round_after and before the look whether the thread that reclaims is there.
 *   Concurrent with: everything here. Progress: lock-free.
 */
static inline bool afield__retired_list_push(struct afield__retired_list *retired_list,
					     struct afield_retired *retired,
					     struct afield_retired **next)
{
	struct afield_retired *seen = AFIELD_LOAD(&retired_list->newest, relaxed);

	do {
		*next = seen;
	} while (!AFIELD_COMPARE_EXCHANGE_WEAK(&retired_list->newest, &seen, retired, seq_cst));
	return seen == NULL;
}

/* Whether there is something to take: (8) seq_cst, ordered with (7), as who waits asks (wait.h). */
static inline bool afield__retired_list_is_empty(const struct afield__retired_list *retired_list)
{
	return AFIELD_LOAD(&retired_list->newest, seq_cst) == NULL;
}

/*
 * Takes all, or NULL.
 *   (9) seq_cst, ordered with (7): behind the beginning of the round, see there.
 *   (10) acq_rel, pairs with (7). Acquire: see the push. The stack is in hand before it is off: the
 *   release half keeps the two in order for a fork, which copies memory as the processors have
 *   written it. It pairs with no access.
 *   Concurrent with: everything here but another take. Progress: lock-free.
 */
static inline struct afield_retired *
afield__retired_list_take(struct afield__retired_list *retired_list)
{
	struct afield_retired *all = AFIELD_LOAD(&retired_list->newest, seq_cst);

	do {
		AFIELD_STORE(&retired_list->in_hand, all, relaxed);
	} while (all && !AFIELD_COMPARE_EXCHANGE_WEAK(&retired_list->newest, &all, NULL, acq_rel));
	return all;
}

/* What is still in hand when the predecessor of `rest` is called back: a fork from here on loses
 * it. */
static inline void afield__retired_list_keep(struct afield__retired_list *retired_list,
					     struct afield_retired *rest)
{
	AFIELD_STORE(&retired_list->in_hand, rest, relaxed);
}

#ifdef AFIELD_RECLAIM_H
/*
 * Of the child of a fork, whose one thread calls it: everything is on the stack, once, and counted.
 * What was in hand goes behind what was on the stack. A round that was about to begin has the whole
 * stack in both places, or all of it but what was pushed since.
 */
static inline void afield__retired_list_child(struct afield__retired_list *retired_list)
{
	struct afield_retired *newest = AFIELD_LOAD(&retired_list->newest, relaxed);
	struct afield_retired *in_hand = AFIELD_LOAD(&retired_list->in_hand, relaxed);
	struct afield_retired *retired, *last = NULL;
	uint64_t load = 0;

	for (retired = newest; retired && retired != in_hand; retired = retired->next) {
		load += afield__load_of(1, retired->units);
		last = retired;
	}
	for (retired = in_hand; retired; retired = retired->next)
		load += afield__load_of(1, retired->units);
	if (last)
		last->next = in_hand;
	else
		AFIELD_STORE(&retired_list->newest, in_hand, relaxed);
	AFIELD_STORE(&retired_list->in_hand, NULL, relaxed);
	AFIELD_STORE(&retired_list->load, load, relaxed);
}
#endif

/*
 * Rounds. One begins, takes, waits, calls back, and ends; the next begins then. Who waits for what
 * was pushed before waits for the end of the round after the newest that had begun: that one may
 * have taken before the push, and the next takes after it.
 */
struct afield__rounds {
	AFIELD_ATOMIC(uint64_t) begun; /* written by who has the role */
	AFIELD_ATOMIC(uint64_t) ended; /* the same */
};

/* (11) seq_cst, ordered with (12): before the take (9), as the push (7) is before (12). */
static inline void afield__round_begin(struct afield__rounds *rounds)
{
	AFIELD_STORE(&rounds->begun, AFIELD_LOAD(&rounds->begun, relaxed) + 1, seq_cst);
}

/* (12) seq_cst, ordered with (11): behind the push, see there. */
static inline uint64_t afield__round_after(const struct afield__rounds *rounds)
{
	return AFIELD_LOAD(&rounds->begun, seq_cst) + 1;
}

/* (13) seq_cst, pairs with (14), ordered with (14). Release: for what the callbacks did. Seq_cst:
 * before the look at who sleeps (wait.h). */
static inline void afield__round_end(struct afield__rounds *rounds)
{
	AFIELD_STORE(&rounds->ended, AFIELD_LOAD(&rounds->ended, relaxed) + 1, seq_cst);
}

/* (14) seq_cst, pairs with (13), ordered with (13), as who waits asks (wait.h). */
static inline bool afield__round_has_ended(const struct afield__rounds *rounds, uint64_t number)
{
	return AFIELD_LOAD(&rounds->ended, seq_cst) >= number;
}

/*
 * The word is 1 while the thread that reclaims is there, and 0 when it is not. Who changes 0 to 1
 * makes it. It ends when it finds nothing to do; then it says so first (16), and looks once more
 * (8). Who retires pushes first (7), and then asks whether it is there (15). All four are seq_cst:
 * weaker, both may see the old, and what was pushed stays. The claim itself orders nothing.
 */
typedef AFIELD_ATOMIC(uint32_t) afield__presence;

/* (15) seq_cst, ordered with (16). */
static inline bool afield__presence_is_there(const afield__presence *presence)
{
	return AFIELD_LOAD(presence, seq_cst) != 0;
}

static inline bool afield__presence_claim(afield__presence *presence)
{
	uint32_t absent = 0;

	return AFIELD_COMPARE_EXCHANGE(presence, &absent, 1, relaxed);
}

/* (16) seq_cst, ordered with (15). */
static inline void afield__presence_leave(afield__presence *presence)
{
	AFIELD_STORE(presence, 0, seq_cst);
}

#endif
