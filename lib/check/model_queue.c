/* SPDX-License-Identifier: MIT */
/*
 * model_queue.c: objects that hold a row of values: queue, ring, stack and priorityqueue.
 *
 * The state is the row itself: a queue's front first, a stack's top last, a priority queue's least
 * first.
 */
#include "model.h"

#include <string.h>

enum { ADD, REMOVE, PEEK };

static void empty_init(const struct afield_model *model, const struct afield_history *history,
		       struct afield_outcome *outcome)
{
	(void)model;
	(void)history;
	afield_outcome_add(outcome, 0);
}

/* The row without the value at `index`. */
static void put_without(struct afield_outcome *outcome, const struct afield_state *state,
			size_t index)
{
	int64_t *cells = afield_outcome_add(outcome, state->count - 1);
	size_t rest = state->count - 1 - index;

	if (!cells)
		return;
	if (index)
		memcpy(cells, state->cells, index * sizeof(*cells));
	if (rest)
		memcpy(cells + index, state->cells + index + 1, rest * sizeof(*cells));
}

/* The row with the value put in before `index`. */
static void put_with(struct afield_outcome *outcome, const struct afield_state *state, size_t index,
		     afield_value value)
{
	int64_t *cells = afield_outcome_add(outcome, state->count + 1);
	size_t rest = state->count - index;

	if (!cells)
		return;
	if (index)
		memcpy(cells, state->cells, index * sizeof(*cells));
	cells[index] = value;
	if (rest)
		memcpy(cells + index + 1, state->cells + index, rest * sizeof(*cells));
}

/* Taking or seeing the value at `index`, of a row that may be empty. */
static void take(const struct afield_state *state, const struct afield_operation *operation,
		 size_t index, struct afield_outcome *outcome)
{
	afield_value result = afield_result(operation, 0);

	if (state->count == 0) {
		if (result == AFIELD_ANY || result == AFIELD_EMPTY)
			afield_outcome_same(outcome, state);
		return;
	}
	if (result != AFIELD_ANY && result != state->cells[index])
		return;
	if (operation->verb == PEEK)
		afield_outcome_same(outcome, state);
	else
		put_without(outcome, state, index);
}

/* The model's parameter says at which end a value is taken: 0 the first, 1 the last. */
static void row_step(const struct afield_model *model, const struct afield_state *state,
		     const struct afield_operation *operation, struct afield_outcome *outcome)
{
	if (operation->verb == ADD)
		put_with(outcome, state, state->count, afield_argument(operation, 0));
	else
		take(state, operation, model->parameter && state->count ? state->count - 1 : 0,
		     outcome);
}

static bool row_observes(const struct afield_model *model, const struct afield_operation *operation)
{
	(void)model;
	return operation->verb == PEEK ||
	       (operation->verb == REMOVE && afield_result(operation, 0) == AFIELD_EMPTY);
}

static bool row_group(const struct afield_model *model, const struct afield_operation *operation,
		      afield_value *group)
{
	(void)model;
	*group = operation->verb == ADD ? afield_argument(operation, 0)
					: afield_result(operation, 0);
	/* What took a value that is not known may belong to any group. */
	return *group != AFIELD_ANY || operation->verb == PEEK;
}

static const char *refuse_empty(const struct afield_operation *operation)
{
	return operation->verb == ADD && afield_argument(operation, 0) == AFIELD_EMPTY
		       ? "the word empty is not a value here"
		       : NULL;
}

static const char *check_operation(const struct afield_operation *operation)
{
	if (operation->verb == ADD && !afield__is_one_of(operation, AFIELD_OK, AFIELD_OK))
		return "the result can only be ok";
	return refuse_empty(operation);
}

static const char *row_refuse(const struct afield_model *model,
			      const struct afield_history *history,
			      const struct afield_operation *operation)
{
	(void)model;
	if (operation)
		return check_operation(operation);
	return afield__refuse_not_empty(history);
}

static const struct afield_check_verb row_verbs[] = {
	{"add", 1, 0, 1, 0},
	{"remove", 0, 1, 1, 0},
	{"peek", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

#define AFIELD__ROW(word, end, monitor_of_it)              \
	const struct afield_model afield__model_##word = { \
		.name = #word,                             \
		.verbs = row_verbs,                        \
		.verb_count = 3,                           \
		.parameter = (end),                        \
		.init = empty_init,                        \
		.step = row_step,                          \
		.observes = row_observes,                  \
		.group = row_group,                        \
		.refuse = row_refuse,                      \
		.monitor = (monitor_of_it),                \
	}

AFIELD__ROW(queue, 0, AFIELD__MONITOR_QUEUE);
AFIELD__ROW(stack, 1, AFIELD__MONITOR_STACK);

/* ring: a queue of as many places as `# init N` says. `add V : 0` found it full. */

static int64_t capacity_of(const struct afield_history *history)
{
	afield_value initial;
	int64_t capacity;

	return afield_history_initial(history, &initial) &&
			       afield_value_number(history, initial, &capacity)
		       ? capacity
		       : 0;
}

static void ring_step(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	const struct afield_history *history = afield_outcome_history(outcome);
	bool full = (int64_t)state->count >= capacity_of(history);
	int told;

	if (operation->verb != ADD) {
		row_step(model, state, operation, outcome);
		return;
	}
	told = afield__truth(history, afield_result(operation, 0));
	if (full && told != 1)
		afield_outcome_same(outcome, state);
	if (!full && told != 0)
		row_step(model, state, operation, outcome);
}

static bool is_refused(const struct afield_operation *operation)
{
	afield_value result = afield_result(operation, 0);

	return operation->verb == ADD && (result == 0 || result == AFIELD_FAIL);
}

static bool ring_observes(const struct afield_model *model,
			  const struct afield_operation *operation)
{
	return row_observes(model, operation) || is_refused(operation);
}

/* Without some value there is room for one that was refused. */
static bool ring_group(const struct afield_model *model, const struct afield_operation *operation,
		       afield_value *group)
{
	return !is_refused(operation) && row_group(model, operation, group);
}

static const char *ring_refuse(const struct afield_model *model,
			       const struct afield_history *history,
			       const struct afield_operation *operation)
{
	(void)model;
	if (!operation)
		return capacity_of(history) > 0 ? NULL
						: "'# init N' says how many it holds, from 1 up";
	if (operation->verb == ADD && !afield__is_truth(history, operation))
		return "the result is 1 or 0";
	return refuse_empty(operation);
}

static const struct afield_check_verb ring_verbs[] = {
	{"add", 1, 1, 1, 0},
	{"remove", 0, 1, 1, 0},
	{"peek", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

const struct afield_model afield__model_ring = {
	.name = "ring",
	.verbs = ring_verbs,
	.verb_count = 3,
	.init = empty_init,
	.step = ring_step,
	.observes = ring_observes,
	.group = ring_group,
	.refuse = ring_refuse,
};

/* priorityqueue: `# init max` takes the greatest first and is the default, `# init min` the least.
 */

static int initial_order(const struct afield_history *history)
{
	afield_value initial;
	char scratch[24];
	const char *text;
	size_t length;

	if (!afield_history_initial(history, &initial))
		return 1;
	length = afield_value_text(history, initial, scratch, &text);
	if (length != 3)
		return -1;
	return memcmp(text, "max", 3) == 0 ? 1 : memcmp(text, "min", 3) == 0 ? 0 : -1;
}

static void priority_step(const struct afield_model *model, const struct afield_state *state,
			  const struct afield_operation *operation, struct afield_outcome *outcome)
{
	const struct afield_history *history = afield_outcome_history(outcome);
	size_t low = 0, high = state->count;

	(void)model;
	if (operation->verb != ADD) {
		take(state, operation,
		     initial_order(history) == 1 && state->count ? state->count - 1 : 0, outcome);
		return;
	}
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (afield_value_compare(history, state->cells[middle],
					 afield_argument(operation, 0)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	put_with(outcome, state, low, afield_argument(operation, 0));
}

static const char *priority_refuse(const struct afield_model *model,
				   const struct afield_history *history,
				   const struct afield_operation *operation)
{
	(void)model;
	if (operation)
		return check_operation(operation);
	return initial_order(history) < 0 ? "the initial value is max or min" : NULL;
}

static const struct afield_check_verb priority_verbs[] = {
	{"insert", 1, 0, 1, 0},
	{"poll", 0, 1, 1, 0},
	{"peek", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

const struct afield_model afield__model_priorityqueue = {
	.name = "priorityqueue",
	.verbs = priority_verbs,
	.verb_count = 3,
	.init = empty_init,
	.step = priority_step,
	.observes = row_observes,
	.group = row_group,
	.refuse = priority_refuse,
};
