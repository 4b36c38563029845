/* SPDX-License-Identifier: MIT */
/*
 * confined, one operation after another: a value that belongs to the first thread that claims it.
 * Who calls decides the answer, so every operation says it: threads are numbers from 1.
 *
 *   claim thread -> ok or fail           load thread -> value or fail
 *   store thread value -> ok or fail     owner -> thread, or 0 while there is none
 */
#include <afield/check.h>

enum { CLAIM, LOAD, STORE, OWNER };

/* Cells: the owner, and the value. */
static void put(struct afield_outcome *outcome, afield_value owner, afield_value value)
{
	int64_t *cells = afield_outcome_add(outcome, 2);

	if (!cells)
		return;
	cells[0] = owner;
	cells[1] = value;
}

static void confined_init(const struct afield_model *model, const struct afield_history *history,
			  struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	put(outcome, 0, 0);
}

static bool is_result(const struct afield_operation *operation, afield_value value)
{
	afield_value result = afield_result(operation, 0);

	return result == AFIELD_ANY || result == value;
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
		if (is_result(operation, is_free || is_mine ? value : AFIELD_FAIL))
			afield_outcome_same(outcome, state);
		return;
	case OWNER:
		if (is_result(operation, owner))
			afield_outcome_same(outcome, state);
		return;
	default:
		if (!is_free && !is_mine) {
			if (is_result(operation, AFIELD_FAIL))
				afield_outcome_same(outcome, state);
		} else if (is_result(operation, AFIELD_OK)) {
			put(outcome, thread,
			    operation->verb == STORE ? afield_argument(operation, 1) : value);
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

const struct afield_model *afield_confined_model(void);
const struct afield_model *afield_confined_model(void)
{
	static const struct afield_model model = {
		.name = "confined",
		.verbs = confined_verbs,
		.verb_count = 4,
		.init = confined_init,
		.step = confined_step,
	};

	return &model;
}
