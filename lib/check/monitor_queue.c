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

static enum afield__result both(const struct afield__input *input, const struct afield__item *a,
				const struct afield__item *b)
{
	afield__guilty(input, a->guilt);
	return afield__guilty(input, b->guilt);
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
				   size_t count, const struct afield__input *input)
{
	const struct afield__item *first = zone_before(zones, count, item->low);
	const struct afield__item *last = zone_before(zones, count, item->high);

	if (first && item->low >= first->low)
		first = NULL;
	if (last && item->high >= last->low)
		last = NULL;
	if (first && first == last)
		return both(input, item, first);
	if (first)
		item->low = first->low;
	if (last)
		item->high = last->high;
	return AFIELD__LIN;
}

/* After this every value has a plain interval [low, high] at the front: those seen twice a point.
 */
static enum afield__result settle_fronts(const struct afield__input *input,
					 struct afield__items *items)
{
	struct afield__item **zones =
		(struct afield__item **)malloc((items->count + 1) * sizeof(*zones));
	struct afield__keyed *keys =
		(struct afield__keyed *)malloc((items->count + 1) * sizeof(*keys));
	enum afield__result result = zones && keys ? AFIELD__LIN : AFIELD__NO_MEMORY;
	size_t count = 0;

	for (size_t i = 0; result == AFIELD__LIN && i < items->count; i++) {
		if (!is_forward(&items->items[i]))
			continue;
		keys[count].key = items->items[i].high;
		keys[count++].index = (uint32_t)i;
	}
	if (count)
		afield__sort(keys, count);
	for (size_t i = 0; i < count && result == AFIELD__LIN; i++) {
		zones[i] = &items->items[keys[i].index];
		if (i && zones[i]->high < zones[i - 1]->low)
			result = both(input, zones[i], zones[i - 1]);
	}
	for (size_t i = 0; count && i < items->count && result == AFIELD__LIN; i++) {
		if (!is_forward(&items->items[i]))
			result = draw_in(&items->items[i], zones, count, input);
	}
	free(zones);
	free(keys);
	for (size_t i = 0; result == AFIELD__LIN && i < items->count; i++) {
		if (items->items[i].high < items->items[i].add_high)
			items->items[i].add_high = items->items[i].high;
	}
	return result;
}

/* A time at the front that is a point lies just behind its first sight. */
static afield__time front_low(const struct afield__item *item)
{
	return is_forward(item) ? item->high + 1 : item->low;
}

static afield__time front_high(const struct afield__item *item)
{
	return is_forward(item) ? item->high + 1 : item->high;
}

/* Whether some a is added before b while b must leave the front before a comes there. */
static enum afield__result check_order(const struct afield__input *input,
				       const struct afield__items *items)
{
	size_t room = items->count + 1, passed = 0;
	struct afield__keyed *by_low = (struct afield__keyed *)malloc(room * 2 * sizeof(*by_low));
	struct afield__keyed *by_high = by_low + room;
	const struct afield__item *latest = NULL;
	afield__time latest_low = AFIELD__NEVER;
	enum afield__result result = AFIELD__LIN;

	if (!by_low)
		return AFIELD__NO_MEMORY;
	for (size_t i = 0; i < items->count; i++) {
		by_low[i].key = items->items[i].add_low;
		by_high[i].key = items->items[i].add_high;
		by_low[i].index = by_high[i].index = (uint32_t)i;
	}
	afield__sort(by_low, items->count);
	afield__sort(by_high, items->count);
	for (size_t i = 0; i < items->count && result == AFIELD__LIN; i++) {
		const struct afield__item *item = &items->items[by_low[i].index];

		for (; passed < items->count && by_high[passed].key < by_low[i].key; passed++) {
			const struct afield__item *earlier = &items->items[by_high[passed].index];

			if (front_low(earlier) > latest_low) {
				latest_low = front_low(earlier);
				latest = earlier;
			}
		}
		if (latest && front_high(item) < latest_low)
			result = both(input, latest, item);
	}
	free(by_low);
	return result;
}

/* Blames the few values that together leave no time free for the operation that found nothing. */
static enum afield__result blame_cover(const struct afield__input *input,
				       const struct presence *presences, size_t count,
				       uint32_t index)
{
	afield__time at = input->call[index], ret = input->ret[index];
	const struct presence *longest = NULL;

	afield__guilty(input, index);
	for (size_t i = 0; at <= ret;) {
		for (; i < count && presences[i].from < at; i++) {
			if (!longest || presences[i].to > longest->to)
				longest = &presences[i];
		}
		if (!longest || longest->to <= at)
			break;
		afield__guilty(input, longest->item->guilt);
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

/* When the operation found nothing: a time at which no value must be there. FOREVER when none. */
static afield__time empty_time(const struct afield__input *input, const struct presence *stretches,
			       size_t count, uint32_t index)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (stretches[middle].from < input->call[index])
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || stretches[low - 1].to <= input->call[index])
		return input->call[index];
	return stretches[low - 1].to <= input->ret[index] ? stretches[low - 1].to : AFIELD__FOREVER;
}

/* Gives each operation that found nothing its time. */
static enum afield__result check_empties(const struct afield__input *input,
					 const struct afield__items *items, const uint32_t *empties,
					 uint32_t empty_count, afield__time *times)
{
	struct presence *presences =
		(struct presence *)malloc((items->count + 1) * 2 * sizeof(*presences));
	struct presence *stretches = presences + items->count + 1;
	struct afield__keyed *keys =
		(struct afield__keyed *)malloc((items->count + 1) * sizeof(*keys));
	enum afield__result result = presences && keys ? AFIELD__LIN : AFIELD__NO_MEMORY;
	size_t count = 0, joined;

	for (size_t i = 0; result == AFIELD__LIN && i < items->count; i++) {
		if (items->items[i].absent || items->items[i].add_high >= items->items[i].low)
			continue;
		keys[count].key = items->items[i].add_high;
		keys[count++].index = (uint32_t)i;
	}
	if (count)
		afield__sort(keys, count);
	for (size_t i = 0; i < count; i++) {
		presences[i].item = &items->items[keys[i].index];
		presences[i].from = presences[i].item->add_high;
		presences[i].to = presences[i].item->low;
	}
	joined = join(stretches, presences, count);
	for (uint32_t i = 0; i < empty_count && result == AFIELD__LIN; i++) {
		times[i] = empty_time(input, stretches, joined, empties[i]);
		if (times[i] == AFIELD__FOREVER)
			result = blame_cover(input, presences, count, empties[i]);
	}
	free(presences);
	free(keys);
	return result;
}

enum afield__result afield__monitor_queue(const struct afield__input *input)
{
	struct afield__items items = {0};
	afield__time *times = NULL;
	uint32_t *empties, empty_count;
	enum afield__result result;

	result = afield__gather_row(input, &items, &empties, &empty_count);
	if (result == AFIELD__LIN)
		result = settle_fronts(input, &items);
	if (result == AFIELD__LIN)
		result = check_order(input, &items);
	if (result == AFIELD__LIN) {
		times = (afield__time *)malloc((empty_count + (size_t)1) * sizeof(*times));
		result = times ? check_empties(input, &items, empties, empty_count, times)
			       : AFIELD__NO_MEMORY;
	}
	if (result == AFIELD__LIN && input->order)
		result = afield__order_queue(input, &items, empties, times, empty_count);
	free(times);
	free(empties);
	afield__items_fini(&items);
	return result;
}
