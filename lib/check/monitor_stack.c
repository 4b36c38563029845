/* SPDX-License-Identifier: MIT */
/*
 * monitor_stack.c: stacks in which no value is added twice and every removal tells its value.
 *
 * A value must be there in the open time between the least return and the greatest call of its
 * operations. At a time when no value must be there, the history falls apart: each value belongs
 * wholly before or wholly behind it, and both sides can be judged alone. Where such times are
 * missing, values overlap into one stretch, and one of them must be at the bottom: added before and
 * removed behind all the others. Any value for which that is possible can be taken as the bottom,
 * and the others are judged without it. Each step keeps the answer, so nothing is ever tried twice.
 *
 * To peek at the bottom value, and to find the stack empty, needs a time at which none of the
 * others must be there.
 *
 * Without peeks this takes n log n steps. A value that could be the bottom but for its peeks is set
 * aside until its stretch changes, which may add a factor.
 */
#include "monitor_stack.h"

#include <stdlib.h>
#include <string.h>

struct stretch {
	uint32_t from, to; /* places */
	uint32_t depth;
};

struct work {
	struct stretch *stretches;
	size_t count;
	size_t capacity;
};

/* One that need not be there at any time overlaps nothing and is always possible. */
static bool is_present(const struct afield__item *item)
{
	return !item->absent && item->add_high < item->low;
}

/* Until when the item may be removed. */
static afield__time leave_time(const struct afield__stack *stack, uint32_t number)
{
	uint32_t remove = stack->items.items[stack->present[number]].remove;

	return remove == AFIELD__NONE ? AFIELD__FOREVER : stack->input->ret[remove];
}

/* Numbers by their time, the first or the last the greatest. FOREVER is behind all. */
static uint32_t early(const struct afield__stack *stack, afield__time time)
{
	return (uint32_t)(stack->input->last - time) + 1;
}

static uint32_t late(afield__time time)
{
	return (uint32_t)time;
}

/* Numbers those that must be there. */
static bool number_present(struct afield__stack *stack)
{
	const struct afield__items *items = &stack->items;
	struct afield__keyed *keys =
		(struct afield__keyed *)malloc((items->count + 1) * sizeof(*keys));

	stack->present = (uint32_t *)malloc((items->count + 1) * sizeof(*stack->present));
	if (!keys || !stack->present) {
		free(keys);
		return false;
	}
	for (uint32_t i = 0; i < items->count; i++) {
		if (!is_present(&items->items[i]))
			continue;
		keys[stack->count].key = items->items[i].add_high;
		keys[stack->count++].index = i;
	}
	afield__sort(keys, stack->count);
	for (uint32_t i = 0; i < stack->count; i++)
		stack->present[i] = keys[i].index;
	free(keys);
	return true;
}

static void mark(struct afield__stack *stack, afield__time time)
{
	size_t rank =
		time == AFIELD__FOREVER ? (size_t)stack->input->last / 2 + 1 : (size_t)time / 2;

	stack->stamp_at[rank] = 1;
}

/* Finds the distinct stamps, and for every rank the first that is not before it. */
static bool find_stamps(struct afield__stack *stack)
{
	size_t ranks = (size_t)stack->input->last / 2 + 2;

	stack->stamp_at = (uint32_t *)calloc(ranks, sizeof(*stack->stamp_at));
	if (!stack->stamp_at)
		return false;
	for (size_t i = 0; i < stack->items.count; i++) {
		const struct afield__item *item = &stack->items.items[i];

		if (is_present(item)) {
			mark(stack, item->add_high);
			mark(stack, item->low);
		} else if (stack->input->order && !item->absent) {
			mark(stack, item->low);
		}
	}
	for (size_t i = 0; i < ranks; i++)
		stack->time_count += stack->stamp_at[i];
	stack->times =
		(afield__time *)malloc((stack->time_count + (size_t)1) * sizeof(*stack->times));
	if (!stack->times)
		return false;
	for (size_t i = 0, count = 0; i < ranks; i++) {
		bool is_stamp = stack->stamp_at[i];

		stack->stamp_at[i] = (uint32_t)count;
		if (is_stamp)
			stack->times[count++] =
				i + 1 == ranks ? AFIELD__FOREVER : (afield__time)i * 2;
	}
	return true;
}

static bool build(struct afield__stack *stack)
{
	const struct afield__input *input = stack->input;
	size_t room;

	if (!number_present(stack) || !find_stamps(stack))
		return false;
	room = stack->count + (size_t)1;
	stack->first = (uint32_t *)malloc((stack->time_count + (size_t)1) * sizeof(*stack->first));
	stack->aside = (uint32_t *)malloc(room * sizeof(*stack->aside));
	if (input->order) {
		stack->spans = (struct afield__span_of *)calloc(room, sizeof(*stack->spans));
		stack->place =
			(uint32_t *)calloc(input->part->count + (size_t)1, sizeof(*stack->place));
		if (!stack->spans || !stack->place)
			return false;
	}
	if (!stack->first || !stack->aside ||
	    !afield__buckets_init(&stack->of_item, stack->items.of, input->part->count,
				  stack->items.count) ||
	    !afield__cover_init(&stack->cover, stack->time_count * (size_t)2 + 1) ||
	    !afield__peaks_init(&stack->calls, stack->count) ||
	    !afield__peaks_init(&stack->leaves, stack->count))
		return false;
	for (uint32_t i = 0, stamp = 0; stamp <= stack->time_count; stamp++) {
		while (i < stack->count && stamp < stack->time_count &&
		       stack->items.items[stack->present[i]].add_high < stack->times[stamp])
			i++;
		stack->first[stamp] = stamp < stack->time_count ? i : stack->count;
	}
	for (uint32_t i = 0; i < stack->count; i++) {
		const struct afield__item *item = &stack->items.items[stack->present[i]];

		afield__cover_lay(&stack->cover, afield__stamp_at(stack, item->add_high) * 2 + 1,
				  afield__stamp_at(stack, item->low) * 2);
		afield__peaks_lay(&stack->calls, i, early(stack, item->add_low));
	}
	afield__cover_settle(&stack->cover);
	afield__peaks_settle(&stack->calls);
	return true;
}

static void fini(struct afield__stack *stack)
{
	afield__items_fini(&stack->items);
	afield__cover_fini(&stack->cover);
	afield__peaks_fini(&stack->calls);
	afield__peaks_fini(&stack->leaves);
	afield__buckets_fini(&stack->of_item);
	free(stack->present);
	free(stack->times);
	free(stack->stamp_at);
	free(stack->first);
	free(stack->aside);
	free(stack->spans);
	free(stack->place);
}

/* Whether some time of the operation is not covered. Notes the first. */
static bool find_free_time(struct afield__stack *stack, uint32_t index)
{
	afield__time call = stack->input->call[index];
	uint32_t stamp = afield__stamp_at(stack, call);
	bool is_stamp = stamp < stack->time_count && stack->times[stamp] == call;
	/* The place of the call: a stamp's own, or the gap before the next stamp. */
	size_t place = stamp * (size_t)2 - !is_stamp, free_place = place;

	if (is_stamp || (stamp && stamp < stack->time_count)) {
		free_place = afield__cover_next(&stack->cover, place, false);
		/* Cover ends at stamps only, so a later free place is a stamp. */
		if (free_place != place && free_place / 2 < stack->time_count &&
		    stack->times[free_place / 2] > stack->input->ret[index])
			return false;
	}
	if (stack->place)
		stack->place[index] = (uint32_t)(free_place + 1);
	return true;
}

/* Adds the maximal covered stretches in [from, to). */
static bool add_stretches(const struct afield__stack *stack, struct work *work, size_t from,
			  size_t to, uint32_t depth)
{
	for (size_t at = from; at < to;) {
		struct stretch *stretch;

		at = afield__cover_next(&stack->cover, at, true);
		if (at >= to)
			break;
		if (!afield__grow(&work->stretches, &work->capacity, work->count,
				  sizeof(*work->stretches)))
			return false;
		stretch = &work->stretches[work->count++];
		stretch->from = (uint32_t)at;
		at = afield__cover_next(&stack->cover, at, false);
		stretch->to = (uint32_t)at;
		stretch->depth = depth;
	}
	return true;
}

static bool is_peek(const struct afield__stack *stack, uint32_t index)
{
	return afield__operation(stack->input, index)->verb == 2;
}

/* Whether every peek of the item, which is taken out of the cover, has a time to itself. */
static bool peeks_fit(struct afield__stack *stack, uint32_t item)
{
	const struct afield__buckets *of_item = &stack->of_item;

	for (uint32_t i = of_item->start[item]; i < of_item->start[item + 1]; i++) {
		if (is_peek(stack, of_item->members[i]) &&
		    !find_free_time(stack, of_item->members[i]))
			return false;
	}
	return true;
}

/* Adds to or takes from the cover what the value covers. */
static void cover(struct afield__stack *stack, uint32_t number, int32_t change)
{
	const struct afield__item *item = &stack->items.items[stack->present[number]];

	afield__cover_add(&stack->cover, afield__stamp_at(stack, item->add_high) * (size_t)2 + 1,
			  afield__stamp_at(stack, item->low) * (size_t)2, change);
}

/* Takes a bottom value out of the stretch. False when none can be at the bottom. */
static bool take_bottom(struct afield__stack *stack, const struct stretch *stretch)
{
	/* A stretch begins behind one stamp and ends before another. */
	uint32_t begin = (stretch->from - 1) / 2, end = stretch->to / 2;
	size_t low = stack->first[begin], high = stack->first[end], number = 0, aside = 0;
	uint32_t reaches = early(stack, stack->times[begin]);
	bool found = false;

	/* Those called early enough to be added before all others reach down for good. */
	while ((number = afield__peaks_find(&stack->calls, low, high, reaches)) != SIZE_MAX) {
		afield__peaks_set(&stack->calls, number, 0);
		afield__peaks_set(&stack->leaves, number,
				  late(leave_time(stack, (uint32_t)number)));
	}
	reaches = late(stack->times[end]);
	while (!found &&
	       (number = afield__peaks_find(&stack->leaves, low, high, reaches)) != SIZE_MAX) {
		afield__peaks_set(&stack->leaves, number, 0);
		cover(stack, (uint32_t)number, -1);
		found = peeks_fit(stack, stack->present[number]);
		if (found)
			break;
		cover(stack, (uint32_t)number, 1);
		stack->aside[aside++] = (uint32_t)number;
	}
	for (size_t i = 0; i < aside; i++)
		afield__peaks_set(&stack->leaves, stack->aside[i],
				  late(leave_time(stack, stack->aside[i])));
	if (found && stack->spans) {
		stack->spans[number].from = begin;
		stack->spans[number].to = end;
		stack->spans[number].depth = stretch->depth;
	}
	return found;
}

static enum afield__result blame_stretch(const struct afield__stack *stack,
					 const struct stretch *stretch)
{
	uint32_t low = stack->first[(stretch->from - 1) / 2], high = stack->first[stretch->to / 2];

	for (uint32_t i = low; i < high; i++) {
		if (stack->calls.nodes[stack->calls.size + i] ||
		    stack->leaves.nodes[stack->leaves.size + i])
			afield__guilty(stack->input, stack->items.items[stack->present[i]].guilt);
	}
	return AFIELD__NONLIN;
}

/* Blames who found it empty, and those that must be there all that time. */
static enum afield__result blame_empty(const struct afield__stack *stack, uint32_t index)
{
	const struct afield__input *input = stack->input;

	afield__guilty(input, index);
	for (uint32_t i = 0; i < stack->count; i++) {
		const struct afield__item *item = &stack->items.items[stack->present[i]];

		if (item->add_high <= input->ret[index] && item->low >= input->call[index])
			afield__guilty(input, item->guilt);
	}
	return AFIELD__NONLIN;
}

static enum afield__result judge(struct afield__stack *stack, const uint32_t *empties,
				 uint32_t empty_count)
{
	struct work work = {NULL, 0, 0};
	enum afield__result result = AFIELD__LIN;

	for (uint32_t i = 0; i < empty_count; i++) {
		if (!find_free_time(stack, empties[i]))
			return blame_empty(stack, empties[i]);
	}
	if (!add_stretches(stack, &work, 0, stack->time_count * (size_t)2, 0))
		result = AFIELD__NO_MEMORY;
	while (work.count && result == AFIELD__LIN) {
		struct stretch stretch = work.stretches[--work.count];

		if (!take_bottom(stack, &stretch))
			result = blame_stretch(stack, &stretch);
		else if (!add_stretches(stack, &work, stretch.from, stretch.to, stretch.depth + 1))
			result = AFIELD__NO_MEMORY;
	}
	free(work.stretches);
	return result;
}

enum afield__result afield__monitor_stack(const struct afield__input *input)
{
	struct afield__stack stack = {.input = input};
	uint32_t *empties, empty_count;
	enum afield__result result;

	result = afield__gather_row(input, &stack.items, &empties, &empty_count);
	if (result == AFIELD__LIN)
		result = build(&stack) ? judge(&stack, empties, empty_count) : AFIELD__NO_MEMORY;
	if (result == AFIELD__LIN && input->order &&
	    !afield__order_stack(&stack, empties, empty_count))
		result = AFIELD__NO_MEMORY;
	free(empties);
	fini(&stack);
	return result;
}
