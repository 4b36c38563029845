/* SPDX-License-Identifier: MIT */
/*
 * model_set.c: objects that hold values by name: set and map.
 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

size_t afield__find_row(const struct afield_state *state, size_t first, size_t width,
			afield_value name, bool *found)
{
	size_t low = 0, high = (state->count - first) / width;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (state->cells[first + middle * width] < name)
			low = middle + 1;
		else
			high = middle;
	}
	low = first + low * width;
	*found = low < state->count && state->cells[low] == name;
	return low;
}

void afield__put_pair(int64_t *cells, size_t *count, const afield_value *pair, size_t at,
		      bool found)
{
	if (!found) {
		memmove(cells + at + 2, cells + at, (*count - at) * sizeof(*cells));
		*count += 2;
	}
	cells[at] = pair[0];
	cells[at + 1] = pair[1];
}

/* The state with `remove` cells at `index` replaced by `add` new ones. */
static void put_spliced(struct afield_outcome *outcome, const struct afield_state *state,
			size_t index, size_t remove, const int64_t *add, size_t count)
{
	int64_t *cells = afield_outcome_add(outcome, state->count - remove + count);
	size_t rest = state->count - remove - index;

	if (!cells)
		return;
	if (index)
		memcpy(cells, state->cells, index * sizeof(*cells));
	if (count)
		memcpy(cells + index, add, count * sizeof(*cells));
	if (rest)
		memcpy(cells + index + count, state->cells + index + remove, rest * sizeof(*cells));
}

/* set: insert V, remove V, contains V, each : 1|0, whether it changed or found. */

enum { INSERT, REMOVE, CONTAINS };

static void set_init(const struct afield_model *model, const struct afield_history *history,
		     struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	afield_outcome_add(outcome, 0);
}

static void set_step(const struct afield_model *model, const struct afield_state *state,
		     const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value value = afield_argument(operation, 0);
	int told = afield__truth(afield_outcome_history(outcome), afield_result(operation, 0));
	bool found;
	size_t at = afield__find_row(state, 0, 1, value, &found);

	(void)model;
	if (told >= 0 && told != (operation->verb == INSERT ? !found : found))
		return;
	if (operation->verb == INSERT && !found)
		put_spliced(outcome, state, at, 0, &value, 1);
	else if (operation->verb == REMOVE && found)
		put_spliced(outcome, state, at, 1, NULL, 0);
	else
		afield_outcome_same(outcome, state);
}

static bool set_observes(const struct afield_model *model, const struct afield_operation *operation)
{
	afield_value result = afield_result(operation, 0);

	(void)model;
	return operation->verb == CONTAINS || result == 0 || result == AFIELD_FAIL;
}

static size_t set_keys(const struct afield_model *model, const struct afield_operation *operation,
		       afield_value *keys, size_t limit)
{
	(void)model;
	(void)limit;
	keys[0] = afield_argument(operation, 0);
	return 1;
}

static const char *set_refuse(const struct afield_model *model,
			      const struct afield_history *history,
			      const struct afield_operation *operation)
{
	(void)model;
	if (operation)
		return afield__is_truth(history, operation) ? NULL : "the result is 1 or 0";
	return afield__refuse_not_empty(history);
}

static const struct afield_check_verb set_verbs[] = {
	{"insert", 1, 1, 1, 0},
	{"remove", 1, 1, 1, 0},
	{"contains", 1, 1, 1, AFIELD_VERB_OBSERVES},
};

const struct afield_model afield__model_set = {
	.name = "set",
	.verbs = set_verbs,
	.verb_count = 3,
	.init = set_init,
	.step = set_step,
	.observes = set_observes,
	.keys = set_keys,
	.refuse = set_refuse,
	.monitor = AFIELD__MONITOR_SET,
};

/*
 * map: get K : V|nil, set K V : ok, remove K : 1|0, len : N.
 *
 * Other ways to tell a result are read too: set may tell the old value or nil, and remove may tell
 * `ok`, or the old value or nil. When any remove of the history tells something else than 1, 0 or
 * ok, then all of them tell old values. The state's first cell says so; pairs of key and value
 * follow.
 */

enum { GET, SET, MAP_REMOVE, LEN };

static bool tells_values(const struct afield_history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		const struct afield_operation *operation = &history->operations[i];
		afield_value result = afield_result(operation, 0);

		if (operation->verb == MAP_REMOVE && result != AFIELD_ANY &&
		    afield__truth(history, result) < 0)
			return true;
	}
	return false;
}

void afield__pairs_init(const struct afield_history *history, int64_t first,
			struct afield_outcome *outcome)
{
	struct afield_state state = {&first, 1};
	int64_t *cells;
	afield_value pair[2];
	size_t at = 0, pairs = 0;
	bool found, wrong;

	while (afield__next_pair(history, &at, &pair[0], &pair[1], &wrong))
		pairs++;
	cells = (int64_t *)malloc((1 + pairs * 2) * sizeof(*cells));
	if (!cells) {
		outcome->failed = true;
		return;
	}
	cells[0] = first;
	state.cells = cells;
	at = 0;
	while (afield__next_pair(history, &at, &pair[0], &pair[1], &wrong)) {
		size_t row = afield__find_row(&state, 1, 2, pair[0], &found);

		afield__put_pair(cells, &state.count, pair, row, found);
	}
	afield_outcome_same(outcome, &state);
	free(cells);
}

static void map_init(const struct afield_model *model, const struct afield_history *history,
		     struct afield_outcome *outcome)
{
	(void)model;
	afield__pairs_init(history, tells_values(history), outcome);
}

static bool remove_tells(const struct afield_history *history, const struct afield_state *state,
			 afield_value result, afield_value held, bool found)
{
	if (result == AFIELD_ANY || result == AFIELD_OK)
		return true;
	if (state->cells[0])
		return result == (found ? held : AFIELD_NIL);
	return afield__truth(history, result) == found;
}

static void map_step(const struct afield_model *model, const struct afield_state *state,
		     const struct afield_operation *operation, struct afield_outcome *outcome)
{
	const struct afield_history *history = afield_outcome_history(outcome);
	afield_value result = afield_result(operation, 0);
	afield_value pair[2] = {afield_argument(operation, 0), afield_argument(operation, 1)};
	bool found;
	size_t at = afield__find_row(state, 1, 2, pair[0], &found);
	afield_value held = found ? state->cells[at + 1] : AFIELD_NIL;

	(void)model;
	switch (operation->verb) {
	case GET:
		if (result == AFIELD_ANY || result == held)
			afield_outcome_same(outcome, state);
		return;
	case SET:
		if (result == AFIELD_ANY || result == AFIELD_OK || result == held)
			put_spliced(outcome, state, at, found ? 2 : 0, pair, 2);
		return;
	case MAP_REMOVE:
		if (remove_tells(history, state, result, held, found))
			put_spliced(outcome, state, at, found ? 2 : 0, NULL, 0);
		return;
	default:
		if (result == AFIELD_ANY || result == (int64_t)(state->count - 1) / 2)
			afield_outcome_same(outcome, state);
		return;
	}
}

void afield__pairs_describe(const struct afield_history *history, const struct afield_state *state,
			    struct afield_text *text)
{
	for (size_t i = 1; i + 1 < state->count; i += 2) {
		afield_text_add(text, "%s", i > 1 ? " " : "");
		afield_text_value(text, history, state->cells[i]);
		afield_text_add(text, "=");
		afield_text_value(text, history, state->cells[i + 1]);
	}
}

static void map_describe(const struct afield_model *model, const struct afield_history *history,
			 const struct afield_state *state, struct afield_text *text)
{
	(void)model;
	afield__pairs_describe(history, state, text);
}

static size_t map_keys(const struct afield_model *model, const struct afield_operation *operation,
		       afield_value *keys, size_t limit)
{
	(void)model;
	(void)limit;
	/* The number of keys depends on all of them. */
	if (operation->verb == LEN)
		return operation->pending || afield_result(operation, 0) == AFIELD_ANY ? 0
										       : SIZE_MAX;
	keys[0] = afield_argument(operation, 0);
	return 1;
}

const char *afield__pairs_refuse(const struct afield_history *history)
{
	afield_value pair[2];
	size_t at = 0;
	bool wrong;

	while (afield__next_pair(history, &at, &pair[0], &pair[1], &wrong))
		;
	return wrong ? "the initial value is written name=value,name=value" : NULL;
}

static const char *map_refuse(const struct afield_model *model,
			      const struct afield_history *history,
			      const struct afield_operation *operation)
{
	int64_t number;

	(void)model;
	if (!operation)
		return afield__pairs_refuse(history);
	if (operation->verb != LEN || afield_result(operation, 0) == AFIELD_ANY)
		return NULL;
	return afield_value_number(history, afield_result(operation, 0), &number)
		       ? NULL
		       : "the result is not a number";
}

static const struct afield_check_verb map_verbs[] = {
	{"get", 1, 1, 1, AFIELD_VERB_OBSERVES},
	{"set", 2, 0, 1, 0},
	{"remove", 1, 0, 1, 0},
	{"len", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

const struct afield_model afield__model_map = {
	.name = "map",
	.verbs = map_verbs,
	.verb_count = 4,
	.init = map_init,
	.step = map_step,
	.describe = map_describe,
	.keys = map_keys,
	.refuse = map_refuse,
	.monitor = AFIELD__MONITOR_MAP,
};
