/* SPDX-License-Identifier: MIT */
/*
 * monitor_items.c: what is known of each value of a part, for the monitors.
 */
#include "monitor.h"

#include <stdlib.h>
#include <string.h>

static uint32_t *place_of(const struct afield__items *items, afield_value value)
{
	size_t at = afield__mix((uint64_t)value) & (items->table_size - 1);

	while (items->table[at] != AFIELD__NONE && items->items[items->table[at]].value != value)
		at = (at + 1) & (items->table_size - 1);
	return &items->table[at];
}

static bool grow_items(struct afield__items *items)
{
	size_t size = items->table_size ? items->table_size * 2 : 16;
	uint32_t *table;

	if (items->count * 2 < items->table_size)
		return true;
	table = (uint32_t *)malloc(size * sizeof(*table));
	if (!table)
		return false;
	memset(table, 0xff, size * sizeof(*table));
	free(items->table);
	items->table = table;
	items->table_size = size;
	for (size_t i = 0; i < items->count; i++)
		*place_of(items, items->items[i].value) = (uint32_t)i;
	return true;
}

struct afield__item *afield__item(struct afield__items *items, afield_value value)
{
	struct afield__item *item;
	uint32_t *place;

	if (!grow_items(items))
		return NULL;
	place = place_of(items, value);
	if (*place != AFIELD__NONE)
		return &items->items[*place];
	if (!afield__grow(&items->items, &items->capacity, items->count, sizeof(*items->items)))
		return NULL;
	*place = (uint32_t)items->count;
	item = &items->items[items->count++];
	item->value = value;
	item->add = AFIELD__NONE;
	item->remove = AFIELD__NONE;
	item->guilt = AFIELD__NONE;
	item->seen = false;
	item->low = AFIELD__NEVER;
	item->high = AFIELD__FOREVER;
	item->add_low = AFIELD__NEVER;
	item->add_high = AFIELD__FOREVER;
	return item;
}

void afield__items_fini(struct afield__items *items)
{
	free(items->items);
	free(items->table);
}

void afield__item_see(struct afield__item *item, const struct afield_operation *operation)
{
	afield__time call = afield__call_time(operation), ret = afield__return_time(operation);

	item->seen = true;
	if (call > item->low)
		item->low = call;
	if (ret < item->high)
		item->high = ret;
}

enum afield__result afield__guilty(struct afield__blame *blame, uint32_t operation)
{
	if (operation != AFIELD__NONE && blame->count < AFIELD__MOST_BLAMED)
		blame->operations[blame->count++] = operation;
	return AFIELD__NONLIN;
}

enum { ADD, REMOVE, PEEK };

static enum afield__result gather_add(struct afield__item *item, uint32_t index,
				      const struct afield_operation *operation)
{
	/* A value added twice could be either of the two. */
	if (item->add != AFIELD__NONE)
		return AFIELD__NOT_APPLICABLE;
	item->add = index;
	item->guilt = index;
	item->add_low = afield__call_time(operation);
	item->add_high = afield__return_time(operation);
	return AFIELD__LIN;
}

static enum afield__result gather_one(struct afield__items *items, uint32_t index,
				      const struct afield_operation *operation, bool *twice)
{
	bool adds = operation->verb == ADD;
	struct afield__item *item = afield__item(items, adds ? afield_argument(operation, 0)
							     : afield_result(operation, 0));

	if (!item)
		return AFIELD__NO_MEMORY;
	if (adds)
		return gather_add(item, index, operation);
	item->guilt = item->guilt == AFIELD__NONE ? index : item->guilt;
	if (operation->verb == REMOVE) {
		*twice |= item->remove != AFIELD__NONE;
		item->remove = index;
	}
	afield__item_see(item, operation);
	return AFIELD__LIN;
}

/* Values seen and never added, or removed twice; and those that need not have been there at all. */
static enum afield__result settle(const struct afield__part *part, struct afield__items *items,
				  bool twice, struct afield__blame *blame)
{
	const struct afield_operation *operations = part->history->operations;
	size_t kept = 0;

	if (twice)
		return AFIELD__NONLIN;
	for (size_t i = 0; i < items->count; i++) {
		struct afield__item *item = &items->items[i];

		if (item->add == AFIELD__NONE || item->add_low > item->high)
			return afield__guilty(blame, item->guilt);
		/* Nobody sees a value behind its removal. */
		if (item->remove != AFIELD__NONE &&
		    item->low > afield__return_time(&operations[item->remove]))
			return afield__guilty(blame, item->guilt);
		if (!item->seen && operations[item->add].pending)
			continue;
		/* It was added before it was seen, and seen after its adding began. */
		if (item->high < item->add_high)
			item->add_high = item->high;
		if (item->low < item->add_low)
			item->low = item->add_low;
		/* A value that is never removed stays forever. */
		if (item->remove == AFIELD__NONE)
			item->low = AFIELD__FOREVER;
		items->items[kept++] = *item;
	}
	items->count = kept;
	return AFIELD__LIN;
}

enum afield__result afield__gather_row(const struct afield__part *part, struct afield__items *items,
				       uint32_t **empties, uint32_t *empty_count,
				       struct afield__blame *blame)
{
	bool twice = false;

	*empty_count = 0;
	*empties = (uint32_t *)malloc((part->count + (size_t)1) * sizeof(**empties));
	if (!*empties)
		return AFIELD__NO_MEMORY;
	for (uint32_t i = 0; i < part->count; i++) {
		uint32_t index = part->operations[i];
		const struct afield_operation *operation = &part->history->operations[index];
		afield_value result = afield_result(operation, 0);
		enum afield__result gathered;

		if (operation->verb == PEEK && result == AFIELD_ANY)
			continue;
		if (operation->verb == REMOVE && result == AFIELD_ANY)
			return AFIELD__NOT_APPLICABLE;
		if (operation->verb != ADD && result == AFIELD_EMPTY) {
			(*empties)[(*empty_count)++] = index;
			continue;
		}
		gathered = gather_one(items, index, operation, &twice);
		if (gathered != AFIELD__LIN)
			return gathered;
	}
	return settle(part, items, twice, blame);
}
