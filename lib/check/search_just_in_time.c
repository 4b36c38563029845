/* SPDX-License-Identifier: MIT */
/*
 * search_just_in_time.c: breadth-first, just-in-time linearization.
 *
 * Lowe's second algorithm: it walks over the events once and keeps every configuration the object
 * may be in. At each return it lets operations take effect only as far as is needed for the
 * returning one, and drops the configurations in which that is not possible. Its memory depends on
 * how many operations are open at a time, not on the length of the history. It shares with engine A
 * the model and the order of events, and nothing else: not the search, nor the rule about
 * observers.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct row_list {
	uint64_t *rows;
	size_t count;
	size_t capacity;
};

struct afield__wave {
	const struct afield__part *part;
	struct afield__events events;
	struct afield__space space;
	struct afield__rows seen; /* rows met at the current return */
	struct row_list now;      /* rows before the current return */
	struct row_list later;    /* rows behind it */
	struct row_list work;
	size_t stride;
	uint32_t *open; /* open operations */
	uint32_t open_count;
	uint32_t cursor;
	uint32_t returned;
	uint64_t states;
	uint64_t *row;
	bool started;
	bool traced;
	struct trace {
		uint32_t parent; /* or AFIELD__NONE */
		uint32_t operation;
	} * traces;
	size_t trace_count;
	size_t trace_capacity;
};

struct afield__wave *afield__wave_create(const struct afield__part *part, bool plain, bool traced)
{
	struct afield__wave *wave = (struct afield__wave *)calloc(1, sizeof(*wave));

	if (!wave)
		return NULL;
	wave->part = part;
	wave->traced = traced;
	afield__space_init(&wave->space, part->history);
	if (!afield__events_init(&wave->events, part, plain))
		goto failed;
	wave->stride = 1 + wave->events.slots / 64 + 1;
	wave->open = (uint32_t *)calloc((size_t)wave->events.slots + 1, sizeof(*wave->open));
	wave->row = (uint64_t *)calloc(wave->stride + 1, sizeof(*wave->row));
	if (!wave->open || !wave->row || !afield__rows_init(&wave->seen, wave->stride))
		goto failed;
	return wave;
failed:
	afield__wave_free(wave);
	return NULL;
}

void afield__wave_free(struct afield__wave *wave)
{
	if (!wave)
		return;
	afield__events_fini(&wave->events);
	afield__space_fini(&wave->space);
	afield__rows_fini(&wave->seen);
	free(wave->now.rows);
	free(wave->later.rows);
	free(wave->work.rows);
	free(wave->open);
	free(wave->row);
	free(wave->traces);
	free(wave);
}

/* A row in a list has one word more than its key: where its trace is. */
static uint64_t *row_at(const struct afield__wave *wave, const struct row_list *list, size_t index)
{
	return list->rows + index * (wave->stride + 1);
}

static bool list_add(const struct afield__wave *wave, struct row_list *list, const uint64_t *row)
{
	size_t bytes = (wave->stride + 1) * sizeof(*row);

	if (!afield__grow(&list->rows, &list->capacity, list->count, bytes))
		return false;
	memcpy(row_at(wave, list, list->count++), row, bytes);
	return true;
}

/* Notes that the operation led to the row from the one whose trace it still has. */
static bool trace(struct afield__wave *wave, uint64_t *row, uint32_t operation)
{
	if (!wave->traced)
		return true;
	if (wave->trace_count >= AFIELD__NONE - 1 ||
	    !afield__grow(&wave->traces, &wave->trace_capacity, wave->trace_count,
			  sizeof(*wave->traces)))
		return false;
	wave->traces[wave->trace_count].parent = (uint32_t)row[wave->stride];
	wave->traces[wave->trace_count].operation = operation;
	row[wave->stride] = wave->trace_count++;
	return true;
}

/* Adds the row to the list unless it was met at this return. */
static bool meet(struct afield__wave *wave, struct row_list *list, const uint64_t *row)
{
	int added = afield__rows_add(&wave->seen, row);

	if (added <= 0)
		return added == 0;
	wave->states++;
	return list_add(wave, list, row);
}

/* Adds the wave's row, to which the operation led, to the work unless it was met. */
static bool reach(struct afield__wave *wave, uint32_t operation)
{
	int added = afield__rows_add(&wave->seen, wave->row);

	if (added <= 0)
		return added == 0;
	wave->states++;
	return trace(wave, wave->row, operation) && list_add(wave, &wave->work, wave->row);
}

static bool has(const uint64_t *row, uint32_t slot)
{
	return row[1 + slot / 64] >> slot % 64 & 1;
}

/* The rows to which one more operation leads. Those in which `goal` took effect go to `later`. */
static bool spread(struct afield__wave *wave, const uint64_t *from, uint32_t goal)
{
	const struct afield__events *events = &wave->events;
	uint32_t state = (uint32_t)(from[0] - 1);

	for (uint32_t i = 0; i < wave->open_count; i++) {
		uint32_t operation = wave->open[i];
		uint32_t slot = events->slot[operation];
		uint32_t before = events->before[operation];
		size_t count;

		if (has(from, slot))
			continue;
		/* An equal operation that is still open goes first; one that returned has gone. */
		if (before != AFIELD__NONE && !has(from, events->slot[before])) {
			bool still_open = false;

			for (uint32_t j = 0; j < wave->open_count; j++)
				still_open |= wave->open[j] == before;
			if (still_open)
				continue;
		}
		count = afield__space_step(&wave->space, state, events->operations[operation]);
		for (size_t j = 0; j < count; j++) {
			bool fits;

			memcpy(wave->row, from, (wave->stride + 1) * sizeof(*from));
			wave->row[0] = (uint64_t)wave->space.next[j] + 1;
			if (operation != goal) {
				wave->row[1 + slot / 64] |= (uint64_t)1 << slot % 64;
				fits = reach(wave, operation);
			} else {
				fits = trace(wave, wave->row, operation) &&
				       list_add(wave, &wave->later, wave->row);
			}
			if (!fits)
				return false;
		}
		if (wave->space.failed)
			return false;
	}
	return true;
}

/* `later` may hold a row twice; keep each once in `now`. */
static bool settle(struct afield__wave *wave)
{
	struct row_list *later = &wave->later;

	afield__rows_clear(&wave->seen);
	wave->now.count = 0;
	for (size_t i = 0; i < later->count; i++) {
		if (!meet(wave, &wave->now, row_at(wave, later, i)))
			return false;
	}
	later->count = 0;
	return true;
}

static enum afield__result pass_return(struct afield__wave *wave, uint32_t goal,
				       const struct afield__budget *budget)
{
	uint32_t slot = wave->events.slot[goal];
	uint64_t *from = (uint64_t *)malloc((wave->stride + 1) * sizeof(*from));
	enum afield__result result = AFIELD__NO_MEMORY;

	if (!from)
		return result;
	afield__rows_clear(&wave->seen);
	wave->work.count = 0;
	for (size_t i = 0; i < wave->now.count; i++) {
		uint64_t *row = row_at(wave, &wave->now, i);

		if (has(row, slot)) {
			row[1 + slot / 64] &= ~((uint64_t)1 << slot % 64);
			if (!list_add(wave, &wave->later, row))
				goto out;
		} else if (!meet(wave, &wave->work, row)) {
			goto out;
		}
	}
	while (wave->work.count) {
		if (wave->space.steps >= budget->steps) {
			result = AFIELD__MORE;
			goto out;
		}
		memcpy(from, row_at(wave, &wave->work, --wave->work.count),
		       (wave->stride + 1) * sizeof(*from));
		if (!spread(wave, from, goal) ||
		    afield__rows_bytes(&wave->seen) +
				    (wave->work.capacity + wave->later.capacity) *
					    (wave->stride + 1) * 8 +
				    wave->trace_capacity * sizeof(*wave->traces) +
				    afield__space_bytes(&wave->space) +
				    wave->part->history->words->arena.bytes >
			    budget->bytes)
			goto out;
	}
	if (!settle(wave))
		goto out;
	result = wave->now.count ? AFIELD__LIN : AFIELD__NONLIN;
out:
	free(from);
	return result;
}

static bool start(struct afield__wave *wave)
{
	const struct afield__part *part = wave->part;
	size_t count = part->starts ? part->start_count : afield__space_start(&wave->space);

	for (size_t i = 0; i < count; i++) {
		uint32_t state = part->starts ? afield__space_intern(&wave->space, &part->starts[i])
					      : wave->space.next[i];

		memset(wave->row, 0, wave->stride * sizeof(*wave->row));
		wave->row[0] = (uint64_t)state + 1;
		wave->row[wave->stride] = AFIELD__NONE;
		if (!list_add(wave, &wave->later, wave->row))
			return false;
	}
	wave->started = true;
	return !wave->space.failed && settle(wave);
}

enum afield__result afield__wave_run(struct afield__wave *wave, const struct afield__budget *budget)
{
	if (!wave->started && !start(wave))
		return AFIELD__NO_MEMORY;
	if (wave->now.count == 0)
		return AFIELD__NONLIN;
	while (wave->returned < wave->events.returns) {
		uint32_t operation = wave->events.event[wave->cursor] / 2;
		enum afield__result result;

		if (wave->space.steps >= budget->steps)
			return AFIELD__MORE;
		if (!(wave->events.event[wave->cursor++] & 1)) {
			wave->open[wave->open_count++] = operation;
			continue;
		}
		result = pass_return(wave, operation, budget);
		if (result != AFIELD__LIN)
			return result;
		for (uint32_t i = 0; i < wave->open_count; i++) {
			if (wave->open[i] == operation)
				wave->open[i] = wave->open[--wave->open_count];
		}
		wave->returned++;
	}
	return AFIELD__LIN;
}

bool afield__wave_states(struct afield__wave *wave, uint32_t count,
			 const struct afield__budget *budget, struct afield__arena *arena,
			 struct afield_state **states, uint32_t *state_count)
{
	uint32_t returns = wave->events.returns;
	enum afield__result result;

	/* The first `count` operations are all that are called before the quiet point. */
	wave->events.returns = count;
	result = afield__wave_run(wave, budget);
	wave->events.returns = returns;
	if (result != AFIELD__LIN)
		return false;
	*state_count = (uint32_t)wave->now.count;
	*states =
		(struct afield_state *)afield__arena_get(arena, wave->now.count * sizeof(**states));
	for (size_t i = 0; *states && i < wave->now.count; i++) {
		uint32_t number = (uint32_t)(*row_at(wave, &wave->now, i) - 1);
		const struct afield_state *state = &wave->space.states[number];
		size_t bytes = state->count * sizeof(*state->cells);
		int64_t *cells = (int64_t *)afield__arena_get(arena, bytes);

		if (!cells)
			return false;
		if (bytes)
			memcpy(cells, state->cells, bytes);
		(*states)[i].cells = cells;
		(*states)[i].count = state->count;
	}
	return *states;
}

bool afield__wave_put_order(const struct afield__wave *wave, struct afield__order *order)
{
	uint32_t *path = (uint32_t *)malloc((wave->events.count + (size_t)1) * sizeof(*path));
	uint32_t at = (uint32_t) * (row_at(wave, &wave->now, 0) + wave->stride), count = 0;

	if (!path)
		return false;
	for (; at != AFIELD__NONE; at = wave->traces[at].parent)
		path[count++] = wave->traces[at].operation;
	afield__order_begin(order);
	while (count)
		afield__order_put(order, (uint32_t)(wave->events.operations[path[--count]] -
						    wave->part->history->operations));
	free(path);
	return true;
}

void afield__wave_count(const struct afield__wave *wave, uint64_t *steps, uint64_t *states,
			uint32_t *furthest)
{
	*steps = wave->space.steps;
	*states = wave->states;
	*furthest = wave->returned;
}
