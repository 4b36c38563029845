/* SPDX-License-Identifier: MIT */
/*
 * partial.c: how far one gets in a counterexample, and what cannot be placed then.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

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
	bool better =
		search->returned > partials->furthest ||
		(search->returned == partials->furthest && search->depth > witness->partial_length);
	struct afield_state *kept;
	uint32_t *order;
	int64_t *cells;

	if (search->returned < partials->furthest ||
	    (!better && search->depth < witness->partial_length))
		return;
	if (better) {
		partials->furthest = search->returned;
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
}

/* The index in the witness of an operation of its history. */
static uint32_t index_of(const struct afield_witness *witness, uint32_t operation)
{
	uint32_t low = 0, high = witness->count;

	/* Both are in the order of the calls. */
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (witness->operations[middle] < operation)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void afield__find_partials(const struct afield__part *part, struct afield_witness *witness,
			   uint64_t steps)
{
	struct afield__budget budget = {steps, (uint64_t)1 << 28};
	struct partials partials = {witness, 0};
	struct afield__search *search = afield__search_create(part, false);
	const struct afield_operation *first = witness->history.operations;

	if (!search)
		return;
	search->dead_end = note_dead_end;
	search->context = &partials;
	afield__search_a(search, &budget);
	for (uint32_t i = 0; i < witness->partial_count; i++) {
		uint32_t *order = witness->partial + (size_t)i * (witness->count + 1);

		for (uint32_t j = 0; j < witness->partial_length; j++)
			order[j] = index_of(witness, order[j]);
	}
	if (search->furthest < search->events.returns) {
		const struct afield_operation *stuck =
			search->events.operations[search->events.return_order[search->furthest]];

		witness->stuck = index_of(witness, (uint32_t)(stuck - first));
	}
	afield__search_free(search);
}
