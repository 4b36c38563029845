/* SPDX-License-Identifier: MIT */
/*
 * event, one operation after another: set or not.
 *
 *   set, clear    is_set -> 1 or 0    wait -> ok: it is set; fail, after its time: it is not
 *
 * A wait that returns ok saw the event set at one moment of it; a wait whose time passed saw at its
 * first look that it was not.
 */
#include <afield/check.h>

enum { SET, CLEAR, IS_SET, WAIT };

static void event_init(const struct afield_model *model, const struct afield_history *history,
		       struct afield_outcome *outcome)
{
	int64_t *cells = afield_outcome_add(outcome, 1);
	afield_value initial = 0;

	(void)model;
	if (!cells)
		return;
	(void)afield_history_initial(history, &initial);
	cells[0] = initial == 1;
}

static void event_step(const struct afield_model *model, const struct afield_state *state,
		       const struct afield_operation *operation, struct afield_outcome *outcome)
{
	bool is_set = state->cells[0] != 0;
	afield_value result = afield_result(operation, 0);
	afield_value expected =
		operation->verb == WAIT ? (is_set ? AFIELD_OK : AFIELD_FAIL) : (afield_value)is_set;
	int64_t *cells;

	(void)model;
	if (operation->verb == IS_SET || operation->verb == WAIT) {
		if (result == AFIELD_ANY || result == expected)
			afield_outcome_same(outcome, state);
		return;
	}
	cells = afield_outcome_add(outcome, 1);
	if (cells)
		cells[0] = operation->verb == SET;
}

static const struct afield_check_verb event_verbs[] = {
	{"set", 0, 0, 0, 0},
	{"clear", 0, 0, 0, 0},
	{"is_set", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"wait", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

const struct afield_model *afield_event_model(void);
const struct afield_model *afield_event_model(void)
{
	static const struct afield_model model = {
		.name = "event",
		.verbs = event_verbs,
		.verb_count = 4,
		.init = event_init,
		.step = event_step,
	};

	return &model;
}
