/* SPDX-License-Identifier: MIT */
/*
 * ring, one operation after another: a row of at most so many values as the model's parameter says.
 *
 *   push V -> ok or fail    pop -> V or empty    count -> N
 *
 * A push fails exactly when the row is full, a pop exactly when it is empty.
 */
#include "container_model.h"

static void ring_step(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	bool is_full = state->count >= (size_t)model->parameter;

	if (operation->verb != PUSH)
		container_step(state, operation, 0, outcome);
	else if (is_full)
		model_observe(state, operation, AFIELD_FAIL, outcome);
	else if (model_returns(operation, AFIELD_OK))
		container_push(state, afield_argument(operation, 0), outcome);
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
	model->init = container_init;
	model->step = ring_step;
	model->observes = ring_observes;
}
