/* SPDX-License-Identifier: MIT */
/*
 * shrink.c: see shrink.h.
 *
 * A history that is linearizable stays so when operations are left out in these ways: one that never
 * changes a state; all operations of one value, where the model says that values come and go
 * together; and everything before a point at which nothing is open, if the states the object may
 * have there take its place. So what is not linearizable after that was not before. An operation
 * that has an effect is never left out alone: without its push, any pop would look wrong.
 *
 * Each is tried by itself until none can be left out any more.
 */
#include "shrink.h"

#include <stdlib.h>
#include <string.h>

enum {
	SMALL = 16, /* short enough for a reader */
	FEW_STATES = 8
};

static void spend(struct afield__shrink *shrink, uint64_t steps)
{
	shrink->steps_left -= steps < shrink->steps_left ? steps : shrink->steps_left;
}

/* Whether a monitor says so: NOT_APPLICABLE when there is none. */
static enum afield__result ask_monitor(struct afield__shrink *shrink,
				       const struct afield__part *part)
{
	struct afield__blame blame = {0};
	enum afield__result result = afield__monitor(part, &blame, NULL);

	afield__blame_fini(&blame);
	spend(shrink, part->count / 4);
	return result;
}

bool afield__shrink_fails(struct afield__shrink *shrink, const struct afield__part *part,
			  uint32_t *furthest)
{
	struct afield__budget budget = {shrink->steps_left, (uint64_t)1 << 30};
	enum afield__result result = ask_monitor(shrink, part);
	struct afield__search *search;

	*furthest = AFIELD__NONE;
	if (result <= AFIELD__NONLIN)
		return result == AFIELD__NONLIN;
	search = afield__search_create(part, false);
	if (search) {
		result = afield__search_a(search, &budget);
		spend(shrink, search->space.steps);
		*furthest = search->furthest;
	}
	afield__search_free(search);
	shrink->decided &= result <= AFIELD__NONLIN;
	return result == AFIELD__NONLIN;
}

/* Tries without the units in [from, to). Keeps the result when it still fails. */
static bool try_without(struct afield__shrink *shrink, uint32_t from, uint32_t to)
{
	struct afield__part part = shrink->part;
	uint32_t count = 0, furthest;

	for (uint32_t i = 0; i < shrink->part.count; i++) {
		if (shrink->unit[i] < from || shrink->unit[i] >= to)
			shrink->trial[count++] = shrink->kept[i];
	}
	if (count == shrink->part.count)
		return false;
	part.operations = shrink->trial;
	part.count = count;
	if (!afield__shrink_fails(shrink, &part, &furthest))
		return false;
	count = 0;
	for (uint32_t i = 0; i < shrink->part.count; i++) {
		if (shrink->unit[i] >= from && shrink->unit[i] < to)
			continue;
		shrink->unit[count] = shrink->unit[i];
		shrink->kept[count++] = shrink->kept[i];
	}
	shrink->part.count = count;
	return true;
}

/* Leaves out units of [from, to): all of them at once, or else those of each half. */
static void drop_units(struct afield__shrink *shrink, uint32_t from, uint32_t to)
{
	uint32_t middle = from + (to - from) / 2;

	if (from >= to || try_without(shrink, from, to) || to - from == 1)
		return;
	/* What happened late is nearer to the fault. */
	drop_units(shrink, from, middle);
	drop_units(shrink, middle, to);
}

/* Numbers each operation that never changes a state, from 1; all others are unit 0. */
static uint32_t observer_units(struct afield__shrink *shrink)
{
	uint32_t units = 1;

	for (uint32_t i = 0; i < shrink->part.count; i++)
		shrink->unit[i] = afield__observes(shrink->history.model,
						   &shrink->history.operations[shrink->kept[i]])
					  ? units++
					  : 0;
	return units;
}

uint32_t afield__group_units(const struct afield_model *model,
			     const struct afield_operation *original, const uint32_t *origin,
			     const uint32_t *kept, uint32_t count, uint32_t *unit)
{
	size_t size = 64;
	uint32_t *table, units = 1;
	afield_value *groups;

	if (!model->group)
		return 0;
	while (size < (size_t)count * 2)
		size *= 2;
	table = (uint32_t *)calloc(size, sizeof(*table));
	groups = (afield_value *)malloc((count + (size_t)1) * sizeof(*groups));
	for (uint32_t i = 0; table && groups && units && i < count; i++) {
		afield_value group;
		size_t at;

		if (!model->group(model, &original[origin ? origin[kept[i]] : kept[i]], &group)) {
			units = 0;
			break;
		}
		at = afield__mix((uint64_t)group) & (size - 1);
		while (table[at] && groups[table[at]] != group)
			at = (at + 1) & (size - 1);
		if (!table[at]) {
			groups[units] = group;
			table[at] = units++;
		}
		unit[i] = table[at];
	}
	if (!table || !groups)
		units = 0;
	free(table);
	free(groups);
	return units;
}

/* The number of operations before the last point where nothing is open, the whole part aside. */
static uint32_t last_quiet(const struct afield__shrink *shrink)
{
	const struct afield_operation *operations = shrink->history.operations;
	int64_t latest = INT64_MIN;
	uint32_t quiet = 0;

	for (uint32_t i = 0; i < shrink->part.count; i++) {
		const struct afield_operation *operation = &operations[shrink->kept[i]];

		if (i && latest < operation->call)
			quiet = i;
		if (operation->pending)
			break;
		if (operation->ret > latest)
			latest = operation->ret;
	}
	return quiet;
}

/* Starts at the last quiet point, from the states the object may have there. */
static void cut_start(struct afield__shrink *shrink, struct afield_witness *witness)
{
	struct afield__budget budget = {shrink->steps_left, (uint64_t)1 << 28};
	uint32_t quiet = last_quiet(shrink), furthest;
	struct afield__wave *wave;
	struct afield__part part = shrink->part;
	uint64_t steps, states;

	if (!quiet)
		return;
	/* No reductions: a left-out operation would move the count of returns. */
	wave = afield__wave_create(&shrink->part, true, false);
	if (!wave)
		return;
	if (afield__wave_states(wave, quiet, &budget, &witness->arena, &witness->starts,
				&witness->start_count) &&
	    witness->start_count <= FEW_STATES) {
		part.operations = shrink->kept + quiet;
		part.count = shrink->part.count - quiet;
		part.starts = witness->starts;
		part.start_count = witness->start_count;
	}
	afield__wave_count(wave, &steps, &states, &furthest);
	afield__wave_free(wave);
	spend(shrink, steps);
	if (!part.starts || !afield__shrink_fails(shrink, &part, &furthest)) {
		witness->starts = NULL;
		witness->start_count = 0;
		return;
	}
	memmove(shrink->kept, part.operations, part.count * sizeof(*shrink->kept));
	part.operations = shrink->kept;
	shrink->part = part;
	witness->left_out = quiet;
}

/* Leaves values out, unless some operation belongs to none. */
static void drop_groups(struct afield__shrink *shrink)
{
	uint32_t units =
		afield__group_units(shrink->history.model, shrink->original, shrink->origin,
				    shrink->kept, shrink->part.count, shrink->unit);

	if (units)
		drop_units(shrink, 1, units);
}

void afield__shrink_run(struct afield__shrink *shrink, struct afield_witness *witness)
{
	uint32_t before;

	drop_groups(shrink);
	if (shrink->part.count > SMALL)
		cut_start(shrink, witness);
	/* Something pending may have stood for what is gone by now, so until nothing more goes. */
	do {
		before = shrink->part.count;
		drop_units(shrink, 1, observer_units(shrink));
		if (!shrink->part.starts)
			drop_groups(shrink);
	} while (shrink->part.count < before);
}
