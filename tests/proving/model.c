/* SPDX-License-Identifier: MIT */
/*
 * tray, one operation after another: one cell, the object's number or AFIELD_EMPTY.
 *
 *   put V : 1 when the tray was empty and now holds V, 0 when it was full
 *   take : V, which was there, or empty
 */
#include <afield/check.h>

enum { PUT, TAKE };

static void add(struct afield_outcome *outcome, afield_value value)
{
	int64_t *cells = afield_outcome_add(outcome, 1);

	if (cells)
		cells[0] = value;
}

static void tray_init(const struct afield_model *model, const struct afield_history *history,
		      struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	add(outcome, AFIELD_EMPTY);
}

/* Adds no state when the operation cannot have returned what it did: that is the whole test. */
static void tray_step(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value there = state->cells[0], result = afield_result(operation, 0);
	bool is_empty = there == AFIELD_EMPTY;

	(void)model;
	if (operation->verb == TAKE && (result == there || result == AFIELD_ANY))
		add(outcome, AFIELD_EMPTY);
	if (operation->verb == PUT && (result == (is_empty ? 1 : 0) || result == AFIELD_ANY))
		add(outcome, is_empty ? afield_argument(operation, 0) : there);
}

const struct afield_model *tray_model(void);
const struct afield_model *tray_model(void)
{
	static const struct afield_check_verb verbs[] = {{"put", 1, 1, 1, 0}, {"take", 0, 1, 1, 0}};
	static struct afield_model model;

	model.name = "tray";
	model.verbs = verbs;
	model.verb_count = 2;
	model.init = tray_init;
	model.step = tray_step;
	return &model;
}
