/* SPDX-License-Identifier: MIT */
/*
 * search_depth_first.c: depth-first search for a linearization, with memory of every configuration
 * tried.
 *
 * This is Wing and Gong's search with Lowe's memory. At each point one of the open operations that
 * did not take effect yet takes effect next; when none can, the last choice is undone. A
 * configuration that was met before is not entered again: what can follow depends on nothing else.
 *
 * One reduction besides: an operation that never changes a state (a read) and is possible now takes
 * effect now, and nothing else is tried here. Any linearization from here has it somewhere later,
 * and stays right with it moved to the front.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct afield__frame {
	uint32_t operation;
	uint32_t state;    /* before the operation */
	uint32_t returned; /* before the operation */
	uint32_t choice;   /* which of the states it led to */
	bool sure;         /* nothing else need be tried in its place */
};

enum { ENTER, TRY, BACK };
enum { LOOK_AHEAD = 256 };

struct afield__search *afield__search_create(const struct afield__part *part, bool plain)
{
	struct afield__search *search = (struct afield__search *)calloc(1, sizeof(*search));
	size_t count, stride;

	if (!search)
		return NULL;
	search->part = part;
	search->plain = plain;
	search->mode = BACK;
	afield__space_init(&search->space, part->history);
	if (!afield__events_init(&search->events, part, plain))
		goto failed;
	count = search->events.count;
	stride = 1 + search->events.slots / 64 + 1;
	search->next = (uint32_t *)calloc(count + 2, sizeof(*search->next));
	search->prev = (uint32_t *)calloc(count + 2, sizeof(*search->prev));
	search->done = (bool *)calloc(count + 2, sizeof(*search->done));
	search->row = (uint64_t *)calloc(stride, sizeof(*search->row));
	if (!search->next || !search->prev || !search->done || !search->row ||
	    !afield__rows_init(&search->rows, stride))
		goto failed;
	for (uint32_t i = 0; i < 2; i++) {
		search->next[count + i] = (uint32_t)count + i;
		search->prev[count + i] = (uint32_t)count + i;
	}
	return search;
failed:
	afield__search_free(search);
	return NULL;
}

void afield__search_free(struct afield__search *search)
{
	if (!search)
		return;
	afield__events_fini(&search->events);
	afield__space_fini(&search->space);
	afield__rows_fini(&search->rows);
	free(search->frames);
	free(search->starts);
	free(search->next);
	free(search->prev);
	free(search->done);
	free(search->row);
	free(search);
}

/* The list an open operation waits in: those that returned in call order, then the pending ones. */
static uint32_t head_of(const struct afield__search *search, uint32_t operation)
{
	return search->events.count + search->events.operations[operation]->pending;
}

static void append(struct afield__search *search, uint32_t operation)
{
	uint32_t head = head_of(search, operation);
	uint32_t last = search->prev[head];

	search->next[last] = operation;
	search->prev[operation] = last;
	search->next[operation] = head;
	search->prev[head] = operation;
}

static void unlink_operation(struct afield__search *search, uint32_t operation)
{
	search->next[search->prev[operation]] = search->next[operation];
	search->prev[search->next[operation]] = search->prev[operation];
}

/* Right only when undone in the opposite order of unlinking. */
static void relink(struct afield__search *search, uint32_t operation)
{
	search->next[search->prev[operation]] = operation;
	search->prev[search->next[operation]] = operation;
}

static void set_slot(struct afield__search *search, uint32_t operation)
{
	uint32_t slot = search->events.slot[operation];

	search->row[1 + slot / 64] |= (uint64_t)1 << slot % 64;
}

static void clear_slot(struct afield__search *search, uint32_t operation)
{
	uint32_t slot = search->events.slot[operation];

	search->row[1 + slot / 64] &= ~((uint64_t)1 << slot % 64);
}

/* Passes every event up to the first return whose operation did not take effect. */
static void advance(struct afield__search *search)
{
	const struct afield__events *events = &search->events;

	while (search->cursor < events->event_count) {
		uint32_t operation = events->event[search->cursor] / 2;

		if (events->event[search->cursor] & 1) {
			if (!search->done[operation])
				return;
			clear_slot(search, operation);
			search->returned++;
		} else {
			append(search, operation);
		}
		search->cursor++;
	}
}

static void retreat(struct afield__search *search, uint32_t returned)
{
	const struct afield__events *events = &search->events;

	while (search->returned > returned) {
		uint32_t operation = events->event[--search->cursor] / 2;

		if (events->event[search->cursor] & 1) {
			set_slot(search, operation);
			search->returned--;
		} else {
			unlink_operation(search, operation);
		}
	}
}

static bool push(struct afield__search *search, uint32_t operation, uint32_t choice, bool sure)
{
	struct afield__frame *frame;

	if (!afield__grow(&search->frames, &search->frame_capacity, search->depth,
			  sizeof(*search->frames)))
		return false;
	frame = &search->frames[search->depth++];
	frame->operation = operation;
	frame->state = search->state;
	frame->returned = search->returned;
	frame->choice = choice;
	frame->sure = sure;
	search->state = search->space.next[choice];
	search->done[operation] = true;
	unlink_operation(search, operation);
	set_slot(search, operation);
	advance(search);
	if (search->returned > search->furthest)
		search->furthest = search->returned;
	search->mode = ENTER;
	return true;
}

/* Undoes the last operation and stands where it can be tried otherwise. False at the very start. */
static bool pop(struct afield__search *search)
{
	struct afield__frame *frame;

	if (search->depth == 0)
		return false;
	frame = &search->frames[--search->depth];
	retreat(search, frame->returned);
	clear_slot(search, frame->operation);
	relink(search, frame->operation);
	search->done[frame->operation] = false;
	search->state = frame->state;
	return true;
}

/* Takes the next initial state. False when there is none left. */
static bool begin(struct afield__search *search)
{
	if (!search->starts) {
		const struct afield__part *part = search->part;
		size_t count =
			part->starts ? part->start_count : afield__space_start(&search->space);

		search->starts = (uint32_t *)malloc((count + 1) * sizeof(*search->starts));
		if (!search->starts) {
			search->space.failed = true;
			return false;
		}
		for (size_t i = 0; i < count; i++)
			search->starts[i] = part->starts ? afield__space_intern(&search->space,
										&part->starts[i])
							 : search->space.next[i];
		search->start_count = (uint32_t)count;
		advance(search);
	}
	if (search->start_next == search->start_count)
		return false;
	search->state = search->starts[search->start_next++];
	search->mode = ENTER;
	return true;
}

/* Whether the operation only looks. Where the start is not known, the first that tells makes it known. */
static bool only_looks(const struct afield__search *search, uint32_t operation)
{
	return search->events.observer[operation] &&
	       !(afield__starts_unknown(search->part->history) &&
		 search->space.states[search->state].count == 0);
}

/* Lets an observer take effect that is possible: 1, 0 when there is none, -1 without memory. */
static int observe(struct afield__search *search)
{
	const struct afield__events *events = &search->events;

	for (uint32_t i = search->next[events->count]; i != events->count; i = search->next[i]) {
		if (only_looks(search, i) &&
		    afield__space_step(&search->space, search->state, events->operations[i]))
			return push(search, i, 0, true) ? 1 : -1;
	}
	return 0;
}

/*
 * Whether some observer still to come can never become possible from here. Its return then counts
 * as the furthest: it takes everything up to there to see that there is no way.
 */
static bool is_hopeless(struct afield__search *search)
{
	const struct afield__events *events = &search->events;
	const struct afield_model *model = search->space.model;
	uint32_t end = search->returned + LOOK_AHEAD;
	int64_t reset = INT64_MAX;

	if (search->plain || !model->hopeless)
		return false;
	/* What resets and did not take effect yet may come before any observer that returns later.
	 */
	for (uint32_t i = 0; i < events->reset_count && reset == INT64_MAX; i++) {
		if (!search->done[events->resets[i]])
			reset = events->operations[events->resets[i]]->call;
	}
	end = end < events->returns ? end : events->returns;
	for (uint32_t i = search->returned; i < end; i++) {
		uint32_t operation = events->return_order[i];

		if (events->operations[operation]->ret >= reset)
			return false;
		if (!events->observer[operation] || search->done[operation] ||
		    !model->hopeless(model, search->part->history,
				     &search->space.states[search->state],
				     events->operations[operation]))
			continue;
		if (i > search->furthest)
			search->furthest = i;
		return true;
	}
	return false;
}

/* Whether the configuration is new: 1, 0, or -1 without memory. */
static int remember(struct afield__search *search)
{
	/* The state is counted from one, so that the row's first word is never zero. */
	search->row[0] = (uint64_t)(search->state + 1) << 32 | search->returned;
	return afield__rows_add(&search->rows, search->row);
}

/* Tries the candidates from the current one on. False when there is no memory. */
static bool try_candidates(struct afield__search *search)
{
	const struct afield__events *events = &search->events;
	uint32_t operation = search->candidate;

	for (;; operation = search->next[operation]) {
		if (operation == events->count)
			operation = search->next[events->count + 1];
		if (operation == events->count + 1) {
			search->mode = BACK;
			if (search->dead_end)
				search->dead_end(search->context, search);
			return true;
		}
		if (only_looks(search, operation))
			continue;
		if (events->before[operation] != AFIELD__NONE &&
		    !search->done[events->before[operation]])
			continue;
		if (afield__space_step(&search->space, search->state,
				       events->operations[operation]))
			return push(search, operation, 0, false);
		if (search->space.failed)
			return false;
	}
}

/* Goes back to the last operation that can be tried otherwise. 1: it is; 0: none left; -1: memory.
 */
static int go_back(struct afield__search *search)
{
	struct afield__frame frame;

	while (pop(search)) {
		frame = search->frames[search->depth];
		if (frame.sure)
			continue;
		/* The next of the states it may lead to, or else the next operation. */
		if (afield__space_step(&search->space, search->state,
				       search->events.operations[frame.operation]) >
		    frame.choice + 1)
			return push(search, frame.operation, frame.choice + 1, false) ? 1 : -1;
		search->candidate = search->next[frame.operation];
		search->mode = TRY;
		return search->space.failed ? -1 : 1;
	}
	return begin(search) ? 1 : search->space.failed ? -1 : 0;
}

uint64_t afield__search_bytes(const struct afield__search *search)
{
	return afield__rows_bytes(&search->rows) + afield__space_bytes(&search->space);
}

static bool over_bytes(const struct afield__search *search, const struct afield__budget *budget)
{
	return afield__search_bytes(search) + search->part->history->words->arena.bytes >
	       budget->bytes;
}

enum afield__result afield__search_a(struct afield__search *search,
				     const struct afield__budget *budget)
{
	int went;

	while (search->space.steps < budget->steps) {
		if (search->space.failed)
			return AFIELD__NO_MEMORY;
		switch (search->mode) {
		case ENTER:
			if (search->returned == search->events.returns)
				return AFIELD__LIN;
			went = search->plain ? 0 : observe(search);
			if (went)
				break;
			if (is_hopeless(search)) {
				search->mode = BACK;
				if (search->dead_end)
					search->dead_end(search->context, search);
				break;
			}
			went = remember(search);
			if (went == 1 && over_bytes(search, budget))
				went = -1;
			search->mode = went == 1 ? TRY : BACK;
			search->candidate = search->next[search->events.count];
			break;
		case TRY:
			went = try_candidates(search) ? 1 : -1;
			break;
		default:
			went = go_back(search);
			if (went == 0)
				return AFIELD__NONLIN;
			break;
		}
		if (went < 0)
			return AFIELD__NO_MEMORY;
	}
	return AFIELD__MORE;
}

void afield__search_order(const struct afield__search *search, uint32_t *order)
{
	const struct afield_operation *first = search->part->history->operations;

	for (size_t i = 0; i < search->depth; i++)
		order[i] =
			(uint32_t)(search->events.operations[search->frames[i].operation] - first);
}
