/* SPDX-License-Identifier: MIT */
/*
 * event, one operation after another: set or not.
 *
 *   set, clear    is_set -> 1 or 0    wait -> ok: it is set; fail, after its time: it is not
 *
 * A wait that returns ok saw the event set at one moment of it; a wait whose time passed saw at its
 * first look that it was not.
 */
#include "model.h"

enum { SET, CLEAR, IS_SET, WAIT };

static void event_init(const struct afield_model *model, const struct afield_history *history,
		       struct afield_outcome *outcome)
{
	(void)model;
	model_become(outcome, model_initial(history, 0) == 1);
}

static void event_step(const struct afield_model *model, const struct afield_state *state,
		       const struct afield_operation *operation, struct afield_outcome *outcome)
{
	bool is_set = state->cells[0] != 0;

	(void)model;
	if (operation->verb == IS_SET)
		model_observe(state, operation, is_set, outcome);
	else if (operation->verb == WAIT)
		model_observe(state, operation, is_set ? AFIELD_OK : AFIELD_FAIL, outcome);
	else
		model_become(outcome, operation->verb == SET);
}

static const struct afield_check_verb event_verbs[] = {
	{"set", 0, 0, 0, 0},
	{"clear", 0, 0, 0, 0},
	{"is_set", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"wait", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

MODEL(event, "event", event_verbs, event_init, event_step)
