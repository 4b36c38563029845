/* SPDX-License-Identifier: MIT */
/*
 * witness.c: makes a counterexample of what is not linearizable.
 *
 * A monitor names the few values or operations that are at fault; an engine knows the first return
 * that no order can pass, and then nothing that is called later matters. What had been called and
 * not returned by then is taken as never returning: its result may depend on what is left out. The
 * rest is made smaller in shrink.c.
 */
#include "shrink.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* Steps for each that the verdict took, for each operation, and besides. */
	STEPS_TIMES = 4,
	STEPS_EACH = 1,
	STEPS_ALWAYS = 8000,
	MOST_DRAWN = 4096
};

/* Marks the blamed in `selected`, and without `whole` all of their groups. */
static void select_blamed(const struct afield__part *part, const struct afield__blame *blame,
			  bool *selected)
{
	const struct afield_history *history = part->history;
	uint32_t *unit = (uint32_t *)malloc((part->count + (size_t)1) * sizeof(*unit));
	bool *guilty = (bool *)calloc(part->count + (size_t)2, sizeof(*guilty));
	bool *blamed = (bool *)calloc(history->count + 1, sizeof(*blamed));
	uint32_t units = 0;

	if (unit && guilty && blamed && !blame->whole)
		units = afield__group_units(history->model, history->operations, NULL,
					    part->operations, part->count, unit);
	for (size_t i = 0; blamed && i < blame->count; i++)
		blamed[blame->operations[i]] = true;
	for (uint32_t i = 0; blamed && i < part->count; i++) {
		selected[i] = blame->whole && blamed[part->operations[i]];
		if (units && blamed[part->operations[i]])
			guilty[unit[i]] = true;
	}
	for (uint32_t i = 0; units && i < part->count; i++)
		selected[i] = guilty[unit[i]];
	free(unit);
	free(guilty);
	free(blamed);
}

/* The stamp of the return that cannot be passed, among those selected. INT64_MAX when unknown. */
static int64_t stamp_of(const struct afield__part *part, const bool *selected, uint32_t furthest)
{
	struct afield__keyed *returns =
		(struct afield__keyed *)malloc((part->count + (size_t)1) * sizeof(*returns));
	int64_t stamp = INT64_MAX;
	uint32_t count = 0;

	for (uint32_t i = 0; returns && i < part->count; i++) {
		const struct afield_operation *operation =
			&part->history->operations[part->operations[i]];

		if (!selected[i] || operation->pending)
			continue;
		returns[count].key = operation->ret;
		returns[count++].index = i;
	}
	if (furthest < count) {
		afield__sort(returns, count);
		stamp = returns[furthest].key;
	}
	free(returns);
	return stamp;
}

/* Copies what is selected and called by the stamp. False when there is no memory. */
static bool copy_selected(struct afield__shrink *shrink, const struct afield__part *part,
			  const bool *selected, int64_t stamp)
{
	const struct afield_history *history = part->history;
	uint32_t count = 0, room = 1;

	for (uint32_t i = 0; i < part->count; i++)
		room += selected[i];
	shrink->history = *history;
	shrink->history.whole = history;
	shrink->original = history->operations;
	shrink->history.operations =
		(struct afield_operation *)malloc(room * sizeof(*shrink->history.operations));
	shrink->origin = (uint32_t *)malloc(room * sizeof(*shrink->origin));
	shrink->kept = (uint32_t *)malloc(room * sizeof(*shrink->kept));
	shrink->trial = (uint32_t *)malloc(room * sizeof(*shrink->trial));
	shrink->unit = (uint32_t *)malloc(room * sizeof(*shrink->unit));
	if (!shrink->history.operations || !shrink->origin || !shrink->kept || !shrink->trial ||
	    !shrink->unit)
		return false;
	for (uint32_t i = 0; i < part->count; i++) {
		struct afield_operation operation = history->operations[part->operations[i]];

		if (!selected[i] || operation.call > stamp)
			continue;
		if (!operation.pending && operation.ret > stamp) {
			/* What changes nothing may be left out at once. */
			if (afield__observes(history->model, &operation))
				continue;
			operation.pending = true;
		}
		shrink->history.operations[count] = operation;
		shrink->origin[count] = part->operations[i];
		shrink->kept[count] = count;
		count++;
	}
	shrink->history.count = count;
	memset(&shrink->part, 0, sizeof(shrink->part));
	shrink->part.history = &shrink->history;
	shrink->part.operations = shrink->kept;
	shrink->part.count = count;
	return true;
}

static void free_copy(struct afield__shrink *shrink)
{
	free(shrink->history.operations);
	free(shrink->origin);
	free(shrink->kept);
	free(shrink->trial);
	free(shrink->unit);
	shrink->history.operations = NULL;
	shrink->origin = shrink->kept = shrink->trial = shrink->unit = NULL;
	shrink->part.count = 0;
}

/* The number of returns engine A passes in what was selected. NONE when that takes too long. */
static uint32_t search_furthest(struct afield__shrink *shrink)
{
	struct afield__budget budget = {shrink->steps_left, (uint64_t)1 << 30};
	struct afield__search *search = afield__search_create(&shrink->part, false);
	uint32_t furthest = AFIELD__NONE;

	if (!search)
		return furthest;
	if (afield__search_a(search, &budget) == AFIELD__NONLIN)
		furthest = search->furthest;
	shrink->steps_left -=
		search->space.steps < shrink->steps_left ? search->space.steps : shrink->steps_left;
	afield__search_free(search);
	return furthest;
}

/*
 * Copies the selected up to the return that cannot be passed, unless all of it is at fault. Whether
 * that is not linearizable.
 */
static bool cut(struct afield__shrink *shrink, const struct afield__part *part,
		const bool *selected, uint32_t furthest, bool whole)
{
	if (!copy_selected(shrink, part, selected, INT64_MAX))
		return false;
	if (furthest == AFIELD__NONE && !whole)
		furthest = search_furthest(shrink);
	if (furthest != AFIELD__NONE) {
		int64_t stamp = stamp_of(part, selected, furthest);

		free_copy(shrink);
		if (!copy_selected(shrink, part, selected, stamp))
			return false;
	}
	return afield__shrink_fails(shrink, &shrink->part, &furthest);
}

static bool select_and_cut(struct afield__shrink *shrink, const struct afield__part *part,
			   const struct afield__blame *blame, uint32_t furthest)
{
	bool *selected = (bool *)calloc(part->count + (size_t)1, sizeof(*selected)), fits = false;

	if (selected && blame->count) {
		select_blamed(part, blame, selected);
		fits = cut(shrink, part, selected, AFIELD__NONE, blame->whole);
		if (!fits)
			free_copy(shrink);
	}
	if (selected && !fits) {
		memset(selected, true, part->count * sizeof(*selected));
		fits = cut(shrink, part, selected, furthest, false);
		/* Without a cut it is what was found not linearizable, and as large. */
		if (!fits) {
			free_copy(shrink);
			shrink->decided = false;
			fits = copy_selected(shrink, part, selected, INT64_MAX);
		}
	}
	free(selected);
	return fits;
}

/* Takes over what is left as the counterexample. */
static bool fill(struct afield_witness *witness, struct afield__shrink *shrink)
{
	size_t room = shrink->part.count + (size_t)1;

	witness->history = shrink->history;
	witness->count = shrink->part.count;
	witness->operations = (uint32_t *)malloc(room * sizeof(*witness->operations));
	witness->origin = (uint32_t *)malloc(room * sizeof(*witness->origin));
	witness->partial = (uint32_t *)malloc(room * AFIELD__PARTIALS * sizeof(*witness->partial));
	witness->states = (struct afield_state *)calloc(AFIELD__PARTIALS, sizeof(*witness->states));
	shrink->history.operations = NULL;
	if (!witness->operations || !witness->origin || !witness->partial || !witness->states)
		return false;
	for (uint32_t i = 0; i < witness->count; i++) {
		witness->operations[i] = shrink->kept[i];
		witness->origin[i] = shrink->origin[shrink->kept[i]];
	}
	return true;
}

struct afield_witness *afield__witness_create(const struct afield__part *part,
					      const struct afield__blame *blame, uint32_t furthest,
					      uint64_t steps)
{
	struct afield_witness *witness = (struct afield_witness *)calloc(1, sizeof(*witness));
	struct afield__shrink shrink = {.decided = true};

	if (!witness)
		return NULL;
	shrink.steps_left = STEPS_ALWAYS + STEPS_EACH * (uint64_t)part->count + STEPS_TIMES * steps;
	witness->stuck = AFIELD__NONE;
	if (select_and_cut(&shrink, part, blame, furthest)) {
		if (shrink.decided)
			afield__shrink_run(&shrink, witness);
		witness->minimal = shrink.decided;
		if (!fill(witness, &shrink))
			witness->count = 0;
		shrink.part.history = &witness->history;
		if (witness->count && witness->count <= MOST_DRAWN)
			afield__find_partials(&shrink.part, witness, shrink.steps_left);
	}
	free_copy(&shrink);
	return witness;
}

void afield__witness_free(struct afield_witness *witness)
{
	if (!witness)
		return;
	afield__arena_fini(&witness->arena);
	free(witness->history.operations);
	free(witness->operations);
	free(witness->origin);
	free(witness->partial);
	free(witness->states);
	free(witness);
}
