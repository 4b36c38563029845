/* SPDX-License-Identifier: MIT */
/*
 * order_stack.c: an order of the operations of a stack that its monitor found linearizable.
 *
 * The monitor took the values out of their stretches from the bottom up. So each is pushed where its
 * stretch begins and popped where it ends, below all that were taken out of the same stretch later.
 * At one stamp, what ends there is popped, the deepest last; then the stack may be seen empty; then
 * what begins there is pushed, the deepest first. Those who saw a value on top did so when everything
 * above it was gone. A value that need not be there at any time is pushed, seen and popped at once,
 * on top of whatever is there.
 */
#include "monitor_stack.h"

#include <stdlib.h>

/* What happens at one place, in this order. */
enum { AT_ONCE, ENDS, EMPTY, BEGINS };

struct rows {
	const struct afield__stack *stack;
	struct afield__keyed *keys;
	uint32_t *operations;
	size_t count;
};

/* `rank` is less than 2^31. Equal ones keep their order. */
static void put(struct rows *rows, uint32_t place, int64_t class, uint32_t rank, uint32_t operation)
{
	rows->keys[rows->count].key = (int64_t)place << 33 | class << 31 | rank;
	rows->keys[rows->count].index = (uint32_t)rows->count;
	rows->operations[rows->count++] = operation;
}

/* The deepest last: those that are popped, and before them those that saw them on top. */
static uint32_t upward(uint32_t depth, bool pops)
{
	return ((uint32_t)1 << 30) - depth * 2 - !pops;
}

static void put_at_once(struct rows *rows, uint32_t number)
{
	const struct afield__stack *stack = rows->stack;
	const struct afield__item *item = &stack->items.items[number];
	uint32_t place = afield__stamp_at(stack, item->low) * 2 + 1;
	const struct afield__buckets *of_item = &stack->of_item;

	put(rows, place, AT_ONCE, number, item->add);
	for (uint32_t i = of_item->start[number]; i < of_item->start[number + 1]; i++) {
		uint32_t index = of_item->members[i];

		if (index != item->add && index != item->remove)
			put(rows, place, AT_ONCE, number, index);
	}
	if (item->remove != AFIELD__NONE)
		put(rows, place, AT_ONCE, number, item->remove);
}

static void put_span(struct rows *rows, uint32_t number)
{
	const struct afield__stack *stack = rows->stack;
	const struct afield__span_of *span = &stack->spans[number];
	const struct afield__item *item = &stack->items.items[stack->present[number]];
	const struct afield__buckets *of_item = &stack->of_item;
	uint32_t begin = span->from * 2 + 1;

	put(rows, begin, BEGINS, span->depth * 2, item->add);
	for (uint32_t i = of_item->start[stack->present[number]];
	     i < of_item->start[stack->present[number] + 1]; i++) {
		uint32_t index = of_item->members[i], place = stack->place[index];

		if (index == item->add || index == item->remove)
			continue;
		/* Who could have seen it earlier sees it when it is there. */
		if (place <= begin)
			put(rows, begin, BEGINS, span->depth * 2 + 1, index);
		else
			put(rows, place, ENDS, upward(span->depth, false), index);
	}
	if (item->remove != AFIELD__NONE)
		put(rows, span->to * 2 + 1, ENDS, upward(span->depth, true), item->remove);
}

bool afield__order_stack(const struct afield__stack *stack, const uint32_t *empties,
			 uint32_t empty_count)
{
	size_t room = stack->input->part->count + (size_t)1;
	struct rows rows = {stack, NULL, NULL, 0};

	rows.keys = (struct afield__keyed *)malloc(room * sizeof(*rows.keys));
	rows.operations = (uint32_t *)malloc(room * sizeof(*rows.operations));
	if (!rows.keys || !rows.operations) {
		free(rows.keys);
		free(rows.operations);
		return false;
	}
	for (uint32_t i = 0; i < stack->count; i++)
		put_span(&rows, i);
	for (uint32_t i = 0; i < stack->items.count; i++) {
		const struct afield__item *item = &stack->items.items[i];

		if (!item->absent && item->add_high >= item->low)
			put_at_once(&rows, i);
	}
	for (uint32_t i = 0; i < empty_count; i++)
		put(&rows, stack->place[empties[i]], EMPTY, 0, empties[i]);
	afield__sort(rows.keys, rows.count);
	for (size_t i = 0; i < rows.count; i++)
		afield__put_order(stack->input, rows.operations[rows.keys[i].index]);
	free(rows.keys);
	free(rows.operations);
	return true;
}
