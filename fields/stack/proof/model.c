/* SPDX-License-Identifier: MIT */
/*
 * stack, one operation after another: a row of values. push appends, pop takes the last one or
 * finds it empty, count and is_empty tell the length. pop_all takes all; of what it took it tells
 * the number, and a digest of the values from the last to the first.
 *
 *   push V   pop -> V or empty   count -> N   is_empty -> 1 or 0   pop_all -> N D
 */
#include <afield/check.h>

#include <string.h>

enum { PUSH, POP, COUNT, IS_EMPTY, POP_ALL };

static void stack_init(const struct afield_model *model, const struct afield_history *history,
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
	if (result != state->cells[state->count - 1] && result != AFIELD_ANY)
		return;
	cells = afield_outcome_add(outcome, state->count - 1);
	if (cells && state->count > 1)
		memcpy(cells, state->cells, (state->count - 1) * sizeof(*cells));
}

/* The same fold as in test_linearizability.c; stays in 32 bits, which are no handles. */
static int64_t digest(const struct afield_state *state)
{
	uint32_t sum = 0;

	for (size_t i = state->count; i > 0; i--)
		sum = sum * 31 + (uint32_t)state->cells[i - 1];
	return sum;
}

static void pop_all(const struct afield_state *state, const struct afield_operation *operation,
		    struct afield_outcome *outcome)
{
	afield_value count = afield_result(operation, 0), sum = afield_result(operation, 1);

	if ((count == AFIELD_ANY || count == (int64_t)state->count) &&
	    (sum == AFIELD_ANY || sum == digest(state)))
		afield_outcome_add(outcome, 0);
}

static void stack_step(const struct afield_model *model, const struct afield_state *state,
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
	case POP_ALL:
		pop_all(state, operation, outcome);
		return;
	default:
		seen = operation->verb == COUNT ? (int64_t)state->count : state->count == 0;
		if (result == seen || result == AFIELD_ANY)
			afield_outcome_same(outcome, state);
	}
}

static const struct afield_check_verb stack_verbs[] = {
	{"push", 1, 0, 0, 0},
	{"pop", 0, 1, 1, 0},
	{"count", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"is_empty", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"pop_all", 0, 2, 2, 0},
};

const struct afield_model *afield_stack_model(void);
const struct afield_model *afield_stack_model(void)
{
	static const struct afield_model model = {
		.name = "stack_room",
		.verbs = stack_verbs,
		.verb_count = 5,
		.init = stack_init,
		.step = stack_step,
	};

	return &model;
}
