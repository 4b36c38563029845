/* SPDX-License-Identifier: MIT */
/*
 * confined, one operation after another: a value that belongs to the first thread that claims it.
 * Who calls decides the answer, so every operation says it: threads are numbers from 1.
 *
 *   claim thread -> ok or fail           load thread -> value or fail
 *   store thread value -> ok or fail     owner -> thread, or 0 while there is none
 */
#include "model.h"

enum { CLAIM, LOAD, STORE, OWNER };

/* Cells: the owner, and the value. */
static void confined_init(const struct afield_model *model, const struct afield_history *history,
			  struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	model_become_two(outcome, 0, 0);
}

static void confined_step(const struct afield_model *model, const struct afield_state *state,
			  const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value owner = state->cells[0], value = state->cells[1];
	afield_value thread = operation->verb == OWNER ? 0 : afield_argument(operation, 0);
	bool is_free = owner == 0, is_mine = owner == thread;

	(void)model;
	switch (operation->verb) {
	case LOAD:
		model_observe(state, operation, is_free || is_mine ? value : AFIELD_FAIL, outcome);
		return;
	case OWNER:
		model_observe(state, operation, owner, outcome);
		return;
	default:
		if (!is_free && !is_mine) {
			model_observe(state, operation, AFIELD_FAIL, outcome);
		} else if (model_returns(operation, AFIELD_OK)) {
			model_become_two(outcome, thread,
					 operation->verb == STORE ? afield_argument(operation, 1)
								  : value);
		}
		return;
	}
}

static const struct afield_check_verb confined_verbs[] = {
	{"claim", 1, 1, 1, 0},
	{"load", 1, 1, 1, AFIELD_VERB_OBSERVES},
	{"store", 2, 1, 1, 0},
	{"owner", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

MODEL(confined, "confined", confined_verbs, confined_init, confined_step)
