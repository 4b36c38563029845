/* SPDX-License-Identifier: MIT */
/*
 * monitor_queue.c: queues in which no value is added twice and every removal tells its value.
 *
 * After Henzinger, Sezgin and Vafeiadis, with peeks added. Each value is added once and is then at
 * the front for a while, which ends with its removal. Values come to the front in the order in
 * which they were added. That order exists unless some a must be added before b although b must be
 * at the front before a; a longer cycle always contains one of two, because both relations come
 * from intervals. An operation that found the queue empty must have a time at which no value must
 * be there.
 *
 * A value that was peeked at has the front for itself from the first to the last time it was seen
 * there. So others must come before or behind that whole time, and their own bounds are drawn in to
 * say so.
 */
#include "monitor.h"

#include <stdlib.h>
#include <string.h>

/* The time between which a value must be in the queue, and who it is. */
struct presence {
	afield__time from, to;
	const struct afield__item *item;
};

static int compare_highs(const void *left, const void *right)
{
	const struct afield__item *a = *(const struct afield__item *const *)left;
	const struct afield__item *b = *(const struct afield__item *const *)right;

	return a->high < b->high ? -1 : a->high > b->high;
}

static int compare_add_lows(const void *left, const void *right)
{
	const struct afield__item *a = *(const struct afield__item *const *)left;
	const struct afield__item *b = *(const struct afield__item *const *)right;

	return a->add_low < b->add_low ? -1 : a->add_low > b->add_low;
}

static int compare_add_highs(const void *left, const void *right)
{
	const struct afield__item *a = *(const struct afield__item *const *)left;
	const struct afield__item *b = *(const struct afield__item *const *)right;

	return a->add_high < b->add_high ? -1 : a->add_high > b->add_high;
}

static int compare_presences(const void *left, const void *right)
{
	const struct presence *a = (const struct presence *)left;
	const struct presence *b = (const struct presence *)right;

	return a->from < b->from ? -1 : a->from > b->from;
}

static enum afield__result both(struct afield__blame *blame, const struct afield__item *a,
				const struct afield__item *b)
{
	afield__guilty(blame, a->guilt);
	return afield__guilty(blame, b->guilt);
}

static bool is_forward(const struct afield__item *item)
{
	return item->high < item->low;
}

/* The last of the sorted zones that begins before the time, or NULL. */
static const struct afield__item *zone_before(struct afield__item **zones, size_t count,
					      afield__time time)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (zones[middle]->high < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? zones[low - 1] : NULL;
}

/* Draws in the bounds of `item` that lie inside the time another has the front for itself. */
static enum afield__result draw_in(struct afield__item *item, struct afield__item **zones,
				   size_t count, struct afield__blame *blame)
{
	const struct afield__item *first = zone_before(zones, count, item->low);
	const struct afield__item *last = zone_before(zones, count, item->high);

	if (first && item->low >= first->low)
		first = NULL;
	if (last && item->high >= last->low)
		last = NULL;
	if (first && first == last)
		return both(blame, item, first);
	if (first)
		item->low = first->low;
	if (last)
		item->high = last->high;
	return AFIELD__LIN;
}

/* After this every value has a plain interval [low, high] at the front: those seen twice a point.
 */
static enum afield__result settle_fronts(struct afield__items *items, struct afield__item **zones,
					 struct afield__blame *blame)
{
	enum afield__result result = AFIELD__LIN;
	size_t count = 0;

	for (size_t i = 0; i < items->count; i++) {
		if (is_forward(&items->items[i]))
			zones[count++] = &items->items[i];
	}
	qsort(zones, count, sizeof(*zones), compare_highs);
	for (size_t i = 1; i < count; i++) {
		if (zones[i]->high < zones[i - 1]->low)
			return both(blame, zones[i], zones[i - 1]);
	}
	for (size_t i = 0; i < items->count && result == AFIELD__LIN; i++) {
		if (!is_forward(&items->items[i]))
			result = draw_in(&items->items[i], zones, count, blame);
	}
	return result;
}

/* Whether some a is added before b while b must leave the front before a comes there. */
static enum afield__result check_order(const struct afield__items *items,
				       struct afield__item **by_low, struct afield__item **by_high,
				       struct afield__blame *blame)
{
	const struct afield__item *latest = NULL;
	afield__time latest_low = AFIELD__NEVER;
	size_t passed = 0;

	for (size_t i = 0; i < items->count; i++) {
		by_low[i] = &items->items[i];
		by_high[i] = &items->items[i];
	}
	qsort(by_low, items->count, sizeof(*by_low), compare_add_lows);
	qsort(by_high, items->count, sizeof(*by_high), compare_add_highs);
	for (size_t i = 0; i < items->count; i++) {
		const struct afield__item *item = by_low[i];
		/* A time at the front that is a point lies just behind its first sight. */
		afield__time high = is_forward(item) ? item->high + 1 : item->high;

		for (; passed < items->count && by_high[passed]->add_high < item->add_low;
		     passed++) {
			const struct afield__item *earlier = by_high[passed];
			afield__time low = is_forward(earlier) ? earlier->high + 1 : earlier->low;

			if (low > latest_low) {
				latest_low = low;
				latest = earlier;
			}
		}
		if (latest && high < latest_low)
			return both(blame, latest, item);
	}
	return AFIELD__LIN;
}

/* Blames the few values that together leave no time free for the operation that found nothing. */
static enum afield__result blame_cover(const struct presence *presences, size_t count,
				       uint32_t index, const struct afield_operation *operation,
				       struct afield__blame *blame)
{
	afield__time at = afield__call_time(operation), ret = afield__return_time(operation);

	afield__guilty(blame, index);
	while (at <= ret) {
		const struct presence *longest = NULL;

		for (size_t i = 0; i < count && presences[i].from < at; i++) {
			if (!longest || presences[i].to > longest->to)
				longest = &presences[i];
		}
		if (!longest || longest->to <= at || blame->count == AFIELD__MOST_BLAMED) {
			blame->count = 0;
			break;
		}
		afield__guilty(blame, longest->item->guilt);
		at = longest->to;
	}
	return AFIELD__NONLIN;
}

/* Joins presences that overlap into stretches, sorted; `to` of each is free again. */
static size_t join(struct presence *stretches, const struct presence *presences, size_t count)
{
	size_t joined = 0;

	for (size_t i = 0; i < count; i++) {
		if (joined && presences[i].from < stretches[joined - 1].to) {
			if (presences[i].to > stretches[joined - 1].to)
				stretches[joined - 1].to = presences[i].to;
		} else {
			stretches[joined++] = presences[i];
		}
	}
	return joined;
}

static enum afield__result check_empties(const struct afield__part *part,
					 const struct afield__items *items, const uint32_t *empties,
					 uint32_t empty_count, struct afield__blame *blame)
{
	struct presence *presences =
		(struct presence *)malloc((items->count + 1) * 2 * sizeof(*presences));
	struct presence *stretches;
	enum afield__result result = AFIELD__LIN;
	size_t count = 0, joined;

	if (!presences)
		return AFIELD__NO_MEMORY;
	for (size_t i = 0; i < items->count; i++) {
		const struct afield__item *item = &items->items[i];

		if (item->add_high >= item->low)
			continue;
		presences[count].from = item->add_high;
		presences[count].to = item->low;
		presences[count++].item = item;
	}
	qsort(presences, count, sizeof(*presences), compare_presences);
	stretches = presences + count;
	joined = join(stretches, presences, count);
	for (uint32_t i = 0; i < empty_count && result == AFIELD__LIN; i++) {
		const struct afield_operation *operation = &part->history->operations[empties[i]];
		afield__time call = afield__call_time(operation);
		size_t low = 0, high = joined;

		/* A pending one need not have happened. */
		if (operation->pending)
			continue;
		while (low < high) {
			size_t middle = (low + high) / 2;

			if (stretches[middle].from < call)
				low = middle + 1;
			else
				high = middle;
		}
		if (low && stretches[low - 1].to > afield__return_time(operation))
			result = blame_cover(presences, count, empties[i], operation, blame);
	}
	free(presences);
	return result;
}

enum afield__result afield__monitor_queue(const struct afield__part *part,
					  struct afield__blame *blame)
{
	struct afield__items items = {0};
	struct afield__item **sorted = NULL;
	uint32_t *empties, empty_count;
	enum afield__result result;

	result = afield__gather_row(part, &items, &empties, &empty_count, blame);
	if (result == AFIELD__LIN) {
		sorted = (struct afield__item **)malloc((items.count + 1) * 2 * sizeof(*sorted));
		result = sorted ? settle_fronts(&items, sorted, blame) : AFIELD__NO_MEMORY;
	}
	for (size_t i = 0; result == AFIELD__LIN && i < items.count; i++) {
		if (items.items[i].high < items.items[i].add_high)
			items.items[i].add_high = items.items[i].high;
	}
	if (result == AFIELD__LIN)
		result = check_order(&items, sorted, sorted + items.count, blame);
	if (result == AFIELD__LIN)
		result = check_empties(part, &items, empties, empty_count, blame);
	free(sorted);
	free(empties);
	afield__items_fini(&items);
	return result;
}
