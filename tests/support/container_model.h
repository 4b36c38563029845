/* SPDX-License-Identifier: MIT */
/*
 * container_model: what the models of containers (container.h) share, one operation after another:
 * a row of values. push appends, pop takes one of them or finds it empty, count and is_empty tell
 * the length. A model says which one a pop takes, and what else it can:
 *
 *	container_step(state, operation, 0, outcome);    // the first one: a queue
 *
 * Synchronization: as a model's functions.
 */
#ifndef AFIELD_TESTS_CONTAINER_MODEL_H
#define AFIELD_TESTS_CONTAINER_MODEL_H

#include "model.h"

#include <string.h>

enum { PUSH, POP, COUNT, IS_EMPTY };

static inline void container_init(const struct afield_model *model,
				  const struct afield_history *history,
				  struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	afield_outcome_add(outcome, 0);
}

static inline void container_push(const struct afield_state *state, afield_value value,
				  struct afield_outcome *outcome)
{
	int64_t *cells = afield_outcome_add(outcome, state->count + 1);

	if (!cells)
		return;
	if (state->count)
		memcpy(cells, state->cells, state->count * sizeof(*cells));
	cells[state->count] = value;
}

static inline void container_pop(const struct afield_state *state, size_t at,
				 const struct afield_operation *operation,
				 struct afield_outcome *outcome)
{
	int64_t *cells;

	if (state->count == 0) {
		model_observe(state, operation, AFIELD_EMPTY, outcome);
		return;
	}
	if (!model_returns(operation, state->cells[at]))
		return;
	cells = afield_outcome_add(outcome, state->count - 1);
	for (size_t i = 0; cells && i < state->count - 1; i++)
		cells[i] = state->cells[i < at ? i : i + 1];
}

/* The four verbs; a pop takes the value `at`. */
static inline void container_step(const struct afield_state *state,
				  const struct afield_operation *operation, size_t at,
				  struct afield_outcome *outcome)
{
	switch (operation->verb) {
	case PUSH:
		container_push(state, afield_argument(operation, 0), outcome);
		return;
	case POP:
		container_pop(state, at, operation, outcome);
		return;
	case COUNT:
		model_observe(state, operation, (int64_t)state->count, outcome);
		return;
	default:
		model_observe(state, operation, state->count == 0, outcome);
	}
}

#endif
