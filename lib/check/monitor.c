/* SPDX-License-Identifier: MIT */
/*
 * monitor.c: which monitor to ask about a part, and the times it goes by.
 */
#include "monitor.h"

#include <stdlib.h>

/* Calls come in order; returns are sorted and merged with them, and equal stamps have one rank. */
static bool rank_stamps(struct afield__input *input)
{
	const struct afield__part *part = input->part;
	size_t room = part->count + (size_t)1;
	struct afield__keyed *returns = (struct afield__keyed *)malloc(room * sizeof(*returns));
	uint32_t call = 0, ret = 0, count = 0;

	input->call = (afield__time *)malloc(room * sizeof(*input->call));
	input->ret = (afield__time *)malloc(room * sizeof(*input->ret));
	if (!returns || !input->call || !input->ret) {
		free(returns);
		return false;
	}
	for (uint32_t i = 0; i < part->count; i++) {
		const struct afield_operation *operation = afield__operation(input, i);

		input->ret[i] = AFIELD__FOREVER;
		if (operation->pending)
			continue;
		returns[count].key = operation->ret;
		returns[count++].index = i;
	}
	afield__sort(returns, count);
	while (call < part->count || ret < count) {
		int64_t stamp = ret < count ? returns[ret].key : INT64_MAX;

		input->last += 2;
		if (call < part->count && afield__operation(input, call)->call < stamp)
			stamp = afield__operation(input, call)->call;
		for (; call < part->count && afield__operation(input, call)->call == stamp; call++)
			input->call[call] = input->last;
		for (; ret < count && returns[ret].key == stamp; ret++)
			input->ret[returns[ret].index] = input->last;
	}
	free(returns);
	return true;
}

static enum afield__result ask(const struct afield__input *input)
{
	switch (input->part->history->model->monitor) {
	case AFIELD__MONITOR_REGISTER:
	case AFIELD__MONITOR_MAP:
		return afield__monitor_register(input);
	case AFIELD__MONITOR_KV:
		return afield__monitor_kv(input);
	case AFIELD__MONITOR_COUNTER:
		return afield__monitor_counter(input);
	case AFIELD__MONITOR_QUEUE:
		return afield__monitor_queue(input);
	case AFIELD__MONITOR_STACK:
		return afield__monitor_stack(input);
	default:
		return afield__monitor_set(input);
	}
}

/* Where a model has keys, a monitor knows one of them. A part may have several. */
static bool has_one_key(const struct afield__part *part)
{
	const struct afield_history *history = part->history;

	for (uint32_t i = 1; history->model->keys && i < part->count; i++) {
		if (afield_argument(&history->operations[part->operations[i]], 0) !=
		    afield_argument(&history->operations[part->operations[0]], 0))
			return false;
	}
	return true;
}

enum afield__result afield__monitor(const struct afield__part *part, struct afield__blame *blame,
				    struct afield__order *order)
{
	struct afield__input input = {part, NULL, NULL, 0, blame, order};
	enum afield__result result = AFIELD__NO_MEMORY;

	blame->count = 0;
	blame->whole = false;
	/* Monitors start where the model starts, and two doubled ranks an operation fit a time. */
	if (part->starts || afield__starts_unknown(part->history) ||
	    !part->history->model->monitor || part->count > INT32_MAX / 8 || !has_one_key(part))
		return AFIELD__NOT_APPLICABLE;
	if (order)
		afield__order_begin(order);
	if (rank_stamps(&input))
		result = ask(&input);
	if (order && result == AFIELD__LIN)
		afield__order_put_rest(order, part);
	free(input.call);
	free(input.ret);
	return result;
}
