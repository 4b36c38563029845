/* SPDX-License-Identifier: MIT */
/*
 * cell, one operation after another: a value, and who has borrowed it. A try fails exactly when a
 * borrow is in the way.
 *
 *   borrow -> value or fail    release           borrow_mut -> value or fail    release_mut value
 *
 * release_mut gives back the value that the borrow leaves behind.
 */
#include "model.h"

enum { BORROW, RELEASE, BORROW_MUT, RELEASE_MUT };

/* Cells: the value, and the number of shared borrows or -1 for an exclusive one. */
static void cell_init(const struct afield_model *model, const struct afield_history *history,
		      struct afield_outcome *outcome)
{
	(void)model;
	model_become_two(outcome, model_initial(history, 0), 0);
}

static void cell_step(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value value = state->cells[0];
	int64_t borrows = state->cells[1];
	bool is_shared = operation->verb == BORROW;

	(void)model;
	switch (operation->verb) {
	case BORROW:
	case BORROW_MUT:
		if (is_shared ? borrows < 0 : borrows != 0) {
			model_observe(state, operation, AFIELD_FAIL, outcome);
		} else if (model_returns(operation, value)) {
			model_become_two(outcome, value, is_shared ? borrows + 1 : -1);
		}
		return;
	case RELEASE:
		if (borrows > 0)
			model_become_two(outcome, value, borrows - 1);
		return;
	default:
		if (borrows < 0)
			model_become_two(outcome, afield_argument(operation, 0), 0);
		return;
	}
}

static const struct afield_check_verb cell_verbs[] = {
	{"borrow", 0, 1, 1, 0},
	{"release", 0, 0, 0, 0},
	{"borrow_mut", 0, 1, 1, 0},
	{"release_mut", 1, 0, 0, 0},
};

MODEL(cell, "cell", cell_verbs, cell_init, cell_step)
