/* SPDX-License-Identifier: MIT */
/*
 * zones.c: orders stretches of operations that nothing may come between.
 *
 * After Gibbons and Korach. Zone a must come before zone b when some operation of a returned before
 * some operation of b was called: when the least return of a is less than the greatest call of b.
 * There is an order when no two zones must each come before the other: a longer cycle always
 * contains one of two.
 *
 * A zone whose least return is before its greatest call is forward: it needs all of that time for
 * itself. Any other can take place in one instant, between its greatest call and its least return,
 * and only must not have to be inside a forward one.
 */
#include "monitor.h"

#include <stdlib.h>

static enum afield__result blame(uint32_t guilty[2], const struct afield__zone *a,
				 const struct afield__zone *b)
{
	guilty[0] = a->index;
	guilty[1] = b->index;
	return AFIELD__NONLIN;
}

/* The last of the forward zones that begins before the time, or NULL. They are sorted. */
static const struct afield__zone *zone_before(const struct afield__zone *forward, size_t count,
					      afield__time time)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (forward[middle].high < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &forward[low - 1] : NULL;
}

/* Gathers the forward zones by their beginning. None may begin before the last one ended. */
static enum afield__result line_up(struct afield__zone *forward, size_t *forward_count,
				   struct afield__keyed *keys, const struct afield__zone *zones,
				   size_t count, uint32_t guilty[2])
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (zones[i].high >= zones[i].low)
			continue;
		keys[kept].key = zones[i].high;
		keys[kept++].index = (uint32_t)i;
	}
	afield__sort(keys, kept);
	for (size_t i = 0; i < kept; i++) {
		forward[i] = zones[keys[i].index];
		if (i && forward[i].high < forward[i - 1].low)
			return blame(guilty, &forward[i - 1], &forward[i]);
	}
	*forward_count = kept;
	return AFIELD__LIN;
}

static enum afield__result sort_zones(struct afield__zone *zones, size_t count,
				      struct afield__zone *forward, struct afield__keyed *keys,
				      uint32_t guilty[2])
{
	size_t forward_count;
	enum afield__result result = line_up(forward, &forward_count, keys, zones, count, guilty);

	if (result != AFIELD__LIN)
		return result;
	/* Where each begins. At one time, those that take an instant come first. */
	for (size_t i = 0; i < count; i++) {
		const struct afield__zone *over;

		keys[i].index = (uint32_t)i;
		keys[i].key = (int64_t)zones[i].high * 2 + 1;
		if (zones[i].high < zones[i].low)
			continue;
		over = zone_before(forward, forward_count, zones[i].low);
		if (over && zones[i].high < over->low)
			return blame(guilty, over, &zones[i]);
		/* Inside a forward one it follows that, as it may: nothing else begins there. */
		keys[i].key = (int64_t)zones[i].low * 2;
	}
	afield__sort(keys, count);
	for (size_t i = 0; i < count; i++)
		forward[i] = zones[keys[i].index];
	for (size_t i = 0; i < count; i++)
		zones[i] = forward[i];
	return AFIELD__LIN;
}

enum afield__result afield__zones_sort(struct afield__zone *zones, size_t count, uint32_t guilty[2])
{
	struct afield__zone *forward =
		(struct afield__zone *)malloc((count + 1) * sizeof(*forward));
	struct afield__keyed *keys = (struct afield__keyed *)malloc((count + 1) * sizeof(*keys));
	enum afield__result result = AFIELD__NO_MEMORY;

	if (forward && keys)
		result = sort_zones(zones, count, forward, keys, guilty);
	free(forward);
	free(keys);
	return result;
}
