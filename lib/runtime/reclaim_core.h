/* SPDX-License-Identifier: MIT */
/*
 * reclaim_core: the words of reclaim.c. For reclaim.c and the litmus programs of tests/reclaim.
 *
 * Retired objects are stacks, one for each thread: the thread pushes, and one thread at a time, who
 * has the role, takes all of all of them (R. K. Treiber, Systems Programming: Coping with
 * Parallelism, 1986). Nothing is ever popped alone, so nothing is compared that could have come
 * back. A fork at any instant leaves the child whole stacks: what was about to be pushed is not in
 * them. One more is for threads that have no record; any number of them push there.
 *
 * Who takes a stack has it in hand from before it is off until it is reclaimed, object by object. So
 * every object is to be found in one place or the other, also by a child.
 *
 * The load is how many objects wait, and how many units of 64 bytes they are.
 *
 *	 63        32 31         0
 *	| units      | objects    |
 *
 * It is one word for all threads, so a thread tells it what it has retired in lots: it keeps a tally
 * of its own, and counts in what is new in there when that is much, or when it begins a new stack.
 * Who takes the stack counts in the rest before anything of it is counted out. Two may count at
 * once; the one whose exchange says so adds. When that one stands still between the two, the load
 * is short of this lot, and can be below nothing: both halves have signs.
 *
 * The limit: a retirer that finds the load above it waits until the load is at half of it. Whoever
 * brings the load down to the half wakes all of them, and none is woken in between. A lot is at most
 * 1/64 of the limit in objects and 1/256 of that in units, and at most 64 objects: where the limit
 * is small, each object is counted in as it is retired.
 */
#ifndef AFIELD_LIB_RECLAIM_CORE_H
#define AFIELD_LIB_RECLAIM_CORE_H

#include <afield/detail/retired_list.h>

#define AFIELD__UNIT ((size_t)64)
#define AFIELD__LOT 64

/* Of both halves: see above. Written by whoever counts in, and by the role. */
typedef AFIELD_ATOMIC(uint64_t) afield__load;

struct afield__limit {
	AFIELD_ATOMIC(uint64_t) objects;
	AFIELD_ATOMIC(uint64_t) units;
};

/* What so many objects of so many units add to the load. */
static inline uint64_t afield__load_of(uint64_t objects, uint64_t units)
{
	return (units << 32) + objects;
}

/* The halves of a load. Below zero they are none. */
static inline uint64_t afield__load_objects(uint64_t load)
{
	int32_t objects = (int32_t)(uint32_t)load;

	return objects > 0 ? (uint64_t)objects : 0;
}
static inline uint64_t afield__load_units(uint64_t load)
{
	int32_t objects = (int32_t)(uint32_t)load;
	int32_t units = (int32_t)(uint32_t)((load - (uint64_t)(int64_t)objects) >> 32);

	return units > 0 ? (uint64_t)units : 0;
}

/*
 * Counts in. Relaxed: it makes no room, so nobody waits for it.
 *   Concurrent with: everything here. Progress: wait-free.
 */
static inline void afield__load_add(afield__load *load, uint64_t amount)
{
	AFIELD_FETCH_ADD(load, amount, relaxed);
}

/*
 * Counts out, and returns the load as it was.
 *   (1) seq_cst, pairs with (2), ordered with (2). Release: for what the callbacks did. Seq_cst:
 *   before the look for waiters (wait.h).
 */
static inline uint64_t afield__load_subtract(afield__load *load, uint64_t amount)
{
	return AFIELD_FETCH_SUB(load, amount, seq_cst);
}

/*
 * The load.
 *   (2) seq_cst, pairs with (1), ordered with (1). Acquire: for who goes on because there is room.
 *   Seq_cst: for who will wait (wait.h).
 */
static inline uint64_t afield__load_see(const afield__load *load)
{
	return AFIELD_LOAD(load, seq_cst);
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
	return afield__load_objects(load) <= AFIELD_LOAD(&limit->objects, seq_cst) >> shift &&
	       afield__load_units(load) <= AFIELD_LOAD(&limit->units, seq_cst) >> shift;
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
 * Adds to the thread's own tally, before the push. Returns what is not counted in yet.
 *   Relaxed: who takes the object sees the tally by the push (7).
 *   Concurrent with: everything here but the same of another thread. Progress: wait-free.
 */
static inline uint64_t afield__tally_add(struct afield__tally *tally, uint64_t amount)
{
	uint64_t pushed = AFIELD_LOAD(&tally->pushed, relaxed) + amount;

	AFIELD_STORE(&tally->pushed, pushed, relaxed);
	return pushed - AFIELD_LOAD(&tally->counted, relaxed);
}

/* Whether so much is a lot. Relaxed: an old limit makes one lot too large. */
static inline bool afield__tally_is_full(uint64_t uncounted, const struct afield__limit *limit)
{
	uint64_t objects = afield__load_objects(uncounted);

	return objects > AFIELD__LOT || objects > AFIELD_LOAD(&limit->objects, relaxed) / 64 ||
	       afield__load_units(uncounted) > AFIELD_LOAD(&limit->units, relaxed) / 256;
}

/*
 * Counts in what is in the tally. All relaxed: who takes an object counts it in by this before it
 * counts it out, in the same thread; or another has, whose addition may be late.
 *   Concurrent with: everything here. Progress: lock-free; fails only when another has counted.
 */
static inline void afield__tally_count(struct afield__tally *tally, afield__load *load)
{
	uint64_t counted = AFIELD_LOAD(&tally->counted, relaxed);

	for (;;) {
		uint64_t pushed = AFIELD_LOAD(&tally->pushed, relaxed);

		/* Another may have counted what this thread does not see yet. */
		if ((int64_t)(pushed - counted) <= 0)
			return;
		if (AFIELD_COMPARE_EXCHANGE(&tally->counted, &counted, pushed, relaxed)) {
			afield__load_add(load, pushed - counted);
			return;
		}
	}
}

/* What is not counted in; for people. */
static inline uint64_t afield__tally_uncounted(const struct afield__tally *tally)
{
	uint64_t counted = AFIELD_LOAD(&tally->counted, relaxed);

	return AFIELD_LOAD(&tally->pushed, relaxed) - counted;
}

/*
 * Pushes. True when the stack was empty: then whoever takes it may be asleep.
 *   (7) seq_cst, pairs with (9) (11), ordered with (9) (10). Release: weaker, the callback finds an
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

/* What a block that waits has in place of a callback is an address of the kind of a callback's. */
typedef void afield__callback(struct afield_retired *retired);

/*
 * Pushes a block. `*number` is then how many there are, `*below` the first below it whose number is
 * a whole number of pieces, or NULL. True when the stack was empty. Nobody else pushes; so what the
 * thread knows of the newest is right when the exchange succeeds.
 *   (8) seq_cst, pairs with (9) (11), ordered with (9) (10). As (7).
 *   Concurrent with: everything here but another push. Progress: lock-free.
 */
static inline bool afield__block_push(struct afield__retired_list *waiting,
				      struct afield__returned *returned, size_t piece,
				      struct afield_retired *block, struct afield_retired **next,
				      size_t *number, afield__callback **below)
{
	struct afield_retired *seen = AFIELD_LOAD(&waiting->newest, relaxed), *is_below;
	size_t before = AFIELD_LOAD(&returned->waiting_count, relaxed), count;

	do {
		count = seen ? before + 1 : 1;
		is_below = !seen            ? NULL
			   : before % piece ? AFIELD_LOAD(&returned->below, relaxed)
					    : seen;
		*next = seen;
		*number = count;
		*below = (afield__callback *)(uintptr_t)is_below;
	} while (!AFIELD_COMPARE_EXCHANGE_WEAK(&waiting->newest, &seen, block, seq_cst));
	/* The block is no longer the thread's. */
	AFIELD_STORE(&returned->waiting_count, count, relaxed);
	AFIELD_STORE(&returned->below, is_below, relaxed);
	return !seen;
}

/*
 * Whether there is something to take.
 *   (9) seq_cst, pairs with (7) (8) (11), ordered with (7) (8). Seq_cst: as who waits asks (wait.h).
 *   Acquire: who finds nothing, because it was taken, sees that the round had begun (16).
 */
static inline bool afield__retired_list_is_empty(const struct afield__retired_list *retired_list)
{
	return AFIELD_LOAD(&retired_list->newest, seq_cst) == NULL;
}

/*
 * Takes all of a stack, or NULL; nothing is in hand of it before.
 *   (10) seq_cst, ordered with (7) (8): behind the beginning of the round, see there.
 *   (11) acq_rel, pairs with (7) (8) (9). Acquire: see the push. Release: see (9). And the stack is in
 *   hand before it is off, also for a fork, which copies memory as the processors have written it.
 *   Concurrent with: everything here but another take. Progress: lock-free.
 */
static inline struct afield_retired *
afield__retired_list_take(struct afield__retired_list *retired_list)
{
	struct afield_retired *all = AFIELD_LOAD(&retired_list->newest, seq_cst);

	if (!all)
		return NULL;
	do {
		AFIELD_STORE(&retired_list->in_hand, all, relaxed);
	} while (!AFIELD_COMPARE_EXCHANGE_WEAK(&retired_list->newest, &all, NULL, acq_rel));
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
 * Of the child of a fork, whose one thread calls it: everything is on the stack, once. Returns what
 * it adds to the load. What was in hand goes behind what was on the stack. A round that was about to begin has the whole
 * stack in both places, or all of it but what was pushed since.
 */
static inline uint64_t afield__retired_list_child(struct afield__retired_list *retired_list)
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
	return load;
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

/* (12) seq_cst, ordered with (13): before the take (10), as the push (7) is before (13). */
static inline void afield__round_begin(struct afield__rounds *rounds)
{
	AFIELD_STORE(&rounds->begun, AFIELD_LOAD(&rounds->begun, relaxed) + 1, seq_cst);
}

/* (13) seq_cst, ordered with (12): behind the push, see there. */
static inline uint64_t afield__round_after(const struct afield__rounds *rounds)
{
	return AFIELD_LOAD(&rounds->begun, seq_cst) + 1;
}

/* (14) seq_cst, pairs with (15) (16), ordered with (15). Release: for what the callbacks did. Seq_cst:
 * before the look at who sleeps (wait.h). */
static inline void afield__round_end(struct afield__rounds *rounds)
{
	AFIELD_STORE(&rounds->ended, AFIELD_LOAD(&rounds->ended, relaxed) + 1, seq_cst);
}

/* (15) seq_cst, pairs with (14), ordered with (14), as who waits asks (wait.h). */
static inline bool afield__round_has_ended(const struct afield__rounds *rounds, uint64_t number)
{
	return AFIELD_LOAD(&rounds->ended, seq_cst) >= number;
}

/*
 * Whether no round is under way. Who has found all stacks empty before knows then that all which
 * was retired before has been called back: what was on them has been taken, by a round that had
 * begun (9), and ended.
 *   (16) acquire, pairs with (14). Weaker, what the callbacks did is not seen.
 */
static inline bool afield__rounds_are_over(const struct afield__rounds *rounds)
{
	uint64_t begun = AFIELD_LOAD(&rounds->begun, relaxed);

	return AFIELD_LOAD(&rounds->ended, acquire) == begun;
}

/*
 * The word is 1 while the thread that reclaims is there, and 0 when it is not. Who changes 0 to 1
 * makes it. It ends when it finds nothing to do; then it says so first (18), and looks once more
 * (9). Who retires pushes first (7), and then asks whether it is there (17). All four are seq_cst:
 * weaker, both may see the old, and what was pushed stays. The claim itself orders nothing.
 */
typedef AFIELD_ATOMIC(uint32_t) afield__presence;

/* (17) seq_cst, ordered with (18). */
static inline bool afield__presence_is_there(const afield__presence *presence)
{
	return AFIELD_LOAD(presence, seq_cst) != 0;
}

static inline bool afield__presence_claim(afield__presence *presence)
{
	uint32_t absent = 0;

	return AFIELD_COMPARE_EXCHANGE(presence, &absent, 1, relaxed);
}

/* (18) seq_cst, ordered with (17). */
static inline void afield__presence_leave(afield__presence *presence)
{
	AFIELD_STORE(presence, 0, seq_cst);
}

#endif
