/* SPDX-License-Identifier: MIT */
/*
 * model_atomic.c: the atomic integers of C11: integer, integer32, unsigned, unsigned32.
 *
 * The model's parameter is the width in bits, negative for an unsigned one. Arithmetic wraps at the
 * width.
 */
#include "model.h"

enum {
	LOAD,
	STORE,
	EXCHANGE,
	COMPARE_EXCHANGE,
	COMPARE_EXCHANGE_WEAK,
	FETCH_ADD,
	FETCH_SUB,
	FETCH_AND,
	FETCH_OR,
	FETCH_XOR,
	FETCH_MIN,
	FETCH_MAX,
	VERBS
};

/* The number as an object of the model's width holds it. */
static int64_t wrap(const struct afield_model *model, uint64_t number)
{
	switch (model->parameter) {
	case 32:
		return (int32_t)(uint32_t)number;
	case -32:
		return (int64_t)(uint32_t)number;
	default:
		return (int64_t)number;
	}
}

/* What is below the fixed words is a number here; a program's own INT64_MIN means itself. */
static int64_t number_of(const struct afield_model *model, const struct afield_history *history,
			 afield_value value)
{
	int64_t number;

	afield_value_number(history, value, &number);
	return wrap(model, (uint64_t)number);
}

static void integer_init(const struct afield_model *model, const struct afield_history *history,
			 struct afield_outcome *outcome)
{
	afield_value initial = 0;

	if (afield__starts_unknown(history)) {
		afield_outcome_add(outcome, 0);
		return;
	}
	afield_history_initial(history, &initial);
	afield__put1(outcome, number_of(model, history, initial));
}

static bool below(const struct afield_model *model, int64_t a, int64_t b)
{
	return model->parameter < 0 ? (uint64_t)a < (uint64_t)b : a < b;
}

static int64_t fetch(const struct afield_model *model, unsigned verb, int64_t held, int64_t operand)
{
	uint64_t a = (uint64_t)held, b = (uint64_t)operand;

	switch (verb) {
	case FETCH_ADD:
		return wrap(model, a + b);
	case FETCH_SUB:
		return wrap(model, a - b);
	case FETCH_AND:
		return wrap(model, a & b);
	case FETCH_OR:
		return wrap(model, a | b);
	case FETCH_XOR:
		return wrap(model, a ^ b);
	case FETCH_MIN:
		return below(model, held, operand) ? held : operand;
	case FETCH_MAX:
		return below(model, held, operand) ? operand : held;
	case LOAD:
		return held;
	default:
		return operand;
	}
}

/* `: ok` or `: fail OLD`; the old value may be left out. A weak one may fail for no reason. */
static void compare_exchange(const struct afield_model *model, const struct afield_state *state,
			     const struct afield_operation *operation,
			     struct afield_outcome *outcome)
{
	const struct afield_history *history = afield_outcome_history(outcome);
	int told = afield__truth(history, afield_result(operation, 0));
	afield_value old = afield_result(operation, 1);
	int64_t held = state->cells[0];
	bool equal = held == number_of(model, history, afield_argument(operation, 0));

	if (old != AFIELD_ANY && number_of(model, history, old) != held)
		return;
	if (equal && told != 0)
		afield__put1(outcome, number_of(model, history, afield_argument(operation, 1)));
	if (told != 1 && (!equal || operation->verb == COMPARE_EXCHANGE_WEAK))
		afield_outcome_same(outcome, state);
}

/*
 * A number that is not known yet: what it has been, if the operation tells. One that has told
 * nothing may have been anything, and stays so unless it has stored.
 */
static void unknown_step(const struct afield_model *model, const struct afield_state *state,
			 const struct afield_operation *operation, struct afield_outcome *outcome)
{
	const struct afield_history *history = afield_outcome_history(outcome);
	bool exchanges =
		operation->verb == COMPARE_EXCHANGE || operation->verb == COMPARE_EXCHANGE_WEAK;
	int told = exchanges ? afield__truth(history, afield_result(operation, 0)) : -1;
	afield_value result = afield_result(operation, exchanges ? 1 : 0);
	int64_t operand = number_of(model, history, afield_argument(operation, 0));

	if (exchanges && told != 0)
		afield__put1(outcome, number_of(model, history, afield_argument(operation, 1)));
	if (exchanges && told == 0 && result != AFIELD_ANY)
		afield__put1(outcome, number_of(model, history, result));
	else if (exchanges && told != 1)
		afield_outcome_same(outcome, state);
	if (exchanges)
		return;
	if (operation->verb == STORE || operation->verb == EXCHANGE)
		afield__put1(outcome, operand);
	else if (result == AFIELD_ANY)
		afield_outcome_same(outcome, state);
	else
		afield__put1(outcome, fetch(model, operation->verb,
					    number_of(model, history, result), operand));
}

static void integer_step(const struct afield_model *model, const struct afield_state *state,
			 const struct afield_operation *operation, struct afield_outcome *outcome)
{
	const struct afield_history *history = afield_outcome_history(outcome);
	afield_value result = afield_result(operation, 0);
	int64_t operand;

	if (state->count == 0) {
		unknown_step(model, state, operation, outcome);
		return;
	}
	if (operation->verb == COMPARE_EXCHANGE || operation->verb == COMPARE_EXCHANGE_WEAK) {
		compare_exchange(model, state, operation, outcome);
		return;
	}
	if (operation->verb != STORE && result != AFIELD_ANY &&
	    number_of(model, history, result) != state->cells[0])
		return;
	operand = number_of(model, history, afield_argument(operation, 0));
	afield__put1(outcome, fetch(model, operation->verb, state->cells[0], operand));
}

static bool integer_observes(const struct afield_model *model,
			     const struct afield_operation *operation)
{
	afield_value result = afield_result(operation, 0);

	(void)model;
	if (operation->verb == COMPARE_EXCHANGE || operation->verb == COMPARE_EXCHANGE_WEAK)
		return result == 0 || result == AFIELD_FAIL;
	return operation->verb == LOAD;
}

static const char *integer_refuse(const struct afield_model *model,
				  const struct afield_history *history,
				  const struct afield_operation *operation)
{
	bool exchange;
	afield_value result;

	(void)model;
	if (!operation)
		return afield__refuse_no_number(history);
	for (unsigned i = 0; i < operation->argument_count; i++) {
		if (!afield__is_number(history, operation->values[i]))
			return "the argument is not a number";
	}
	exchange = operation->verb == COMPARE_EXCHANGE || operation->verb == COMPARE_EXCHANGE_WEAK;
	result = afield_result(operation, exchange ? 1 : 0);
	if (exchange && !afield__is_truth(history, operation))
		return "the first result is ok or fail";
	if (operation->verb == STORE)
		return afield__is_one_of(operation, AFIELD_OK, AFIELD_OK)
			       ? NULL
			       : "the result can only be ok";
	return result == AFIELD_ANY || afield__is_number(history, result)
		       ? NULL
		       : "the result is not a number";
}

static const struct afield_check_verb verbs[VERBS] = {
	{"load", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"store", 1, 0, 1, 0},
	{"exchange", 1, 1, 1, 0},
	{"compare_exchange", 2, 1, 2, 0},
	{"compare_exchange_weak", 2, 1, 2, 0},
	{"fetch_add", 1, 1, 1, 0},
	{"fetch_sub", 1, 1, 1, 0},
	{"fetch_and", 1, 1, 1, 0},
	{"fetch_or", 1, 1, 1, 0},
	{"fetch_xor", 1, 1, 1, 0},
	{"fetch_min", 1, 1, 1, 0},
	{"fetch_max", 1, 1, 1, 0},
};

#define AFIELD__INTEGER(word, bits)                        \
	const struct afield_model afield__model_##word = { \
		.name = #word,                             \
		.verbs = verbs,                            \
		.verb_count = VERBS,                       \
		.parameter = (bits),                       \
		.init = integer_init,                      \
		.step = integer_step,                      \
		.observes = integer_observes,              \
		.describe = afield__number_describe,       \
		.refuse = integer_refuse,                  \
	}

AFIELD__INTEGER(integer, 64);
AFIELD__INTEGER(integer32, 32);
AFIELD__INTEGER(unsigned, -64);
AFIELD__INTEGER(unsigned32, -32);
