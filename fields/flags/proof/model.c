/* SPDX-License-Identifier: MIT */
/*
 * flags, one operation after another: a word of bits.
 *
 *   load -> bits    test bits -> 1 or 0    set, clear, toggle, store bits
 *   test_and_set, test_and_clear bits -> those of them that were set
 */
#include <afield/check.h>

enum { SNAPSHOT, TEST, SET, CLEAR, TOGGLE, STORE, TEST_AND_SET, TEST_AND_CLEAR };

static void flags_init(const struct afield_model *model, const struct afield_history *history,
		       struct afield_outcome *outcome)
{
	int64_t *cells = afield_outcome_add(outcome, 1);

	(void)model;
	if (!cells)
		return;
	cells[0] = 0;
	(void)afield_history_initial(history, &cells[0]);
}

static bool is_result(const struct afield_operation *operation, afield_value value)
{
	afield_value result = afield_result(operation, 0);

	return result == AFIELD_ANY || result == value;
}

static void become(struct afield_outcome *outcome, int64_t bits)
{
	int64_t *cells = afield_outcome_add(outcome, 1);

	if (cells)
		cells[0] = bits;
}

static void flags_step(const struct afield_model *model, const struct afield_state *state,
		       const struct afield_operation *operation, struct afield_outcome *outcome)
{
	int64_t held = state->cells[0];
	int64_t bits = afield_argument(operation, 0);

	(void)model;
	switch (operation->verb) {
	case SNAPSHOT:
		if (is_result(operation, held))
			afield_outcome_same(outcome, state);
		return;
	case TEST:
		if (is_result(operation, (held & bits) == bits))
			afield_outcome_same(outcome, state);
		return;
	case TEST_AND_SET:
		if (!is_result(operation, held & bits))
			return;
		become(outcome, held | bits);
		return;
	case TEST_AND_CLEAR:
		if (!is_result(operation, held & bits))
			return;
		become(outcome, held & ~bits);
		return;
	default:
		become(outcome, operation->verb == SET      ? held | bits
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

const struct afield_model *afield_flags_model(void);
const struct afield_model *afield_flags_model(void)
{
	static const struct afield_model model = {
		.name = "flags",
		.verbs = flags_verbs,
		.verb_count = 8,
		.init = flags_init,
		.step = flags_step,
	};

	return &model;
}
