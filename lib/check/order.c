/* SPDX-License-Identifier: MIT */
/*
 * order.c: puts the order of a linearizable history together.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

bool afield__order_init(struct afield__order *order, const struct afield_history *history)
{
	memset(order, 0, sizeof(*order));
	order->history = history;
	order->times = (struct afield__keyed *)malloc((history->count + 1) * sizeof(*order->times));
	order->operations = (uint32_t *)malloc((history->count + 1) * sizeof(*order->operations));
	order->placed = (bool *)calloc(history->count + 1, sizeof(*order->placed));
	return order->times && order->operations && order->placed;
}

void afield__order_fini(struct afield__order *order)
{
	free(order->times);
	free(order->operations);
	free(order->placed);
	memset(order, 0, sizeof(*order));
}

void afield__order_clear(struct afield__order *order)
{
	order->count = 0;
	memset(order->placed, 0, order->history->count * sizeof(*order->placed));
}

void afield__order_begin(struct afield__order *order)
{
	order->now = INT64_MIN;
}

static void put(struct afield__order *order, int64_t time, uint32_t operation)
{
	order->times[order->count].key = time;
	order->times[order->count].index = (uint32_t)order->count;
	order->operations[order->count++] = operation;
	order->placed[operation] = true;
}

void afield__order_put(struct afield__order *order, uint32_t operation)
{
	int64_t call = order->history->operations[operation].call;

	order->now = call > order->now ? call : order->now;
	put(order, order->now, operation);
}

void afield__order_put_rest(struct afield__order *order, const struct afield__part *part)
{
	const struct afield_operation *operations = order->history->operations;

	for (uint32_t i = 0; i < part->count; i++) {
		uint32_t operation = part->operations[i];

		if (!order->placed[operation] && !operations[operation].pending)
			put(order, operations[operation].call, operation);
	}
}

bool afield__order_put_search(struct afield__order *order, const struct afield__search *search)
{
	uint32_t *operations = (uint32_t *)malloc((search->depth + 1) * sizeof(*operations));

	if (!operations)
		return false;
	afield__search_order(search, operations);
	afield__order_begin(order);
	for (size_t i = 0; i < search->depth; i++)
		afield__order_put(order, operations[i]);
	free(operations);
	return true;
}

void afield__order_report(struct afield__order *order, struct afield_report *report)
{
	uint32_t *sorted = (uint32_t *)malloc((order->count + 1) * sizeof(*sorted));

	free(report->order);
	report->order = sorted;
	report->order_count = sorted ? order->count : 0;
	if (!sorted)
		return;
	/* At one time, operations of a part keep their order. */
	afield__sort(order->times, order->count);
	for (size_t i = 0; i < order->count; i++)
		sorted[i] = order->operations[order->times[i].index];
}
