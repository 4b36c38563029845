/* SPDX-License-Identifier: MIT */
/*
 * monitor_items.c: what is known of each value of a part, for the monitors; and who is to blame.
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

static bool make_table(struct afield__items *items, size_t size)
{
	uint32_t *table = (uint32_t *)malloc(size * sizeof(*table));

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

bool afield__items_init(struct afield__items *items, const struct afield__part *part)
{
	size_t size = 16;

	/* Half of the operations add a value in most histories. */
	while (size < part->count)
		size *= 2;
	memset(items, 0, sizeof(*items));
	items->of = (uint32_t *)malloc((part->count + (size_t)1) * sizeof(*items->of));
	if (!items->of || !make_table(items, size))
		return false;
	memset(items->of, 0xff, part->count * sizeof(*items->of));
	return true;
}

void afield__items_fini(struct afield__items *items)
{
	free(items->items);
	free(items->table);
	free(items->of);
}

uint32_t afield__item(struct afield__items *items, afield_value value)
{
	static const struct afield__item none = {
		.add = AFIELD__NONE,
		.remove = AFIELD__NONE,
		.guilt = AFIELD__NONE,
		.low = AFIELD__NEVER,
		.high = AFIELD__FOREVER,
		.add_low = AFIELD__NEVER,
		.add_high = AFIELD__FOREVER,
	};
	uint32_t *place = place_of(items, value);

	if (*place != AFIELD__NONE)
		return *place;
	if (!afield__grow(&items->items, &items->capacity, items->count, sizeof(*items->items)))
		return AFIELD__NONE;
	if (items->count * 2 >= items->table_size) {
		if (!make_table(items, items->table_size * 2))
			return AFIELD__NONE;
		place = place_of(items, value);
	}
	*place = (uint32_t)items->count;
	items->items[items->count] = none;
	items->items[items->count].value = value;
	return (uint32_t)items->count++;
}

void afield__item_see(const struct afield__input *input, struct afield__item *item, uint32_t index)
{
	item->seen = true;
	if (input->call[index] > item->low)
		item->low = input->call[index];
	if (input->ret[index] < item->high)
		item->high = input->ret[index];
}

enum afield__result afield__guilty(const struct afield__input *input, uint32_t index)
{
	struct afield__blame *blame = input->blame;

	if (index != AFIELD__NONE && afield__grow(&blame->operations, &blame->capacity,
						  blame->count, sizeof(*blame->operations)))
		blame->operations[blame->count++] = input->part->operations[index];
	return AFIELD__NONLIN;
}

void afield__blame_fini(struct afield__blame *blame)
{
	free(blame->operations);
	blame->operations = NULL;
	blame->count = blame->capacity = 0;
}

enum { ADD, REMOVE, PEEK };

static enum afield__result gather_one(const struct afield__input *input,
				      struct afield__items *items, uint32_t index, uint32_t *twice)
{
	const struct afield_operation *operation = afield__operation(input, index);
	bool adds = operation->verb == ADD;
	uint32_t number = afield__item(items, adds ? afield_argument(operation, 0)
						   : afield_result(operation, 0));
	struct afield__item *item;

	if (number == AFIELD__NONE)
		return AFIELD__NO_MEMORY;
	items->of[index] = number;
	item = &items->items[number];
	if (adds) {
		/* A value added twice could be either of the two. */
		if (item->add != AFIELD__NONE)
			return AFIELD__NOT_APPLICABLE;
		item->add = index;
		item->guilt = index;
		item->add_low = input->call[index];
		item->add_high = input->ret[index];
		return AFIELD__LIN;
	}
	item->guilt = item->guilt == AFIELD__NONE ? index : item->guilt;
	if (operation->verb == REMOVE) {
		if (item->remove != AFIELD__NONE)
			*twice = index;
		item->remove = index;
	}
	afield__item_see(input, item, index);
	return AFIELD__LIN;
}

/* Values seen and never added, or removed twice; and those that need not have been there at all. */
static enum afield__result settle(const struct afield__input *input, struct afield__items *items,
				  uint32_t twice)
{
	if (twice != AFIELD__NONE)
		return afield__guilty(input, twice);
	for (size_t i = 0; i < items->count; i++) {
		struct afield__item *item = &items->items[i];

		if (item->add == AFIELD__NONE || item->add_low > item->high)
			return afield__guilty(input, item->guilt);
		/* Nobody sees a value behind its removal. */
		if (item->remove != AFIELD__NONE && item->low > input->ret[item->remove])
			return afield__guilty(input, item->guilt);
		if (!item->seen && afield__operation(input, item->add)->pending) {
			item->absent = true;
			continue;
		}
		/* It was added before it was seen, and seen after its adding began. */
		if (item->high < item->add_high)
			item->add_high = item->high;
		if (item->low < item->add_low)
			item->low = item->add_low;
		/* A value that is never removed stays forever. */
		if (item->remove == AFIELD__NONE)
			item->low = AFIELD__FOREVER;
	}
	return AFIELD__LIN;
}

enum afield__result afield__gather_row(const struct afield__input *input,
				       struct afield__items *items, uint32_t **empties,
				       uint32_t *empty_count)
{
	const struct afield__part *part = input->part;
	uint32_t twice = AFIELD__NONE;

	*empty_count = 0;
	*empties = (uint32_t *)malloc((part->count + (size_t)1) * sizeof(**empties));
	if (!afield__items_init(items, part) || !*empties)
		return AFIELD__NO_MEMORY;
	for (uint32_t i = 0; i < part->count; i++) {
		const struct afield_operation *operation = afield__operation(input, i);
		afield_value result = afield_result(operation, 0);
		enum afield__result gathered;

		if (operation->verb == PEEK && result == AFIELD_ANY)
			continue;
		if (operation->verb == REMOVE && result == AFIELD_ANY)
			return AFIELD__NOT_APPLICABLE;
		if (operation->verb != ADD && result == AFIELD_EMPTY) {
			(*empties)[(*empty_count)++] = i;
			continue;
		}
		gathered = gather_one(input, items, i, &twice);
		if (gathered != AFIELD__LIN)
			return gathered;
	}
	return settle(input, items, twice);
}
