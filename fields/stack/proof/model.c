/* SPDX-License-Identifier: MIT */
/*
 * stack, one operation after another: a row of values. push appends, pop takes the last one or
 * finds it empty, count and is_empty tell the length. pop_all takes all; of what it took it tells
 * the number, and a digest of the values from the last to the first.
 *
 *   push V   pop -> V or empty   count -> N   is_empty -> 1 or 0   pop_all -> N D
 */
#include "container_model.h"

enum { POP_ALL = IS_EMPTY + 1 };

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
	(void)model;
	if (operation->verb == POP_ALL)
		pop_all(state, operation, outcome);
	else
		container_step(state, operation, state->count - 1, outcome);
}

static const struct afield_check_verb stack_verbs[] = {
	{"push", 1, 0, 0, 0},
	{"pop", 0, 1, 1, 0},
	{"count", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"is_empty", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"pop_all", 0, 2, 2, 0},
};

MODEL(stack, "stack_room", stack_verbs, container_init, stack_step)
