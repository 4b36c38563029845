/* SPDX-License-Identifier: MIT */
/*
 * model_multireg.c: several registers that one operation reads and writes together: multireg.
 *
 * txn read/X/V write/Y/V ... takes effect in one step, in the order given. A read of nil says
 * nothing. The state is an idle cell and sorted pairs of name and value.
 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

static bool is_word(const struct afield_history *history, afield_value kind, const char *word)
{
	char scratch[24];
	const char *text;
	size_t length = afield_value_text(history, kind, scratch, &text);

	return length == strlen(word) && memcmp(text, word, length) == 0;
}

static void multireg_init(const struct afield_model *model, const struct afield_history *history,
			  struct afield_outcome *outcome)
{
	(void)model;
	afield__pairs_init(history, 0, outcome);
}

/* Applies the reads and writes to the cells. False when a read does not fit. */
static bool apply(const struct afield_history *history, const struct afield_operation *operation,
		  int64_t *cells, size_t *count)
{
	for (unsigned i = 0; i + 2 < operation->argument_count; i += 3) {
		const afield_value *triple = operation->values + i;
		struct afield_state now = {cells, *count};
		bool found;
		size_t at = afield__find_row(&now, 1, 2, triple[1], &found);
		afield_value held = found ? cells[at + 1] : AFIELD_NIL;

		if (is_word(history, triple[0], "write"))
			afield__put_pair(cells, count, triple + 1, at, found);
		else if (triple[2] != AFIELD_NIL && triple[2] != held)
			return false;
	}
	return true;
}

static void multireg_step(const struct afield_model *model, const struct afield_state *state,
			  const struct afield_operation *operation, struct afield_outcome *outcome)
{
	size_t room = state->count + operation->argument_count;
	int64_t few[64], *cells = few;
	struct afield_state next;

	(void)model;
	if (room > 64)
		cells = (int64_t *)malloc(room * sizeof(*cells));
	if (!cells) {
		outcome->failed = true;
		return;
	}
	memcpy(cells, state->cells, state->count * sizeof(*cells));
	next.cells = cells;
	next.count = state->count;
	if (apply(afield_outcome_history(outcome), operation, cells, &next.count))
		afield_outcome_same(outcome, &next);
	if (cells != few)
		free(cells);
}

static void multireg_describe(const struct afield_model *model,
			      const struct afield_history *history,
			      const struct afield_state *state, struct afield_text *text)
{
	(void)model;
	afield__pairs_describe(history, state, text);
}

static size_t multireg_keys(const struct afield_model *model,
			    const struct afield_operation *operation, afield_value *keys,
			    size_t limit)
{
	size_t count = 0;

	(void)model;
	for (unsigned i = 0; i + 2 < operation->argument_count; i += 3) {
		if (count == limit)
			return SIZE_MAX;
		keys[count++] = operation->values[i + 1];
	}
	return count;
}

static const char *multireg_refuse(const struct afield_model *model,
				   const struct afield_history *history,
				   const struct afield_operation *operation)
{
	(void)model;
	if (!operation)
		return afield__pairs_refuse(history);
	for (unsigned i = 0; i + 2 < operation->argument_count; i += 3) {
		if (!is_word(history, operation->values[i], "read") &&
		    !is_word(history, operation->values[i], "write"))
			return "a transaction is made of read/X/V and write/X/V";
	}
	return afield__is_one_of(operation, AFIELD_OK, AFIELD_OK) ? NULL
								  : "the result can only be ok";
}

static const struct afield_check_verb multireg_verbs[] = {
	{"txn", 0, 0, 1, AFIELD_VERB_MORE_ARGUMENTS | AFIELD_VERB_TRIPLES},
};

const struct afield_model afield__model_multireg = {
	.name = "multireg",
	.verbs = multireg_verbs,
	.verb_count = 1,
	.init = multireg_init,
	.step = multireg_step,
	.describe = multireg_describe,
	.keys = multireg_keys,
	.refuse = multireg_refuse,
};
