/* SPDX-License-Identifier: MIT */
/*
 * monitor_register.c: registers that are only written and read, each value written once.
 *
 * The write of a value and the reads of it follow one another without any other write between them.
 * So each value is a zone, and the history is linearizable when the zones can be put into an order
 * (zones.c).
 */
#include "monitor.h"

#include <stdlib.h>

/* How one verb of a model looks to a register. */
enum role { READS, WRITES, OTHER };

/* Stands for the write of the value that was there before everything. */
static const uint32_t initially = AFIELD__NONE - 1;

static enum role role_of(const struct afield_model *model, const struct afield_operation *operation,
			 afield_value *value)
{
	bool map = model->monitor == AFIELD__MONITOR_MAP;
	bool kv = model->monitor == AFIELD__MONITOR_KV;

	/* The first two verbs of register, kv and map read and write. */
	if (operation->verb > 1)
		return OTHER;
	*value = operation->verb == 0 ? afield_result(operation, 0)
				      : afield_argument(operation, map ? 1 : 0);
	if (kv && *value == AFIELD_NIL)
		*value = AFIELD_BLANK;
	/* A set that tells the old value is more than a write. */
	if (map && operation->verb == 1 && afield_result(operation, 0) != AFIELD_OK &&
	    afield_result(operation, 0) != AFIELD_ANY)
		return OTHER;
	return operation->verb == 0 ? READS : WRITES;
}

static afield_value first_value(const struct afield_history *history)
{
	bool kv = history->model->monitor == AFIELD__MONITOR_KV;
	afield_value value = history->has_initial ? history->initial : AFIELD_NIL;

	return kv && value == AFIELD_NIL ? AFIELD_BLANK : value;
}

static enum afield__result gather(const struct afield__input *input, struct afield__items *items)
{
	const struct afield_model *model = input->part->history->model;

	if (!afield__items_init(items, input->part) ||
	    afield__item(items, first_value(input->part->history)) == AFIELD__NONE)
		return AFIELD__NO_MEMORY;
	items->items[0].seen = true;
	items->items[0].add = initially;
	items->items[0].high = AFIELD__NEVER;
	for (uint32_t i = 0; i < input->part->count; i++) {
		afield_value value = AFIELD_ANY;
		enum role role = role_of(model, afield__operation(input, i), &value);
		struct afield__item *item;

		if (role == OTHER)
			return AFIELD__NOT_APPLICABLE;
		if (role == READS && value == AFIELD_ANY)
			continue;
		items->of[i] = afield__item(items, value);
		if (items->of[i] == AFIELD__NONE)
			return AFIELD__NO_MEMORY;
		item = &items->items[items->of[i]];
		item->guilt = item->guilt == AFIELD__NONE ? i : item->guilt;
		if (role == READS) {
			afield__item_see(input, item, i);
			continue;
		}
		if (item->add != AFIELD__NONE)
			return AFIELD__NOT_APPLICABLE;
		item->add = i;
		item->add_low = input->call[i];
		item->add_high = input->ret[i];
	}
	return AFIELD__LIN;
}

/* Makes a zone of each value that was there. */
static enum afield__result make_zones(const struct afield__input *input,
				      const struct afield__items *items, struct afield__zone *zones,
				      size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < items->count; i++) {
		const struct afield__item *item = &items->items[i];
		struct afield__zone *zone = &zones[*count];

		zone->low = item->low;
		zone->high = item->high;
		zone->index = (uint32_t)i;
		if (item->add == AFIELD__NONE || item->add_low > item->high)
			return afield__guilty(input, item->guilt);
		/* A pending write that nobody saw need not have happened. */
		if (!item->seen && afield__operation(input, item->add)->pending)
			continue;
		if (item->add_high < zone->high)
			zone->high = item->add_high;
		if (item->add_low > zone->low)
			zone->low = item->add_low;
		++*count;
	}
	return AFIELD__LIN;
}

static bool put_order(const struct afield__input *input, const struct afield__items *items,
		      const struct afield__zone *zones, size_t count)
{
	struct afield__buckets of_item = {NULL, NULL};
	bool fits = afield__buckets_init(&of_item, items->of, input->part->count, items->count);

	for (size_t i = 0; fits && i < count; i++) {
		uint32_t item = zones[i].index, add = items->items[item].add;

		if (add != initially)
			afield__put_order(input, add);
		for (uint32_t j = of_item.start[item]; j < of_item.start[item + 1]; j++) {
			uint32_t index = of_item.members[j];

			if (index != add && !afield__operation(input, index)->pending)
				afield__put_order(input, index);
		}
	}
	afield__buckets_fini(&of_item);
	return fits;
}

enum afield__result afield__monitor_register(const struct afield__input *input)
{
	struct afield__items items = {0};
	struct afield__zone *zones = NULL;
	enum afield__result result;
	uint32_t guilty[2];
	size_t count;

	/* A map may start with pairs; then each key has its own first value. */
	if (input->part->history->model->monitor == AFIELD__MONITOR_MAP &&
	    input->part->history->has_initial)
		return AFIELD__NOT_APPLICABLE;
	result = gather(input, &items);
	if (result == AFIELD__LIN) {
		zones = (struct afield__zone *)malloc((items.count + 1) * sizeof(*zones));
		result = zones ? make_zones(input, &items, zones, &count) : AFIELD__NO_MEMORY;
	}
	if (result == AFIELD__LIN) {
		result = afield__zones_sort(zones, count, guilty);
		if (result == AFIELD__NONLIN) {
			afield__guilty(input, items.items[guilty[0]].guilt);
			afield__guilty(input, items.items[guilty[1]].guilt);
		}
	}
	if (result == AFIELD__LIN && input->order && !put_order(input, &items, zones, count))
		result = AFIELD__NO_MEMORY;
	free(zones);
	afield__items_fini(&items);
	return result;
}
