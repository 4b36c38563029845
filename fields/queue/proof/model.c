/* SPDX-License-Identifier: MIT */
/*
 * queue, one operation after another: a row of values. push appends, pop takes the first one or
 * finds it empty, count and is_empty tell the length.
 *
 *   push V   pop -> V or empty   count -> N   is_empty -> 1 or 0
 */
#include "container_model.h"

static void queue_step(const struct afield_model *model, const struct afield_state *state,
		       const struct afield_operation *operation, struct afield_outcome *outcome)
{
	(void)model;
	container_step(state, operation, 0, outcome);
}

static const struct afield_check_verb queue_verbs[] = {
	{"push", 1, 0, 0, 0},
	{"pop", 0, 1, 1, 0},
	{"count", 0, 1, 1, AFIELD_VERB_OBSERVES},
	{"is_empty", 0, 1, 1, AFIELD_VERB_OBSERVES},
};

MODEL(queue, "queue_room", queue_verbs, container_init, queue_step)
