/* SPDX-License-Identifier: MIT */
/*
 * model_register.c: one value that is read and written: register and kv.
 */
#include "model.h"

#include <string.h>

enum { READ, WRITE, CAS, RMW };

static void register_init(const struct afield_model *model, const struct afield_history *history,
			  struct afield_outcome *outcome)
{
	int64_t *cells = afield_outcome_add(outcome, afield__starts_unknown(history) ? 0 : 1);

	if (!cells || afield__starts_unknown(history))
		return;
	cells[0] = model->parameter;
	afield_history_initial(history, &cells[0]);
}

/* A value that is not known yet: what it has been, if the operation tells. */
static void unknown_step(const struct afield_state *state, const struct afield_operation *operation,
			 struct afield_outcome *outcome)
{
	afield_value result = afield_result(operation, 0);

	if (operation->verb == READ && result != AFIELD_ANY)
		afield__put1(outcome, result);
	else if (operation->verb == WRITE)
		afield__put1(outcome, afield_argument(operation, 0));
	else if (operation->verb != READ && result != AFIELD_FAIL)
		afield__put1(outcome, afield_argument(operation, 1));
	if ((operation->verb == READ && result == AFIELD_ANY) ||
	    (operation->verb == CAS && result != AFIELD_OK))
		afield_outcome_same(outcome, state);
}

static void register_step(const struct afield_model *model, const struct afield_state *state,
			  const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value held = state->count ? state->cells[0] : AFIELD_ANY;
	afield_value result = afield_result(operation, 0);
	afield_value first = afield_argument(operation, 0);

	(void)model;
	if (state->count == 0) {
		unknown_step(state, operation, outcome);
		return;
	}
	switch (operation->verb) {
	case READ:
		if (result == AFIELD_ANY || result == held)
			afield_outcome_same(outcome, state);
		return;
	case WRITE:
		afield__put1(outcome, first);
		return;
	case CAS:
		/* Not swapping is a result and is checked: the value must have differed. */
		if (first != held && result != AFIELD_OK)
			afield_outcome_same(outcome, state);
		if (first == held && result != AFIELD_FAIL)
			afield__put1(outcome, afield_argument(operation, 1));
		return;
	default:
		if (first == held)
			afield__put1(outcome, afield_argument(operation, 1));
		return;
	}
}

static bool register_observes(const struct afield_model *model,
			      const struct afield_operation *operation)
{
	(void)model;
	/* A pending cas may have swapped, whatever else is known. */
	return operation->verb == READ ||
	       (operation->verb == CAS && afield_result(operation, 0) == AFIELD_FAIL);
}

static const char *register_refuse(const struct afield_model *model,
				   const struct afield_history *history,
				   const struct afield_operation *operation)
{
	(void)model;
	(void)history;
	if (!operation || operation->verb == READ)
		return NULL;
	if (operation->verb == CAS)
		return afield__is_one_of(operation, AFIELD_OK, AFIELD_FAIL)
			       ? NULL
			       : "the result of cas is ok or fail";
	return afield__is_one_of(operation, AFIELD_OK, AFIELD_OK) ? NULL
								  : "the result can only be ok";
}

/*
 * Leaving out a value's writes and reads leaves a sequence possible, unless a cas or rmw relates it
 * to other values.
 */
static bool register_group(const struct afield_model *model,
			   const struct afield_operation *operation, afield_value *group)
{
	(void)model;
	if (operation->verb == WRITE)
		*group = afield_argument(operation, 0);
	else if (operation->verb == READ)
		*group = afield_result(operation, 0);
	return operation->verb <= WRITE;
}

static const struct afield_check_verb register_verbs[] = {
	{"read", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"write", 1, 0, 1, 0},
	{"cas", 2, 1, 1, 0},
	{"rmw", 2, 0, 1, 0},
};

const struct afield_model afield__model_register = {
	.name = "register",
	.verbs = register_verbs,
	.verb_count = 4,
	.parameter = AFIELD_NIL,
	.init = register_init,
	.step = register_step,
	.observes = register_observes,
	.group = register_group,
	.refuse = register_refuse,
	.monitor = AFIELD__MONITOR_REGISTER,
};

enum { GET, PUT, APPEND };

/* A key that was never put holds the text of no characters; nil is another way to write that. */
static afield_value kv_value(afield_value value)
{
	return value == AFIELD_NIL ? AFIELD_BLANK : value;
}

static void kv_init(const struct afield_model *model, const struct afield_history *history,
		    struct afield_outcome *outcome)
{
	afield_value held = AFIELD_BLANK;

	(void)model;
	afield_history_initial(history, &held);
	afield__put1(outcome, kv_value(held));
}

static void kv_step(const struct afield_model *model, const struct afield_state *state,
		    const struct afield_operation *operation, struct afield_outcome *outcome)
{
	afield_value held = state->cells[0];
	afield_value value = kv_value(operation->verb == GET ? afield_result(operation, 0)
							     : afield_argument(operation, 0));

	(void)model;
	switch (operation->verb) {
	case GET:
		if (value == AFIELD_ANY || value == held)
			afield_outcome_same(outcome, state);
		return;
	case PUT:
		afield__put1(outcome, value);
		return;
	default:
		value = afield_value_join(afield_outcome_history(outcome), held, value);
		if (value == AFIELD_NIL)
			outcome->failed = true;
		else
			afield__put1(outcome, value);
		return;
	}
}

static const char *kv_refuse(const struct afield_model *model, const struct afield_history *history,
			     const struct afield_operation *operation)
{
	(void)model;
	if (!operation && afield__starts_unknown(history))
		return "it starts with a text, or empty";
	if (!operation || operation->verb == GET ||
	    afield__is_one_of(operation, AFIELD_OK, AFIELD_OK))
		return NULL;
	return "the result can only be ok";
}

static bool kv_group(const struct afield_model *model, const struct afield_operation *operation,
		     afield_value *group)
{
	(void)model;
	*group = kv_value(operation->verb == GET ? afield_result(operation, 0)
						 : afield_argument(operation, 0));
	return operation->verb <= PUT;
}

/* Appending never takes anything away: what a get returns later begins with what is held now. */
static bool kv_hopeless(const struct afield_model *model, const struct afield_history *history,
			const struct afield_state *state, const struct afield_operation *operation)
{
	afield_value result = kv_value(afield_result(operation, 0));
	char scratch[2][24];
	const char *text[2];
	size_t length[2];

	(void)model;
	if (result == AFIELD_ANY)
		return false;
	length[0] = afield_value_text(history, state->cells[0], scratch[0], &text[0]);
	length[1] = afield_value_text(history, result, scratch[1], &text[1]);
	return length[0] > length[1] || memcmp(text[0], text[1], length[0]) != 0;
}

static const struct afield_check_verb kv_verbs[] = {
	{"get", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"put", 1, 0, 1, AFIELD_VERB_RESETS},
	{"append", 1, 0, 1, 0},
};

const struct afield_model afield__model_kv = {
	.name = "kv",
	.verbs = kv_verbs,
	.verb_count = 3,
	.init = kv_init,
	.step = kv_step,
	.group = kv_group,
	.hopeless = kv_hopeless,
	.refuse = kv_refuse,
	.monitor = AFIELD__MONITOR_KV,
};
