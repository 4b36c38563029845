/* SPDX-License-Identifier: MIT */
/*
 * once, one operation after another: nothing, and then one value forever.
 *
 *   get -> value or nil        init value -> the value that is there    set value -> ok or fail
 *   try -> fail or the value   a get_or_init whose init fails
 */
#include <afield/check.h>

enum { GET, INIT, SET, TRY };

static void once_init(const struct afield_model *model, const struct afield_history *history,
		      struct afield_outcome *outcome)
{
	int64_t *cells = afield_outcome_add(outcome, 1);

	(void)model;
	if (!cells)
		return;
	cells[0] = AFIELD_NIL;
	afield_history_initial(history, &cells[0]);
}

static void make(struct afield_outcome *outcome, afield_value value)
{
	int64_t *cells = afield_outcome_add(outcome, 1);

	if (cells)
		cells[0] = value;
}

static bool is_result(const struct afield_operation *operation, afield_value value)
{
	afield_value result = afield_result(operation, 0);

	return result == AFIELD_ANY || result == value;
}

static void once_step(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value held = state->cells[0];
	afield_value value = afield_argument(operation, 0);
	bool is_empty = held == AFIELD_NIL;

	(void)model;
	switch (operation->verb) {
	case GET:
		if (is_result(operation, held))
			afield_outcome_same(outcome, state);
		return;
	case INIT:
		if (is_empty && is_result(operation, value))
			make(outcome, value);
		if (!is_empty && is_result(operation, held))
			afield_outcome_same(outcome, state);
		return;
	case SET:
		if (is_empty && is_result(operation, AFIELD_OK))
			make(outcome, value);
		if (!is_empty && is_result(operation, AFIELD_FAIL))
			afield_outcome_same(outcome, state);
		return;
	default:
		if (is_result(operation, is_empty ? AFIELD_FAIL : held))
			afield_outcome_same(outcome, state);
		return;
	}
}

static const struct afield_check_verb once_verbs[] = {
	{"get", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"init", 1, 1, 1, 0},
	{"set", 1, 1, 1, 0},
	{"try", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

const struct afield_model *afield_once_model(void);
const struct afield_model *afield_once_model(void)
{
	static const struct afield_model model = {
		.name = "once",
		.verbs = once_verbs,
		.verb_count = 4,
		.init = once_init,
		.step = once_step,
	};

	return &model;
}
