/* SPDX-License-Identifier: MIT */
/*
 * space.c: the distinct states a search meets, numbered, and sets of rows.
 *
 * Two states with one number are equal cell by cell (or by the model's own `equal`), never merely
 * alike in their hash: an engine that took two states for one would skip what it did not try.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

int64_t *afield_outcome_add(struct afield_outcome *outcome, size_t count)
{
	int64_t *cells;

	/* Never without cells: a state of no cells needs an address too. */
	while (!outcome->cells || outcome->used + count > outcome->capacity) {
		if (!afield__grow(&outcome->cells, &outcome->capacity, outcome->capacity,
				  sizeof(*outcome->cells))) {
			outcome->failed = true;
			return NULL;
		}
	}
	if (!afield__grow(&outcome->spans, &outcome->span_capacity, outcome->count,
			  sizeof(*outcome->spans))) {
		outcome->failed = true;
		return NULL;
	}
	cells = outcome->cells + outcome->used;
	outcome->spans[outcome->count].start = outcome->used;
	outcome->spans[outcome->count].count = count;
	outcome->count++;
	outcome->used += count;
	memset(cells, 0, count * sizeof(*cells));
	return cells;
}

void afield_outcome_same(struct afield_outcome *outcome, const struct afield_state *state)
{
	int64_t *cells = afield_outcome_add(outcome, state->count);

	if (cells && state->count)
		memcpy(cells, state->cells, state->count * sizeof(*cells));
}

const struct afield_history *afield_outcome_history(const struct afield_outcome *outcome)
{
	return outcome->history;
}

void afield__outcome_fini(struct afield_outcome *outcome)
{
	free(outcome->cells);
	free(outcome->spans);
}

void afield__space_init(struct afield__space *space, const struct afield_history *history)
{
	memset(space, 0, sizeof(*space));
	space->history = history;
	space->model = history->model;
	space->outcome.history = history;
}

void afield__space_fini(struct afield__space *space)
{
	afield__outcome_fini(&space->outcome);
	afield__arena_fini(&space->arena);
	free(space->states);
	free(space->hashes);
	afield__table_fini(&space->table);
	free(space->next);
}

static uint64_t hash_state(const struct afield__space *space, const struct afield_state *state)
{
	uint64_t hash = state->count;

	if (space->model->hash)
		return space->model->hash(space->model, state);
	for (size_t i = 0; i < state->count; i++)
		hash = (hash ^ (uint64_t)state->cells[i]) * 0x9e3779b97f4a7c15u ^ hash >> 29;
	return afield__mix(hash);
}

static bool same_state(const struct afield__space *space, const struct afield_state *a,
		       const struct afield_state *b)
{
	if (space->model->equal)
		return space->model->equal(space->model, a, b);
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->cells, b->cells, a->count * sizeof(*a->cells)) == 0);
}

static uint64_t state_hash(const void *owner, size_t number)
{
	return ((const struct afield__space *)owner)->hashes[number];
}

uint32_t afield__space_intern(struct afield__space *space, const struct afield_state *state)
{
	uint64_t hash = hash_state(space, state);
	size_t at, bytes = state->count * sizeof(*state->cells);
	int64_t *cells;

	if (!afield__table_grow(&space->table, space->count, state_hash, space))
		goto failed;
	for (at = hash & (space->table.size - 1); space->table.places[at] != AFIELD__NONE;
	     at = (at + 1) & (space->table.size - 1)) {
		uint32_t number = space->table.places[at];

		if (space->hashes[number] == hash &&
		    same_state(space, &space->states[number], state))
			return number;
	}
	cells = (int64_t *)afield__arena_get(&space->arena, bytes);
	if (!cells ||
	    !afield__grow(&space->states, &space->capacity, space->count, sizeof(*space->states)) ||
	    !afield__grow(&space->hashes, &space->hash_capacity, space->count,
			  sizeof(*space->hashes)) ||
	    space->count >= AFIELD__NONE - 1)
		goto failed;
	if (bytes)
		memcpy(cells, state->cells, bytes);
	space->states[space->count].cells = cells;
	space->states[space->count].count = state->count;
	space->hashes[space->count] = hash;
	space->table.places[at] = (uint32_t)space->count;
	return (uint32_t)space->count++;
failed:
	space->failed = true;
	return 0;
}

/* Numbers the states in the outcome into `next`, each once. */
static size_t gather(struct afield__space *space)
{
	struct afield_outcome *outcome = &space->outcome;

	space->next_count = 0;
	if (outcome->failed)
		space->failed = true;
	for (size_t i = 0; i < outcome->count && !space->failed; i++) {
		struct afield_state state;
		uint32_t number;
		size_t seen = 0;

		state.cells = outcome->cells + outcome->spans[i].start;
		state.count = outcome->spans[i].count;
		number = afield__space_intern(space, &state);
		while (seen < space->next_count && space->next[seen] != number)
			seen++;
		if (seen < space->next_count)
			continue;
		if (!afield__grow(&space->next, &space->next_capacity, space->next_count,
				  sizeof(*space->next))) {
			space->failed = true;
			break;
		}
		space->next[space->next_count++] = number;
	}
	return space->next_count;
}

size_t afield__space_start(struct afield__space *space)
{
	space->outcome.count = 0;
	space->outcome.used = 0;
	/* How a history starts, and in which way it tells results, is said by all of it. */
	space->model->init(space->model,
			   space->history->whole ? space->history->whole : space->history,
			   &space->outcome);
	return gather(space);
}

size_t afield__space_step(struct afield__space *space, uint32_t state,
			  const struct afield_operation *operation)
{
	space->steps++;
	space->outcome.count = 0;
	space->outcome.used = 0;
	space->model->step(space->model, &space->states[state], operation, &space->outcome);
	return gather(space);
}

uint64_t afield__space_bytes(const struct afield__space *space)
{
	return space->arena.bytes + space->capacity * sizeof(*space->states) +
	       space->hash_capacity * sizeof(*space->hashes) +
	       space->table.size * sizeof(*space->table.places);
}

bool afield__rows_init(struct afield__rows *rows, size_t stride)
{
	rows->stride = stride;
	rows->size = 16;
	rows->count = 0;
	rows->rows = (uint64_t *)calloc(rows->size * stride, sizeof(*rows->rows));
	return rows->rows;
}

void afield__rows_fini(struct afield__rows *rows)
{
	free(rows->rows);
	rows->rows = NULL;
}

static uint64_t hash_row(const uint64_t *row, size_t stride)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < stride; i++)
		hash = afield__mix(hash ^ row[i]);
	return hash;
}

static uint64_t *find_row(const struct afield__rows *rows, const uint64_t *row)
{
	size_t at = hash_row(row, rows->stride) & (rows->size - 1);
	uint64_t *there;

	for (;; at = (at + 1) & (rows->size - 1)) {
		there = rows->rows + at * rows->stride;
		if (!there[0] || memcmp(there, row, rows->stride * sizeof(*row)) == 0)
			return there;
	}
}

static bool grow_rows(struct afield__rows *rows)
{
	struct afield__rows grown = {NULL, rows->stride, rows->size * 2, rows->count};

	grown.rows = (uint64_t *)calloc(grown.size * grown.stride, sizeof(*grown.rows));
	if (!grown.rows)
		return false;
	for (size_t i = 0; i < rows->size; i++) {
		const uint64_t *row = rows->rows + i * rows->stride;

		if (row[0])
			memcpy(find_row(&grown, row), row, rows->stride * sizeof(*row));
	}
	free(rows->rows);
	*rows = grown;
	return true;
}

int afield__rows_add(struct afield__rows *rows, const uint64_t *row)
{
	uint64_t *there = find_row(rows, row);

	if (there[0])
		return 0;
	if ((rows->count + 1) * 3 > rows->size * 2) {
		if (!grow_rows(rows))
			return -1;
		there = find_row(rows, row);
	}
	memcpy(there, row, rows->stride * sizeof(*row));
	rows->count++;
	return 1;
}

void afield__rows_clear(struct afield__rows *rows)
{
	/* A table that was once large is not cleared for every small set that follows. */
	if (rows->size > 64 && rows->size > rows->count * 16) {
		uint64_t *small = (uint64_t *)calloc(64 * rows->stride, sizeof(*small));

		if (small) {
			free(rows->rows);
			rows->rows = small;
			rows->size = 64;
			rows->count = 0;
			return;
		}
	}
	memset(rows->rows, 0, rows->size * rows->stride * sizeof(*rows->rows));
	rows->count = 0;
}

uint64_t afield__rows_bytes(const struct afield__rows *rows)
{
	return (uint64_t)rows->size * rows->stride * sizeof(*rows->rows);
}
