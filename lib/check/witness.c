/* SPDX-License-Identifier: MIT */
/*
 * witness.c: makes a counterexample small without making it wrong.
 *
 * A history that is not linearizable stays so when operations are left out only in ways that would
 * keep a linearizable history linearizable. Those ways are: everything called after the first
 * return that no order could pass; operations that never change the state; all operations of one
 * value, where the model says that values come and go together; and everything before a point at
 * which nothing is open, if the states the object may have there take its place. A single effectful
 * operation is never left out alone: without its push, any pop would look wrong.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* For each operation, and besides: an easier history may be harder to refute. */
	TRIAL_EACH = 8,
	TRIAL_STEPS = 100000,
	ALL_EACH = 64,
	ALL_STEPS = 500000,
	SMALL = 16, /* short enough for a reader */
	FEW_STATES = 8,
	MOST_DRAWN = 4096
};

struct shrink {
	struct afield__part part; /* what is left; `operations` is `kept` */
	uint32_t *kept;
	uint32_t *trial;
	uint32_t *unit; /* which operations go together, for those kept */
	uint64_t steps_left;
};

/* Whether the part is found not linearizable within the budget. */
static bool fails(struct shrink *shrink, const struct afield__part *part, uint32_t *furthest)
{
	struct afield__budget budget = {TRIAL_STEPS + TRIAL_EACH * (uint64_t)part->count,
					(uint64_t)1 << 30};
	struct afield__search *search;
	bool failed;

	*furthest = AFIELD__NONE;
	/* Where a monitor applies, a long history takes it less time than a search. */
	if (part->count > SMALL && !part->starts) {
		struct afield__blame blame;
		enum afield__result result = afield__monitor(part, &blame);

		if (result <= AFIELD__NONLIN)
			return result == AFIELD__NONLIN;
	}
	if (budget.steps > shrink->steps_left)
		budget.steps = shrink->steps_left;
	search = afield__search_create(part, false);
	if (!search)
		return false;
	failed = afield__search_a(search, &budget) == AFIELD__NONLIN;
	shrink->steps_left -=
		search->space.steps < shrink->steps_left ? search->space.steps : shrink->steps_left;
	*furthest = search->furthest;
	afield__search_free(search);
	return failed;
}

static int compare_stamps(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

/* Leaves out what is called after the first return that cannot be passed. */
static void cut_end(struct shrink *shrink, uint32_t furthest)
{
	const struct afield_operation *operations = shrink->part.history->operations;
	int64_t *stamps = (int64_t *)malloc((shrink->part.count + 1) * sizeof(*stamps));
	uint32_t returns = 0, count = 0;

	if (!stamps || furthest == AFIELD__NONE) {
		free(stamps);
		return;
	}
	for (uint32_t i = 0; i < shrink->part.count; i++) {
		if (!operations[shrink->kept[i]].pending)
			stamps[returns++] = operations[shrink->kept[i]].ret;
	}
	qsort(stamps, returns, sizeof(*stamps), compare_stamps);
	for (uint32_t i = 0; furthest < returns && i < shrink->part.count; i++) {
		if (operations[shrink->kept[i]].call <= stamps[furthest])
			shrink->kept[count++] = shrink->kept[i];
	}
	if (furthest < returns)
		shrink->part.count = count;
	free(stamps);
}

/* Tries without the units in [from, to). Keeps the result when it still fails. */
static bool try_without(struct shrink *shrink, uint32_t from, uint32_t to)
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
	if (!fails(shrink, &part, &furthest))
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

/* Leaves out runs of units, long ones first. Unit 0 stays. */
static void drop_units(struct shrink *shrink, uint32_t units)
{
	for (uint32_t length = units; length; length /= 2) {
		for (uint32_t from = 1; from < units && shrink->steps_left; from += length)
			try_without(shrink, from, from + length < units ? from + length : units);
	}
}

/* Numbers each operation that never changes a state; all others are unit 0. */
static uint32_t observer_units(struct shrink *shrink)
{
	const struct afield_history *history = shrink->part.history;
	uint32_t units = 1;

	for (uint32_t i = 0; i < shrink->part.count; i++)
		shrink->unit[i] =
			afield__observes(history->model, &history->operations[shrink->kept[i]])
				? units++
				: 0;
	return units;
}

/* Numbers the values. 0 when the model has no groups or something belongs to none. */
static uint32_t group_units(struct shrink *shrink)
{
	const struct afield_history *history = shrink->part.history;
	const struct afield_model *model = history->model;
	size_t size = 64;
	uint32_t *table, units = 1;
	afield_value *groups;

	if (!model->group || shrink->part.starts)
		return 0;
	while (size < (size_t)shrink->part.count * 2)
		size *= 2;
	table = (uint32_t *)calloc(size, sizeof(*table));
	groups = (afield_value *)malloc((shrink->part.count + 1) * sizeof(*groups));
	for (uint32_t i = 0; table && groups && units && i < shrink->part.count; i++) {
		afield_value group;
		size_t at;

		if (!model->group(model, &history->operations[shrink->kept[i]], &group)) {
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
		shrink->unit[i] = table[at];
	}
	if (!table || !groups)
		units = 0;
	free(table);
	free(groups);
	return units;
}

/* Only the groups a monitor blamed, when they fail by themselves. */
static bool keep_blamed(struct shrink *shrink, const struct afield__blame *blame)
{
	const struct afield_history *history = shrink->part.history;
	const struct afield_model *model = history->model;
	struct afield__part part = shrink->part;
	uint32_t furthest;

	if (!blame->count || !group_units(shrink))
		return false;
	part.operations = shrink->trial;
	part.count = 0;
	for (uint32_t i = 0; i < shrink->part.count; i++) {
		afield_value group, guilty;

		model->group(model, &history->operations[shrink->kept[i]], &group);
		for (uint32_t j = 0; j < blame->count; j++) {
			model->group(model, &history->operations[blame->operations[j]], &guilty);
			if (group == guilty) {
				shrink->trial[part.count++] = shrink->kept[i];
				break;
			}
		}
	}
	if (!fails(shrink, &part, &furthest))
		return false;
	memcpy(shrink->kept, shrink->trial, part.count * sizeof(*shrink->kept));
	shrink->part.count = part.count;
	cut_end(shrink, furthest);
	return true;
}

/* The number of operations before the last point where nothing is open, the whole part aside. */
static uint32_t last_quiet(const struct shrink *shrink)
{
	const struct afield_operation *operations = shrink->part.history->operations;
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
static void cut_start(struct shrink *shrink, struct afield_witness *witness)
{
	struct afield__budget budget = {2000000, (uint64_t)1 << 28};
	uint32_t quiet = last_quiet(shrink), furthest;
	struct afield__wave *wave;
	struct afield__part part = shrink->part;

	if (!quiet)
		return;
	/* No reductions: a left-out operation would move the count of returns. */
	wave = afield__wave_create(&shrink->part, true);
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
	afield__wave_free(wave);
	if (!part.starts || !fails(shrink, &part, &furthest)) {
		witness->starts = NULL;
		witness->start_count = 0;
		return;
	}
	memmove(shrink->kept, part.operations, part.count * sizeof(*shrink->kept));
	part.operations = shrink->kept;
	shrink->part = part;
	witness->left_out = quiet;
}

static void make_small(struct shrink *shrink, struct afield_witness *witness,
		       const struct afield__blame *blame, uint32_t furthest)
{
	uint32_t units;

	if (!keep_blamed(shrink, blame)) {
		if (furthest == AFIELD__NONE && !fails(shrink, &shrink->part, &furthest))
			return;
		cut_end(shrink, furthest);
	}
	units = group_units(shrink);
	if (units)
		drop_units(shrink, units);
	if (shrink->part.count > SMALL)
		cut_start(shrink, witness);
	drop_units(shrink, observer_units(shrink));
}

struct afield_witness *afield__witness_create(const struct afield__part *part,
					      const struct afield__blame *blame, uint32_t furthest)
{
	struct afield_witness *witness = (struct afield_witness *)calloc(1, sizeof(*witness));
	struct shrink shrink = {*part, NULL, NULL, NULL,
				ALL_STEPS + ALL_EACH * (uint64_t)part->count};
	size_t bytes = (part->count + (size_t)1) * sizeof(*shrink.kept);

	if (!witness)
		return NULL;
	witness->history = part->history;
	witness->stuck = AFIELD__NONE;
	shrink.kept = (uint32_t *)malloc(bytes);
	shrink.trial = (uint32_t *)malloc(bytes);
	shrink.unit = (uint32_t *)malloc(bytes);
	if (!shrink.kept || !shrink.trial || !shrink.unit)
		goto out;
	if (part->count)
		memcpy(shrink.kept, part->operations, part->count * sizeof(*shrink.kept));
	shrink.part.operations = shrink.kept;
	make_small(&shrink, witness, blame, furthest);
	if (shrink.part.count <= MOST_DRAWN && afield__search_furthest(&shrink.part, &furthest))
		cut_end(&shrink, furthest);
	witness->count = shrink.part.count;
	witness->operations = (uint32_t *)malloc((witness->count + 1) * sizeof(uint32_t));
	witness->partial = (uint32_t *)malloc((witness->count + (size_t)1) * AFIELD__PARTIALS *
					      sizeof(uint32_t));
	witness->states = (struct afield_state *)calloc(AFIELD__PARTIALS, sizeof(*witness->states));
	if (!witness->operations || !witness->partial || !witness->states) {
		witness->count = 0;
		goto out;
	}
	memcpy(witness->operations, shrink.kept, witness->count * sizeof(*shrink.kept));
	if (witness->count <= MOST_DRAWN)
		afield__find_partials(&shrink.part, witness);
out:
	free(shrink.kept);
	free(shrink.trial);
	free(shrink.unit);
	return witness;
}

void afield__witness_free(struct afield_witness *witness)
{
	if (!witness)
		return;
	afield__arena_fini(&witness->arena);
	free(witness->operations);
	free(witness->partial);
	free(witness->states);
	free(witness);
}
