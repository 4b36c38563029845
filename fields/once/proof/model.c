/* SPDX-License-Identifier: MIT */
/*
 * once, one operation after another: nothing, and then one value forever.
 *
 *   get -> value or nil        init value -> the value that is there    set value -> ok or fail
 *   try -> fail or the value   a get_or_init whose init fails
 */
#include "model.h"

enum { GET, INIT, SET, TRY };

static void once_init(const struct afield_model *model, const struct afield_history *history,
		      struct afield_outcome *outcome)
{
	(void)model;
	model_become(outcome, model_initial(history, AFIELD_NIL));
}

static void once_step(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value held = state->cells[0];
	afield_value value = afield_argument(operation, 0);
	bool is_empty = held == AFIELD_NIL, is_init = operation->verb == INIT;

	(void)model;
	switch (operation->verb) {
	case GET:
		model_observe(state, operation, held, outcome);
		return;
	case INIT:
	case SET:
		if (!is_empty)
			model_observe(state, operation, is_init ? held : AFIELD_FAIL, outcome);
		else if (model_returns(operation, is_init ? value : AFIELD_OK))
			model_become(outcome, value);
		return;
	default:
		model_observe(state, operation, is_empty ? AFIELD_FAIL : held, outcome);
		return;
	}
}

static const struct afield_check_verb once_verbs[] = {
	{"get", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"init", 1, 1, 1, 0},
	{"set", 1, 1, 1, 0},
	{"try", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

MODEL(once, "once", once_verbs, once_init, once_step)
