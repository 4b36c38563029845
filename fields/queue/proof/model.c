/* SPDX-License-Identifier: MIT */
/*
 * queue, one operation after another: a row of values. push appends, pop takes the first one or
 * finds it empty, count and is_empty tell the length.
 *
 *   push V   pop -> V or empty   count -> N   is_empty -> 1 or 0
 */
#include <afield/check.h>

#include <string.h>

enum { PUSH, POP, COUNT, IS_EMPTY };

static void queue_init(const struct afield_model *model, const struct afield_history *history,
		       struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	afield_outcome_add(outcome, 0);
}

static void push(const struct afield_state *state, afield_value value,
		 struct afield_outcome *outcome)
{
	int64_t *cells = afield_outcome_add(outcome, state->count + 1);

	if (!cells)
		return;
	if (state->count)
		memcpy(cells, state->cells, state->count * sizeof(*cells));
	cells[state->count] = value;
}

static void pop(const struct afield_state *state, afield_value result,
		struct afield_outcome *outcome)
{
	int64_t *cells;

	if (state->count == 0) {
		if (result == AFIELD_EMPTY || result == AFIELD_ANY)
			afield_outcome_same(outcome, state);
		return;
	}
	if (result != state->cells[0] && result != AFIELD_ANY)
		return;
	cells = afield_outcome_add(outcome, state->count - 1);
	if (cells && state->count > 1)
		memcpy(cells, state->cells + 1, (state->count - 1) * sizeof(*cells));
}

static void queue_step(const struct afield_model *model, const struct afield_state *state,
		       const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value result = afield_result(operation, 0);
	int64_t seen;

	(void)model;
	switch (operation->verb) {
	case PUSH:
		push(state, afield_argument(operation, 0), outcome);
		return;
	case POP:
		pop(state, result, outcome);
		return;
	default:
		seen = operation->verb == COUNT ? (int64_t)state->count : state->count == 0;
		if (result == seen || result == AFIELD_ANY)
			afield_outcome_same(outcome, state);
	}
}

static const struct afield_check_verb queue_verbs[] = {
	{"push", 1, 0, 0, 0},
	{"pop", 0, 1, 1, 0},
	{"count", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"is_empty", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

const struct afield_model *afield_queue_model(void);
const struct afield_model *afield_queue_model(void)
{
	static const struct afield_model model = {
		.name = "queue_room",
		.verbs = queue_verbs,
		.verb_count = 4,
		.init = queue_init,
		.step = queue_step,
	};

	return &model;
}
