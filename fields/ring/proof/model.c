/* SPDX-License-Identifier: MIT */
/*
 * ring, one operation after another: a row of at most so many values as the model's parameter says.
 *
 *   push V -> ok or fail    pop -> V or empty    count -> N
 *
 * A push fails exactly when the row is full, a pop exactly when it is empty.
 */
#include <afield/check.h>

#include <string.h>

enum { PUSH, POP, COUNT };

static void ring_init(const struct afield_model *model, const struct afield_history *history,
		      struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	afield_outcome_add(outcome, 0);
}

static void ring_push(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	bool is_full = state->count >= (size_t)model->parameter;
	afield_value result = afield_result(operation, 0);
	int64_t *cells;

	if (result != AFIELD_ANY && result != (is_full ? AFIELD_FAIL : AFIELD_OK))
		return;
	if (is_full) {
		afield_outcome_same(outcome, state);
		return;
	}
	cells = afield_outcome_add(outcome, state->count + 1);
	if (!cells)
		return;
	if (state->count)
		memcpy(cells, state->cells, state->count * sizeof(*cells));
	cells[state->count] = afield_argument(operation, 0);
}

static void ring_pop(const struct afield_state *state, const struct afield_operation *operation,
		     struct afield_outcome *outcome)
{
	afield_value result = afield_result(operation, 0);
	int64_t *cells;

	if (result != AFIELD_ANY && result != (state->count ? state->cells[0] : AFIELD_EMPTY))
		return;
	if (state->count == 0) {
		afield_outcome_same(outcome, state);
		return;
	}
	cells = afield_outcome_add(outcome, state->count - 1);
	if (cells && state->count > 1)
		memcpy(cells, state->cells + 1, (state->count - 1) * sizeof(*cells));
}

static void ring_step(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value result = afield_result(operation, 0);

	if (operation->verb == PUSH)
		ring_push(model, state, operation, outcome);
	else if (operation->verb == POP)
		ring_pop(state, operation, outcome);
	else if (result == AFIELD_ANY || result == (afield_value)state->count)
		afield_outcome_same(outcome, state);
}

static bool ring_observes(const struct afield_model *model,
			  const struct afield_operation *operation)
{
	afield_value result = afield_result(operation, 0);

	(void)model;
	return operation->verb == COUNT || result == AFIELD_FAIL || result == AFIELD_EMPTY;
}

static const struct afield_check_verb ring_verbs[] = {
	{"push", 1, 1, 1, 0},
	{"pop", 0, 1, 1, 0},
	{"count", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

/* The model of a ring of that capacity, in the caller's memory. */
void afield_ring_model(struct afield_model *model, int64_t capacity);
void afield_ring_model(struct afield_model *model, int64_t capacity)
{
	memset(model, 0, sizeof(*model));
	model->name = "ring";
	model->verbs = ring_verbs;
	model->verb_count = 3;
	model->parameter = capacity;
	model->init = ring_init;
	model->step = ring_step;
	model->observes = ring_observes;
}
