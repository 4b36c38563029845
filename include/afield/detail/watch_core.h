/* SPDX-License-Identifier: MIT */
/*
 * watch_core: the log of a window, on words.
 *
 * A window is a stretch of time in which the operations of one field are written down. It is found
 * by a pointer that is NULL between windows. Every operation looks at it twice, when it begins and
 * when it ends. What finds a window takes a ticket from the window's clock; the ticket is the time
 * of that event and the number of an entry in the log, so that the log is a list of all events up
 * to its end, without a gap, in an order that agrees with happens-before. That makes both ends of
 * it exact:
 *
 *   - Its end is a ticket: the first that has no entry, or the one at which the watcher closes the
 *     clock. An operation that ends behind it is pending.
 *   - Its start is a ticket, too, that the watcher takes when every thread must have seen the
 *     pointer. An operation that ended unseen ended before it. One that began unseen and ends behind
 *     it is written down when it ends, in an entry of its own (a late one), with an unknown begin.
 *
 * A window's memory is used again and never given back. The number of its use (the epoch) stands in
 * the clock and in each entry; it is used again when each ticket's entry has been filled.
 *
 *   clock   | epoch 63..32 | closed 31 | index 30..0 |
 *   state   | epoch 63..2  | phase 1..0 |
 *
 * When to use it: in watch.h, lib/check/watch*.c and their litmus programs. When not: elsewhere.
 *
 *                              [1] [2] [3]
 *   [1] begin, end              -   -   -     - concurrent with it; X needs the caller's own
 *   [2] open, publish, close    -   X   X       exclusion: a window has one watcher
 *   [3] is_quiet, entry_phase   -   X   -
 */
#ifndef AFIELD_DETAIL_WATCH_CORE_H
#define AFIELD_DETAIL_WATCH_CORE_H

#include <afield/ordering.h>

#ifndef AFIELD_SHOW_EXPANSIONS
#pragma GCC system_header
#endif

#define AFIELD__WATCH_CLOSED (UINT64_C(1) << 31)
#define AFIELD__WATCH_BEFORE UINT64_C(0)   /* the stamp of what began before the window */
#define AFIELD__WATCH_AFTER (~UINT64_C(0)) /* of what ended behind it */

/* What stands in an entry: nothing of this epoch; an operation that has begun; one that has ended;
 * nothing more, because the ticket was that of an end. */
enum { AFIELD__WATCH_FREE, AFIELD__WATCH_BEGUN, AFIELD__WATCH_DONE, AFIELD__WATCH_SPENT };

/* An operation: a verb of the model, its arguments and its results, each as 64 bits. */
struct afield__watch_operation {
	uint32_t verb;
	uint16_t argument_count;
	uint16_t result_count;
	uint64_t arguments[2];
	uint64_t results[2];
};

/* Whoever has the ticket writes it, until its phase says that it has ended. */
struct afield__watch_entry {
	AFIELD_ATOMIC(uint64_t) state;
	uint64_t call; /* both: BEFORE, an index + 1, or AFTER */
	uint64_t ret;
	uint64_t thread;
	struct afield__watch_operation operation;
};

struct afield__watch_window {
	struct afield__watch_entry *entries; /* these three never change */
	uint32_t capacity;                   /* tickets that have a time */
	uint32_t size;                       /* with the late ones behind them */
	AFIELD_ATOMIC(const void *) field;   /* the watcher writes it, between two epochs */
	char apart[128];
	AFIELD_ATOMIC(uint64_t) clock;
	char behind[128];
};

typedef AFIELD_ATOMIC(struct afield__watch_window *) afield__watch_pointer;

/* What an operation keeps from its begin to its end: NULL when it met no window; the clock as it
 * found it, closed when it has no entry. */
struct afield__watch_token {
	struct afield__watch_window *window;
	uint64_t ticket;
};

static inline uint64_t afield__watch_epoch(uint64_t clock)
{
	return clock >> 32;
}

static inline uint32_t afield__watch_index(uint64_t clock)
{
	return (uint32_t)(clock & (AFIELD__WATCH_CLOSED - 1));
}

/* Whether a ticket of this clock has a time. */
static inline bool afield__watch_is_open(const struct afield__watch_window *window, uint64_t clock)
{
	return !(clock & AFIELD__WATCH_CLOSED) && afield__watch_index(clock) < window->capacity;
}

/*
 * What stands between an operation and its look for a window at its end: who finds none has done
 * everything before the watcher's heavy fence, and so before the start of the window.
 */
static inline void afield__watch_light_fence(const afield__watch_pointer *current)
{
#if defined(AFIELD_MODEL) || defined(AFIELD_EXPLORE) || defined(AFIELD_RELACY)
	/* (1) seq_cst, ordered with (10). Weaker, an operation could find no window, linearize
	 * behind the start, and be missing in the log. */
	AFIELD_FENCE(seq_cst, current);
#else
	(void)current;
	AFIELD_COMPILER_FENCE(); /* the watcher's membarrier is the other half */
#endif
}

/*
 * The two looks of an operation: the window that it finds when it begins, and whether there is one
 * when it ends.
 *   Concurrent with them: everything. Progress: wait-free.
 */
static inline struct afield__watch_window *afield__watch_find(const afield__watch_pointer *current)
{
	/* (2) acquire, pairs with (9). Weaker, the window could be found before it is whole. */
	return AFIELD_LOAD(current, acquire);
}

static inline bool afield__watch_is_there(const afield__watch_pointer *current)
{
	afield__watch_light_fence(current);
	return AFIELD_LOAD(current, relaxed) != NULL;
}

/*
 * The phase of an entry is the last that is written of it.
 *   (3) release, pairs with (11). Weaker, the watcher could read an entry before it is filled, or
 *   use the window again while the entry of the previous epoch is still being written.
 */
static inline void afield__watch_set_phase(struct afield__watch_entry *entry, uint64_t ticket,
					   unsigned phase)
{
	AFIELD_STORE(&entry->state, afield__watch_epoch(ticket) << 2 | phase, release);
}

/* The entry of a ticket that is not needed. */
static inline void afield__watch_spend(struct afield__watch_window *window, uint64_t ticket)
{
	if (afield__watch_index(ticket) < window->size)
		afield__watch_set_phase(&window->entries[afield__watch_index(ticket)], ticket,
					AFIELD__WATCH_SPENT);
}

/*
 * The begin of an operation that has found the window. The operation follows.
 *   Concurrent with it: everything. Progress: wait-free. Ordering: acquire.
 */
static inline struct afield__watch_token
afield__watch_begin_at(struct afield__watch_window *window, const void *field,
		       const struct afield__watch_operation *operation, uint64_t thread)
{
	struct afield__watch_token token = {NULL, 0};
	struct afield__watch_entry *entry;

	if (AFIELD_LOAD(&window->field, relaxed) != field)
		return token;
	token.window = window;
	token.ticket = AFIELD_LOAD(&window->clock, relaxed);
	if (!afield__watch_is_open(window, token.ticket)) {
		token.ticket |= AFIELD__WATCH_CLOSED;
		return token;
	}
	/* (4) acquire, pairs with (5) (6) (8). Weaker, the operation could miss what another did
	 * that ended at an earlier time, and the history would say that it must not. */
	token.ticket = AFIELD_FETCH_ADD(&window->clock, 1, acquire);
	/* The window may have begun another epoch meanwhile, for another field. */
	if (AFIELD_LOAD(&window->field, relaxed) != field) {
		afield__watch_spend(window, token.ticket);
		token.window = NULL;
		return token;
	}
	if (!afield__watch_is_open(window, token.ticket)) {
		afield__watch_spend(window, token.ticket);
		token.ticket |= AFIELD__WATCH_CLOSED;
		return token;
	}
	entry = &window->entries[afield__watch_index(token.ticket)];
	entry->call = afield__watch_index(token.ticket) + UINT64_C(1);
	entry->thread = thread;
	entry->operation = *operation;
	afield__watch_set_phase(entry, token.ticket, AFIELD__WATCH_BEGUN);
	return token;
}

/* The time of an end; AFTER when the clock has stopped. */
static inline uint64_t afield__watch_end_time(struct afield__watch_window *window)
{
	uint64_t ticket = AFIELD_LOAD(&window->clock, relaxed);

	if (!afield__watch_is_open(window, ticket))
		return AFIELD__WATCH_AFTER;
	/* (5) release, pairs with (4). Weaker, an operation that begins at a later time could miss
	 * what this one did. */
	ticket = AFIELD_FETCH_ADD(&window->clock, 1, release);
	afield__watch_spend(window, ticket);
	return afield__watch_is_open(window, ticket) ? afield__watch_index(ticket) + UINT64_C(1)
						     : AFIELD__WATCH_AFTER;
}

/* The end of an operation that began before this window. */
static inline void afield__watch_end_late(struct afield__watch_window *window, const void *field,
					  struct afield__watch_token token,
					  const struct afield__watch_operation *operation,
					  uint64_t thread)
{
	struct afield__watch_entry *entry;
	uint64_t ticket = AFIELD_LOAD(&window->clock, relaxed);

	if (token.window == window &&
	    afield__watch_epoch(token.ticket) == afield__watch_epoch(ticket))
		return; /* it began in this window, or behind its end */
	/* (6) acq_rel, pairs with (4) (8). Release as (5); acquire for the field behind it. */
	ticket = AFIELD_FETCH_ADD(&window->clock, 1, acq_rel);
	if (AFIELD_LOAD(&window->field, relaxed) != field) {
		afield__watch_spend(window, ticket);
		return;
	}
	if (afield__watch_index(ticket) >= window->size)
		return; /* the clock says that something is lost */
	entry = &window->entries[afield__watch_index(ticket)];
	entry->call = AFIELD__WATCH_BEFORE;
	entry->ret = afield__watch_is_open(window, ticket)
			     ? afield__watch_index(ticket) + UINT64_C(1)
			     : AFIELD__WATCH_AFTER;
	entry->thread = thread;
	entry->operation = *operation;
	afield__watch_set_phase(entry, ticket, AFIELD__WATCH_DONE);
}

/*
 * The end of an operation that has been done and found a window now or when it began. An operation
 * that is not `kept` has changed and told nothing.
 *   Concurrent with it: everything. Progress: wait-free. Ordering: release.
 */
static inline void afield__watch_end_at(const afield__watch_pointer *current, const void *field,
					struct afield__watch_token token,
					const struct afield__watch_operation *operation,
					bool is_kept, uint64_t thread)
{
	struct afield__watch_window *window;
	struct afield__watch_entry *entry;

	if (token.window && !(token.ticket & AFIELD__WATCH_CLOSED)) {
		entry = &token.window->entries[afield__watch_index(token.ticket)];
		entry->ret = afield__watch_end_time(token.window);
		entry->operation.result_count = operation->result_count;
		entry->operation.results[0] = operation->results[0];
		entry->operation.results[1] = operation->results[1];
		afield__watch_set_phase(entry, token.ticket,
					is_kept ? AFIELD__WATCH_DONE : AFIELD__WATCH_SPENT);
	}
	afield__watch_light_fence(current);
	/* (7) acquire, pairs with (9). As (2). */
	window = AFIELD_LOAD(current, acquire);
	if (window && is_kept && AFIELD_LOAD(&window->field, relaxed) == field)
		afield__watch_end_late(window, field, token, operation, thread);
}

/* The phase of entry `index` in this epoch. */
static inline unsigned afield__watch_entry_phase(const struct afield__watch_window *window,
						 uint32_t index, uint64_t epoch);

/*
 * Begins a new epoch of a window that is not published. False when an operation of the previous one
 * has not ended yet, or just takes a ticket: the window is then not to be used.
 *   Concurrent with it: begin and end. Progress: wait-free. Ordering: none; publish has it.
 */
static inline bool afield__watch_open(struct afield__watch_window *window, const void *field)
{
	uint64_t clock = AFIELD_LOAD(&window->clock, relaxed);
	uint64_t epoch = afield__watch_epoch(clock);

	for (uint32_t i = 0; i < afield__watch_index(clock) && i < window->size; i++) {
		if (afield__watch_entry_phase(window, i, epoch) < AFIELD__WATCH_DONE)
			return false;
	}
	AFIELD_STORE(&window->field, field, relaxed);
	/* (8) release, pairs with (4) (6). Who takes a ticket of the new epoch sees whose it
	 * is. Weaker, an operation of the previous field could be written down as one of this. In
	 * one step: a store would take back the ticket of who has just taken one. */
	return AFIELD_COMPARE_EXCHANGE(&window->clock, &clock, (epoch + 1) << 32, release);
}

/*
 * Makes the window found by all. Behind it the caller runs a heavy fence (membarrier) and then takes
 * the start.
 *   Concurrent with it: begin and end. Progress: wait-free. Ordering: release.
 */
static inline void afield__watch_publish(afield__watch_pointer *current,
					 struct afield__watch_window *window)
{
	/* (9) release, pairs with (2) (7). */
	AFIELD_STORE(current, window, release);
}

/*
 * The stamp of the start: what ended unseen ended before it.
 *   Concurrent with it: begin and end. Progress: wait-free. Ordering: seq_cst.
 */
static inline uint64_t afield__watch_start(struct afield__watch_window *window)
{
	uint64_t ticket;

	/* (10) seq_cst, ordered with (1), or the half of a membarrier. It makes the next a release,
	 * too: who begins behind the start sees what ended unseen. */
	AFIELD_FENCE(seq_cst, &window->clock);
	ticket = AFIELD_FETCH_ADD(&window->clock, 1, relaxed);
	afield__watch_spend(window, ticket);
	return afield__watch_index(ticket) + UINT64_C(1);
}

/*
 * Stops the clock, and returns the stamp of the end: what has it, or a later one, is not in the
 * window.
 *   Concurrent with it: begin and end. Progress: wait-free. Ordering: relaxed.
 */
static inline uint64_t afield__watch_close(struct afield__watch_window *window)
{
	uint64_t clock = AFIELD_FETCH_OR(&window->clock, AFIELD__WATCH_CLOSED, relaxed);
	uint32_t index = afield__watch_index(clock);

	return (index < window->capacity ? index : window->capacity) + UINT64_C(1);
}

/* How many entries there are to look at. False: some operation found no entry for its end. */
static inline bool afield__watch_count(const struct afield__watch_window *window, uint32_t *count,
				       uint64_t *epoch)
{
	uint64_t clock = AFIELD_LOAD(&window->clock, relaxed);

	*epoch = afield__watch_epoch(clock);
	*count = afield__watch_index(clock);
	return *count <= window->size;
}

static inline unsigned afield__watch_entry_phase(const struct afield__watch_window *window,
						 uint32_t index, uint64_t epoch)
{
	/* (11) acquire, pairs with (3). */
	uint64_t state = AFIELD_LOAD(&window->entries[index].state, acquire);

	return state >> 2 == epoch ? (unsigned)(state & 3) : (unsigned)AFIELD__WATCH_FREE;
}

#endif
