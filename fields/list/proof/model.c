/* SPDX-License-Identifier: MIT */
/*
 * list, one operation after another: at most 12 elements of 1 to 15, four bits each, the first in
 * the lowest; behind them the count.
 *
 *   append v    insert0 v    pop -> v or fail    set0 v -> old or fail    get n -> v or fail
 *   assign all  read -> all, as one number
 *
 * A number of all elements is the state itself, so a read shows the list of one instant.
 */
#include "model.h"

enum { APPEND, INSERT, POP, SET, READ, ASSIGN, GET };

static uint64_t count_of(uint64_t all)
{
	return all >> 48;
}

static uint64_t with_count(uint64_t elements, uint64_t count)
{
	return (elements & ((UINT64_C(1) << 48) - 1)) | count << 48;
}

static void put(struct afield_outcome *outcome, uint64_t all)
{
	model_become(outcome, (int64_t)all);
}

static void list_init(const struct afield_model *model, const struct afield_history *history,
		      struct afield_outcome *outcome)
{
	(void)model;
	model_become(outcome, model_initial(history, 0));
}

static bool fits(const struct afield_operation *operation, uint64_t wanted)
{
	return model_returns(operation, (afield_value)wanted);
}

static void list_step(const struct afield_model *model, const struct afield_state *state,
		      const struct afield_operation *operation, struct afield_outcome *outcome)
{
	uint64_t all = (uint64_t)state->cells[0], count = count_of(all);
	uint64_t value = operation->argument_count ? (uint64_t)afield_argument(operation, 0) : 0;
	uint64_t last = count ? all >> 4 * (count - 1) & 15 : (uint64_t)AFIELD_FAIL;
	uint64_t first = count ? all & 15 : (uint64_t)AFIELD_FAIL;

	(void)model;
	switch (operation->verb) {
	case APPEND:
		put(outcome, with_count(all | value << 4 * count, count + 1));
		return;
	case INSERT:
		put(outcome, with_count(all << 4 | value, count + 1));
		return;
	case POP:
		if (fits(operation, last))
			put(outcome,
			    count ? with_count(all & ~(UINT64_C(15) << 4 * (count - 1)), count - 1)
				  : all);
		return;
	case SET:
		if (fits(operation, first))
			put(outcome, count ? (all & ~UINT64_C(15)) | value : all);
		return;
	case READ:
		if (fits(operation, all))
			afield_outcome_same(outcome, state);
		return;
	case ASSIGN:
		put(outcome, value);
		return;
	default:
		if (fits(operation, value < count ? all >> 4 * value & 15 : (uint64_t)AFIELD_FAIL))
			afield_outcome_same(outcome, state);
		return;
	}
}

static const struct afield_check_verb list_verbs[] = {
	{"append", 1, 0, 0, 0}, {"insert0", 1, 0, 0, 0}, {"pop", 0, 1, 1, 0}, {"set0", 1, 1, 1, 0},
	{"read", 0, 1, 1, 0},   {"assign", 1, 0, 0, 0},  {"get", 1, 1, 1, 0},
};

MODEL(list, "list", list_verbs, list_init, list_step)
