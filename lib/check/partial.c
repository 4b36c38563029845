/* SPDX-License-Identifier: MIT */
/*
 * partial.c: how far one gets in a counterexample, and what cannot be placed then.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { LAST_STEPS = 2000000 };

bool afield__search_furthest(const struct afield__part *part, uint32_t *furthest)
{
	struct afield__budget budget = {LAST_STEPS, (uint64_t)1 << 30};
	struct afield__search *search = afield__search_create(part, false);
	bool failed;

	if (!search)
		return false;
	search->blind = true;
	failed = afield__search_a(search, &budget) == AFIELD__NONLIN;
	*furthest = search->furthest;
	afield__search_free(search);
	return failed;
}

struct partials {
	struct afield_witness *witness;
	uint32_t furthest;
};

/* Keeps the longest orders that pass as many returns as any, one for each state they end in. */
static void note_dead_end(void *context, const struct afield__search *search)
{
	struct partials *partials = (struct partials *)context;
	struct afield_witness *witness = partials->witness;
	const struct afield_state *state = &search->space.states[search->state];
	struct afield_state *kept;
	uint32_t *order;
	int64_t *cells;

	if (search->returned != partials->furthest || search->depth < witness->partial_length)
		return;
	if (search->depth > witness->partial_length) {
		witness->partial_length = (uint32_t)search->depth;
		witness->partial_count = 0;
	}
	for (uint32_t i = 0; i < witness->partial_count; i++) {
		kept = &witness->states[i];
		if (kept->count == state->count &&
		    (!state->count ||
		     !memcmp(kept->cells, state->cells, state->count * sizeof(*state->cells))))
			return;
	}
	if (witness->partial_count == AFIELD__PARTIALS)
		return;
	cells = (int64_t *)afield__arena_get(&witness->arena, state->count * sizeof(*cells));
	if (!cells)
		return;
	if (state->count)
		memcpy(cells, state->cells, state->count * sizeof(*cells));
	kept = &witness->states[witness->partial_count];
	kept->cells = cells;
	kept->count = state->count;
	order = witness->partial + (size_t)witness->partial_count++ * (witness->count + 1);
	afield__search_order(search, order);
	/* The search leaves out pending observers, so its numbers are not those of the witness. */
	for (size_t i = 0; i < search->depth; i++) {
		const struct afield_operation *operation = search->events.operations[order[i]];
		uint32_t index = 0;

		while (&witness->history->operations[witness->operations[index]] != operation)
			index++;
		order[i] = index;
	}
}

/* Finds what cannot be placed, and how far one gets without it. */
void afield__find_partials(const struct afield__part *part, struct afield_witness *witness)
{
	struct afield__budget budget = {LAST_STEPS, (uint64_t)1 << 30};
	struct partials partials = {witness, 0};
	struct afield__search *search;
	const struct afield_operation *stuck;

	if (!afield__search_furthest(part, &partials.furthest))
		return;
	search = afield__search_create(part, false);
	if (!search)
		return;
	search->blind = true;
	search->dead_end = note_dead_end;
	search->context = &partials;
	afield__search_a(search, &budget);
	if (partials.furthest < search->events.returns) {
		stuck = search->events.operations[search->events.return_order[partials.furthest]];
		for (uint32_t i = 0; i < witness->count; i++) {
			if (&witness->history->operations[witness->operations[i]] == stuck)
				witness->stuck = i;
		}
	}
	afield__search_free(search);
}
