/* SPDX-License-Identifier: MIT */
/*
 * model_integer.c: objects that hold one number: counter, semaphore, mutex and the atomic integers.
 */
#include "model.h"

static int64_t initial_number(const struct afield_history *history)
{
	afield_value value = 0;
	int64_t number = 0;

	if (afield_history_initial(history, &value))
		afield_value_number(history, value, &number);
	return number;
}

static void number_init(const struct afield_model *model, const struct afield_history *history,
			struct afield_outcome *outcome)
{
	(void)model;
	if (afield__starts_unknown(history))
		afield_outcome_add(outcome, 0);
	else
		afield__put1(outcome, initial_number(history));
}

/* counter: add N : OLD, read : V. It wraps at 64 bits. A result `ok` of add says nothing. */

enum { ADD, READ };

static bool says(const struct afield_history *history, afield_value result, int64_t number)
{
	int64_t told;

	return result == AFIELD_ANY || result == AFIELD_OK ||
	       (afield_value_number(history, result, &told) && told == number);
}

static void counter_step(const struct afield_model *model, const struct afield_state *state,
			 const struct afield_operation *operation, struct afield_outcome *outcome)
{
	const struct afield_history *history = afield_outcome_history(outcome);
	int64_t more = 0, number = 0;

	(void)model;
	if (operation->verb == ADD)
		afield_value_number(history, afield_argument(operation, 0), &more);
	/* What it holds is known as soon as somebody tells. */
	if (state->count == 0) {
		if (afield_value_number(history, afield_result(operation, 0), &number))
			afield__put1(outcome, (int64_t)((uint64_t)number + (uint64_t)more));
		else
			afield_outcome_same(outcome, state);
		return;
	}
	if (!says(history, afield_result(operation, 0), state->cells[0]))
		return;
	afield__put1(outcome, (int64_t)((uint64_t)state->cells[0] + (uint64_t)more));
}

static const char *counter_refuse(const struct afield_model *model,
				  const struct afield_history *history,
				  const struct afield_operation *operation)
{
	afield_value result;

	(void)model;
	if (!operation)
		return afield__refuse_no_number(history);
	result = afield_result(operation, 0);
	if (operation->verb == ADD && !afield__is_number(history, afield_argument(operation, 0)))
		return "only a number can be added";
	if (result == AFIELD_ANY || afield__is_number(history, result) ||
	    (operation->verb == ADD && result == AFIELD_OK))
		return NULL;
	return "the result is not a number";
}

static const struct afield_check_verb counter_verbs[] = {
	{"add", 1, 1, 1, 0},
	{"read", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

const struct afield_model afield__model_counter = {
	.name = "counter",
	.verbs = counter_verbs,
	.verb_count = 2,
	.init = number_init,
	.step = counter_step,
	.describe = afield__number_describe,
	.refuse = counter_refuse,
	.monitor = AFIELD__MONITOR_COUNTER,
};

/* semaphore: incr : 1, decr : 1|0, where 0 says that there was nothing to take. */

enum { INCR, DECR };

static void semaphore_step(const struct afield_model *model, const struct afield_state *state,
			   const struct afield_operation *operation, struct afield_outcome *outcome)
{
	int took = afield__truth(afield_outcome_history(outcome), afield_result(operation, 0));
	int64_t held = state->cells[0];

	(void)model;
	if (operation->verb == INCR)
		afield__put1(outcome, held + 1);
	else if (held > 0 && took != 0)
		afield__put1(outcome, held - 1);
	else if (held == 0 && took != 1)
		afield__put1(outcome, held);
}

static bool semaphore_observes(const struct afield_model *model,
			       const struct afield_operation *operation)
{
	(void)model;
	return operation->verb == DECR && !operation->pending &&
	       (afield_result(operation, 0) == 0 || afield_result(operation, 0) == AFIELD_FAIL);
}

static const char *semaphore_refuse(const struct afield_model *model,
				    const struct afield_history *history,
				    const struct afield_operation *operation)
{
	afield_value initial;

	(void)model;
	if (!operation)
		return !afield_history_initial(history, &initial) ||
				       (afield__is_number(history, initial) &&
					initial_number(history) >= 0)
			       ? NULL
			       : "the initial value is not a number from 0 up";
	if (!afield__is_truth(history, operation))
		return "the result is 1 or 0";
	if (operation->verb == INCR && afield__truth(history, afield_result(operation, 0)) == 0)
		return "incr always returns 1";
	return NULL;
}

static const struct afield_check_verb semaphore_verbs[] = {
	{"incr", 0, 0, 1, 0},
	{"decr", 0, 1, 1, 0},
};

const struct afield_model afield__model_semaphore = {
	.name = "semaphore",
	.verbs = semaphore_verbs,
	.verb_count = 2,
	.init = number_init,
	.step = semaphore_step,
	.observes = semaphore_observes,
	.describe = afield__number_describe,
	.refuse = semaphore_refuse,
};

/* mutex: acquire waits until it is free, release needs it held. */

enum { ACQUIRE, RELEASE };

static void mutex_init(const struct afield_model *model, const struct afield_history *history,
		       struct afield_outcome *outcome)
{
	(void)model;
	afield__put1(outcome, initial_number(history));
}

static void mutex_step(const struct afield_model *model, const struct afield_state *state,
		       const struct afield_operation *operation, struct afield_outcome *outcome)
{
	(void)model;
	if (state->cells[0] == (operation->verb == RELEASE))
		afield__put1(outcome, operation->verb == ACQUIRE);
}

static void mutex_describe(const struct afield_model *model, const struct afield_history *history,
			   const struct afield_state *state, struct afield_text *text)
{
	(void)model;
	(void)history;
	afield_text_add(text, "%s", state->cells[0] ? "held" : "free");
}

static const char *mutex_refuse(const struct afield_model *model,
				const struct afield_history *history,
				const struct afield_operation *operation)
{
	afield_value initial;

	(void)model;
	if (!operation)
		return !afield_history_initial(history, &initial) || initial == 0 || initial == 1
			       ? NULL
			       : "the initial value is 0 (free) or 1 (held)";
	if (afield__is_truth(history, operation) &&
	    afield__truth(history, afield_result(operation, 0)) != 0)
		return NULL;
	return "the result can only be ok";
}

static const struct afield_check_verb mutex_verbs[] = {
	{"acquire", 0, 0, 1, 0},
	{"release", 0, 0, 1, 0},
};

const struct afield_model afield__model_mutex = {
	.name = "mutex",
	.verbs = mutex_verbs,
	.verb_count = 2,
	.init = mutex_init,
	.step = mutex_step,
	.describe = mutex_describe,
	.refuse = mutex_refuse,
};
