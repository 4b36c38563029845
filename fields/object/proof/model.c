/* SPDX-License-Identifier: MIT */
/*
 * object, one operation after another: one reference, or nothing. Objects are known by numbers.
 *
 *   load -> object or nil                       store object
 *   exchange object -> the previous one or nil    compare_exchange expected object -> ok or fail
 *   get_or_init object -> what is there then    delete -> ok, or fail when there is nothing
 */
#include "model.h"

enum { LOAD, STORE, EXCHANGE, COMPARE_EXCHANGE, GET_OR_INIT, DELETE };

static void object_init(const struct afield_model *model, const struct afield_history *history,
			struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	model_become(outcome, AFIELD_NIL);
}

/* What the operation returns when the field holds `held`, and what it leaves there. */
static afield_value step(const struct afield_operation *operation, afield_value held,
			 afield_value *after)
{
	afield_value first = afield_argument(operation, 0);

	*after = held;
	switch (operation->verb) {
	case LOAD:
		return held;
	case STORE:
		*after = first;
		return AFIELD_OK;
	case EXCHANGE:
		*after = first;
		return held;
	case COMPARE_EXCHANGE:
		if (held != first)
			return AFIELD_FAIL;
		*after = afield_argument(operation, 1);
		return AFIELD_OK;
	case GET_OR_INIT:
		*after = held == AFIELD_NIL ? first : held;
		return *after;
	default:
		*after = AFIELD_NIL;
		return held == AFIELD_NIL ? AFIELD_FAIL : AFIELD_OK;
	}
}

static void object_step(const struct afield_model *model, const struct afield_state *state,
			const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value after, expected = step(operation, state->cells[0], &after);

	(void)model;
	if (!model_returns(operation, expected))
		return;
	if (after == state->cells[0])
		afield_outcome_same(outcome, state);
	else
		model_become(outcome, after);
}

static const struct afield_check_verb object_verbs[] = {
	{"load", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"store", 1, 1, 1, 0},
	{"exchange", 1, 1, 1, 0},
	{"compare_exchange", 2, 1, 1, 0},
	{"get_or_init", 1, 1, 1, 0},
	{"delete", 0, 1, 1, 0},
};

MODEL(object, "object", object_verbs, object_init, object_step)
