/* SPDX-License-Identifier: MIT */
/*
 * model.h: small helpers of the ready models.
 */
#ifndef AFIELD_CHECK_MODEL_H
#define AFIELD_CHECK_MODEL_H

#include "internal.h"

static inline void afield__put1(struct afield_outcome *outcome, int64_t cell)
{
	int64_t *cells = afield_outcome_add(outcome, 1);

	if (cells)
		cells[0] = cell;
}

/* Whether the result is one of the two, or not known. */
static inline bool afield__is_one_of(const struct afield_operation *operation, afield_value a,
				     afield_value b)
{
	afield_value result = afield_result(operation, 0);

	return result == AFIELD_ANY || result == a || result == b;
}

/* 1 for `1`, `ok` or `true`; 0 for `0`, `fail` or `false`; -1 for a result that is not known. */
int afield__truth(const struct afield_history *history, afield_value value);
/* Whether the first result is a truth or not known. */
bool afield__is_truth(const struct afield_history *history,
		      const struct afield_operation *operation);
bool afield__is_number(const struct afield_history *history, afield_value value);
/* For `describe`: the number the state is, without a sign when the model's parameter is negative. */
void afield__number_describe(const struct afield_model *model, const struct afield_history *history,
			     const struct afield_state *state, struct afield_text *text);
/* Why the initial value is not one, or NULL: it must be a number, or nothing that is held. */
const char *afield__refuse_no_number(const struct afield_history *history);
const char *afield__refuse_not_empty(const struct afield_history *history);
/*
 * The next `name=value` of the initial text `x=1,y=2`, from `*at` on. False at its end, and
 * with `*wrong` set where the text is not of that form.
 */
bool afield__next_pair(const struct afield_history *history, size_t *at, afield_value *name,
		       afield_value *value, bool *wrong);

/* In rows of `width` cells from `first` on, sorted by their first cell: where the name is or would
 * be. */
size_t afield__find_row(const struct afield_state *state, size_t first, size_t width,
			afield_value name, bool *found);
/* Stores the pair at `at`, over the one of that name when found. There must be room. */
void afield__put_pair(int64_t *cells, size_t *count, const afield_value *pair, size_t at,
		      bool found);
/* A state of one cell and the sorted pairs of the initial text. */
void afield__pairs_init(const struct afield_history *history, int64_t first,
			struct afield_outcome *outcome);
void afield__pairs_describe(const struct afield_history *history, const struct afield_state *state,
			    struct afield_text *text);
const char *afield__pairs_refuse(const struct afield_history *history);

#endif
