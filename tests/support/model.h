/* SPDX-License-Identifier: MIT */
/*
 * model: what the models of kinds share (proof/model.c): a state of one or two cells, operations
 * that return something and leave it as it is, and the model itself.
 *
 *	MODEL(event, "event", event_verbs, event_init, event_step)   // afield_event_model()
 *
 * Synchronization: as a model's functions.
 */
#ifndef AFIELD_TESTS_MODEL_H
#define AFIELD_TESTS_MODEL_H

#include <afield/check.h>

/* The operation returned that, or it is not known what. */
static inline bool model_returns(const struct afield_operation *operation, afield_value value)
{
	afield_value result = afield_result(operation, 0);

	return result == AFIELD_ANY || result == value;
}

/* The operation may linearize here where it returned that, and changes nothing. */
static inline void model_observe(const struct afield_state *state,
				 const struct afield_operation *operation, afield_value value,
				 struct afield_outcome *outcome)
{
	if (model_returns(operation, value))
		afield_outcome_same(outcome, state);
}

/* A next state of one cell. */
static inline void model_become(struct afield_outcome *outcome, int64_t cell)
{
	int64_t *cells = afield_outcome_add(outcome, 1);

	if (cells)
		cells[0] = cell;
}

/* One of two. */
static inline void model_become_two(struct afield_outcome *outcome, int64_t first, int64_t second)
{
	int64_t *cells = afield_outcome_add(outcome, 2);

	if (!cells)
		return;
	cells[0] = first;
	cells[1] = second;
}

/* What the history says that the field held at first, or `value`. */
static inline afield_value model_initial(const struct afield_history *history, afield_value value)
{
	(void)afield_history_initial(history, &value);
	return value;
}

/* Defines afield_<kind>_model. */
#define MODEL(kind, title, verb_table, init_function, step_function)                \
	const struct afield_model *afield_##kind##_model(void);                     \
	const struct afield_model *afield_##kind##_model(void)                      \
	{                                                                           \
		static const struct afield_model model = {                          \
			.name = title,                                              \
			.verbs = verb_table,                                        \
			.verb_count = sizeof(verb_table) / sizeof((verb_table)[0]), \
			.init = init_function,                                      \
			.step = step_function,                                      \
		};                                                                  \
                                                                                    \
		return &model;                                                      \
	}

#endif
