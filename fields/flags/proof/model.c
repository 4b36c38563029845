/* SPDX-License-Identifier: MIT */
/*
 * flags, one operation after another: a word of bits.
 *
 *   load -> bits    test bits -> 1 or 0    set, clear, toggle, store bits
 *   test_and_set, test_and_clear bits -> those of them that were set
 */
#include "model.h"

enum { SNAPSHOT, TEST, SET, CLEAR, TOGGLE, STORE, TEST_AND_SET, TEST_AND_CLEAR };

static void flags_init(const struct afield_model *model, const struct afield_history *history,
		       struct afield_outcome *outcome)
{
	(void)model;
	model_become(outcome, model_initial(history, 0));
}

static void flags_step(const struct afield_model *model, const struct afield_state *state,
		       const struct afield_operation *operation, struct afield_outcome *outcome)
{
	int64_t held = state->cells[0];
	int64_t bits = afield_argument(operation, 0);

	(void)model;
	switch (operation->verb) {
	case SNAPSHOT:
		model_observe(state, operation, held, outcome);
		return;
	case TEST:
		model_observe(state, operation, (held & bits) == bits, outcome);
		return;
	case TEST_AND_SET:
		if (model_returns(operation, held & bits))
			model_become(outcome, held | bits);
		return;
	case TEST_AND_CLEAR:
		if (model_returns(operation, held & bits))
			model_become(outcome, held & ~bits);
		return;
	default:
		model_become(outcome, operation->verb == SET      ? held | bits
				      : operation->verb == CLEAR  ? held & ~bits
				      : operation->verb == TOGGLE ? held ^ bits
								  : bits);
	}
}

static const struct afield_check_verb flags_verbs[] = {
	{"load", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"test", 1, 1, 1, AFIELD_VERB_OBSERVES},
	{"set", 1, 0, 0, 0},
	{"clear", 1, 0, 0, 0},
	{"toggle", 1, 0, 0, 0},
	{"store", 1, 0, 0, 0},
	{"test_and_set", 1, 1, 1, 0},
	{"test_and_clear", 1, 1, 1, 0},
};

MODEL(flags, "flags", flags_verbs, flags_init, flags_step)
