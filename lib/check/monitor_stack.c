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
#include "cover.h"
#include "monitor.h"

#include <stdlib.h>
#include <string.h>

struct stretch {
	size_t from, to; /* places */
};

struct stack {
	const struct afield__part *part;
	struct afield__items items; /* sorted by where their presence begins */
	afield__time *times;        /* distinct stamps; stamp i is at place 2i */
	size_t time_count;
	size_t *from;        /* place of each item's stamp add_high */
	size_t *to;          /* and of its stamp low */
	size_t *first;       /* first item whose presence begins at stamp i or later */
	afield__time *leave; /* until when the item may be removed */
	uint32_t *rank;      /* of `leave` among all, from 1 */
	struct afield__cover cover;
	struct afield__peaks calls;  /* by add_low, the least first: not yet known to reach down */
	struct afield__peaks leaves; /* by leave, the greatest first: those that reach down */
	uint32_t *peek;              /* peeks, grouped by item */
	size_t *peek_start;
	struct stretch *work;
	size_t work_count;
	size_t work_capacity;
	size_t *aside; /* items whose peeks do not fit yet */
	size_t aside_count;
};

static int compare_times(const void *left, const void *right)
{
	afield__time a = *(const afield__time *)left, b = *(const afield__time *)right;

	return a < b ? -1 : a > b;
}

static int compare_items(const void *left, const void *right)
{
	const struct afield__item *a = (const struct afield__item *)left;
	const struct afield__item *b = (const struct afield__item *)right;

	return a->add_high < b->add_high ? -1 : a->add_high > b->add_high;
}

static size_t index_of(const afield__time *times, size_t count, afield__time time)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (times[middle] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t sort_distinct(afield__time *times, size_t count)
{
	size_t kept = 0;

	qsort(times, count, sizeof(*times), compare_times);
	for (size_t i = 0; i < count; i++) {
		if (!kept || times[kept - 1] != times[i])
			times[kept++] = times[i];
	}
	return kept;
}

/* Ranks of numbers among themselves, from 1; the greatest number first when `down`. */
static bool rank(uint32_t *ranks, const struct stack *stack, bool down)
{
	size_t count = stack->items.count, distinct;
	afield__time *sorted = (afield__time *)malloc((count + 1) * sizeof(*sorted));

	if (!sorted)
		return false;
	for (size_t i = 0; i < count; i++)
		sorted[i] = down ? stack->items.items[i].add_low : stack->leave[i];
	distinct = sort_distinct(sorted, count);
	for (size_t i = 0; i < count; i++) {
		size_t place = index_of(sorted, distinct,
					down ? stack->items.items[i].add_low : stack->leave[i]);

		ranks[i] = (uint32_t)(down ? distinct - place : place + 1);
	}
	free(sorted);
	return true;
}

static bool is_peek(const struct afield_operation *operation)
{
	afield_value result = afield_result(operation, 0);

	return operation->verb == 2 && result != AFIELD_ANY && result != AFIELD_EMPTY;
}

/* The peeks of each item, one behind the other. */
static void gather_peeks(struct stack *stack)
{
	const struct afield__part *part = stack->part;
	const struct afield_operation *operations = part->history->operations;
	struct afield__items *items = &stack->items;
	size_t *end = stack->aside;

	/* The items were sorted: say again which value is where. */
	memset(items->table, 0xff, items->table_size * sizeof(*items->table));
	for (size_t i = 0; i < items->count; i++) {
		size_t at = afield__mix((uint64_t)items->items[i].value) & (items->table_size - 1);

		while (items->table[at] != AFIELD__NONE)
			at = (at + 1) & (items->table_size - 1);
		items->table[at] = (uint32_t)i;
	}
	for (uint32_t i = 0; i < part->count; i++) {
		const struct afield_operation *operation = &operations[part->operations[i]];

		if (is_peek(operation))
			stack->peek_start[afield__item(items, afield_result(operation, 0)) -
					  items->items + 1]++;
	}
	for (size_t i = 0; i < items->count; i++) {
		end[i] = stack->peek_start[i];
		stack->peek_start[i + 1] += stack->peek_start[i];
	}
	for (uint32_t i = 0; i < part->count; i++) {
		const struct afield_operation *operation = &operations[part->operations[i]];

		if (is_peek(operation))
			stack->peek[end[afield__item(items, afield_result(operation, 0)) -
					items->items]++] = part->operations[i];
	}
}

static bool build(struct stack *stack)
{
	struct afield__items *items = &stack->items;
	size_t count = items->count, room = count + 2;
	uint32_t *calls = (uint32_t *)malloc(room * sizeof(*calls));
	bool built = false;

	qsort(items->items, count, sizeof(*items->items), compare_items);
	stack->times = (afield__time *)malloc(room * 2 * sizeof(*stack->times));
	stack->from = (size_t *)malloc(room * sizeof(*stack->from));
	stack->to = (size_t *)malloc(room * sizeof(*stack->to));
	stack->leave = (afield__time *)malloc(room * sizeof(*stack->leave));
	stack->rank = (uint32_t *)malloc(room * sizeof(*stack->rank));
	stack->peek = (uint32_t *)malloc((stack->part->count + (size_t)1) * sizeof(*stack->peek));
	stack->peek_start = (size_t *)calloc(room, sizeof(*stack->peek_start));
	stack->aside = (size_t *)malloc(room * sizeof(*stack->aside));
	stack->first = (size_t *)malloc(room * 2 * sizeof(*stack->first));
	if (!calls || !stack->times || !stack->from || !stack->to || !stack->leave ||
	    !stack->rank || !stack->peek || !stack->peek_start || !stack->aside || !stack->first)
		goto out;
	for (size_t i = 0; i < count; i++) {
		const struct afield__item *item = &items->items[i];

		stack->times[i * 2] = item->add_high;
		stack->times[i * 2 + 1] = item->low;
		stack->leave[i] = AFIELD__FOREVER;
		if (item->remove != AFIELD__NONE)
			stack->leave[i] = afield__return_time(
				&stack->part->history->operations[item->remove]);
	}
	stack->time_count = sort_distinct(stack->times, count * 2);
	if (!rank(calls, stack, true) || !rank(stack->rank, stack, false) ||
	    !afield__cover_init(&stack->cover, stack->time_count * 2 + 1) ||
	    !afield__peaks_init(&stack->calls, count) || !afield__peaks_init(&stack->leaves, count))
		goto out;
	gather_peeks(stack);
	for (size_t i = 0, stamp = 0; stamp <= stack->time_count; stamp++) {
		while (i < count && stamp < stack->time_count &&
		       items->items[i].add_high < stack->times[stamp])
			i++;
		stack->first[stamp] = stamp < stack->time_count ? i : count;
	}
	for (size_t i = 0; i < count; i++) {
		const struct afield__item *item = &items->items[i];

		stack->from[i] = index_of(stack->times, stack->time_count, item->add_high) * 2;
		stack->to[i] = index_of(stack->times, stack->time_count, item->low) * 2;
		/* One that need not be there at any time overlaps nothing and is always possible.
		 */
		if (item->add_high >= item->low)
			continue;
		afield__cover_add(&stack->cover, stack->from[i] + 1, stack->to[i], 1);
		afield__peaks_set(&stack->calls, i, calls[i]);
	}
	built = true;
out:
	free(calls);
	return built;
}

static void fini(struct stack *stack)
{
	afield__items_fini(&stack->items);
	afield__cover_fini(&stack->cover);
	afield__peaks_fini(&stack->calls);
	afield__peaks_fini(&stack->leaves);
	free(stack->times);
	free(stack->from);
	free(stack->to);
	free(stack->first);
	free(stack->leave);
	free(stack->rank);
	free(stack->peek);
	free(stack->peek_start);
	free(stack->work);
	free(stack->aside);
}

/* Whether some time of the closed interval is not covered. */
static bool has_free_time(const struct stack *stack, const struct afield_operation *operation)
{
	afield__time call = afield__call_time(operation);
	size_t stamp = index_of(stack->times, stack->time_count, call), place, free_place;

	/* The place of the call: a stamp's own, or the gap before the next stamp. */
	if (stamp < stack->time_count && stack->times[stamp] == call)
		place = stamp * 2;
	else if (stamp == 0 || stamp == stack->time_count)
		return true;
	else
		place = stamp * 2 - 1;
	free_place = afield__cover_next(&stack->cover, place, false);
	if (free_place == place || free_place / 2 >= stack->time_count)
		return true;
	/* Cover ends at stamps only, so the first free place is a stamp. */
	return stack->times[free_place / 2] <= afield__return_time(operation);
}

/* Adds the maximal covered stretches in [from, to). */
static bool add_stretches(struct stack *stack, size_t from, size_t to)
{
	for (size_t at = from; at < to;) {
		struct stretch *stretch;

		at = afield__cover_next(&stack->cover, at, true);
		if (at >= to)
			break;
		if (!afield__grow(&stack->work, &stack->work_capacity, stack->work_count,
				  sizeof(*stack->work)))
			return false;
		stretch = &stack->work[stack->work_count++];
		stretch->from = at;
		at = afield__cover_next(&stack->cover, at, false);
		stretch->to = at;
	}
	return true;
}

/* Whether every peek of the item, which is taken out of the cover, has a time to itself. */
static bool peeks_fit(const struct stack *stack, size_t item)
{
	for (size_t i = stack->peek_start[item]; i < stack->peek_start[item + 1]; i++) {
		if (!has_free_time(stack, &stack->part->history->operations[stack->peek[i]]))
			return false;
	}
	return true;
}

/* Takes a bottom value out of the stretch. False when none can be at the bottom. */
static bool take_bottom(struct stack *stack, const struct stretch *stretch)
{
	/* A stretch begins behind one stamp and ends before another. */
	size_t begin = (stretch->from - 1) / 2, end = stretch->to / 2;
	size_t low = stack->first[begin], high = stack->first[end], item;
	bool found = false;

	/* Those called early enough to be added before all others reach down for good. */
	while ((item = afield__peaks_find(&stack->calls, low, high)) != SIZE_MAX &&
	       stack->items.items[item].add_low <= stack->times[begin]) {
		afield__peaks_set(&stack->calls, item, 0);
		afield__peaks_set(&stack->leaves, item, stack->rank[item]);
	}
	stack->aside_count = 0;
	while (!found && (item = afield__peaks_find(&stack->leaves, low, high)) != SIZE_MAX &&
	       stack->leave[item] >= stack->times[end]) {
		afield__peaks_set(&stack->leaves, item, 0);
		afield__cover_add(&stack->cover, stack->from[item] + 1, stack->to[item], -1);
		found = peeks_fit(stack, item);
		if (found)
			break;
		afield__cover_add(&stack->cover, stack->from[item] + 1, stack->to[item], 1);
		stack->aside[stack->aside_count++] = item;
	}
	for (size_t i = 0; i < stack->aside_count; i++)
		afield__peaks_set(&stack->leaves, stack->aside[i], stack->rank[stack->aside[i]]);
	return found;
}

static enum afield__result blame_stretch(const struct stack *stack, const struct stretch *stretch,
					 struct afield__blame *blame)
{
	size_t low = stack->first[(stretch->from - 1) / 2], high = stack->first[stretch->to / 2];

	for (size_t i = low; i < high; i++) {
		bool left = stack->calls.nodes[stack->calls.size + i] ||
			    stack->leaves.nodes[stack->leaves.size + i];

		if (!left)
			continue;
		if (blame->count == AFIELD__MOST_BLAMED) {
			blame->count = 0;
			break;
		}
		afield__guilty(blame, stack->items.items[i].guilt);
	}
	return AFIELD__NONLIN;
}

static enum afield__result judge(struct stack *stack, const uint32_t *empties, uint32_t empty_count,
				 struct afield__blame *blame)
{
	for (uint32_t i = 0; i < empty_count; i++) {
		if (!has_free_time(stack, &stack->part->history->operations[empties[i]]))
			return AFIELD__NONLIN;
	}
	if (!add_stretches(stack, 0, stack->time_count * 2))
		return AFIELD__NO_MEMORY;
	while (stack->work_count) {
		struct stretch stretch = stack->work[--stack->work_count];

		if (!take_bottom(stack, &stretch))
			return blame_stretch(stack, &stretch, blame);
		if (!add_stretches(stack, stretch.from, stretch.to))
			return AFIELD__NO_MEMORY;
	}
	return AFIELD__LIN;
}

enum afield__result afield__monitor_stack(const struct afield__part *part,
					  struct afield__blame *blame)
{
	struct stack stack = {0};
	uint32_t *empties, empty_count;
	enum afield__result result;

	stack.part = part;
	result = afield__gather_row(part, &stack.items, &empties, &empty_count, blame);
	/* Without any value it is always empty. */
	if (result == AFIELD__LIN && stack.items.count)
		result = build(&stack) ? judge(&stack, empties, empty_count, blame)
				       : AFIELD__NO_MEMORY;
	free(empties);
	fini(&stack);
	return result;
}
