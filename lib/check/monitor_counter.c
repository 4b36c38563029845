/* SPDX-License-Identifier: MIT */
/*
 * monitor_counter.c: counters, when every number added is positive and told its old value.
 *
 * The old values put the additions in one order, which must start at the initial value without a
 * gap. Each read belongs right behind the addition that made its value. What is left is to walk
 * along that order with a time that never goes back.
 */
#include "monitor.h"

#include <stdlib.h>

enum { ADD, READ };

/* Fills in its old value and what it adds. False when that is not told or would not go upwards. */
static bool make_step(const struct afield_history *history,
		      const struct afield_operation *operation, int64_t *old, int64_t *more)
{
	afield_value result = afield_result(operation, 0);

	*more = 0;
	if (result == AFIELD_OK || !afield_value_number(history, result, old))
		return false;
	if (operation->verb == ADD)
		afield_value_number(history, afield_argument(operation, 0), more);
	return *more >= 0 && *old <= INT64_MAX - *more;
}

/* Steps by their old value: first those that change nothing, then the one that does. */
static enum afield__result walk(const struct afield__input *input,
				const struct afield__keyed *steps, const int64_t *more,
				size_t count, int64_t value)
{
	afield__time now = AFIELD__NEVER;

	for (size_t i = 0; i < count;) {
		afield__time reads = now;
		size_t adds = count, end;

		for (end = i; end < count && steps[end].key == steps[i].key; end++) {
			uint32_t index = steps[end].index;

			if (more[index]) {
				/* Two that add to one value. */
				if (adds < count)
					return AFIELD__NONLIN;
				adds = end;
			} else {
				/* Any order of these, but each after the addition before. */
				if (input->ret[index] < now)
					return AFIELD__NONLIN;
				reads = input->call[index] > reads ? input->call[index] : reads;
			}
		}
		if (steps[i].key != value)
			return AFIELD__NONLIN;
		i = end;
		if (adds == count)
			continue;
		now = input->call[steps[adds].index];
		now = reads > now ? reads : now;
		if (input->ret[steps[adds].index] < now)
			return AFIELD__NONLIN;
		value += more[steps[adds].index];
	}
	return AFIELD__LIN;
}

static void put_order(const struct afield__input *input, const struct afield__keyed *steps,
		      const int64_t *more, size_t count)
{
	uint32_t adds = AFIELD__NONE;

	for (size_t i = 0; i < count; i++) {
		if (more[steps[i].index])
			adds = steps[i].index;
		else
			afield__put_order(input, steps[i].index);
		if (adds != AFIELD__NONE && (i + 1 == count || steps[i + 1].key != steps[i].key)) {
			afield__put_order(input, adds);
			adds = AFIELD__NONE;
		}
	}
}

enum afield__result afield__monitor_counter(const struct afield__input *input)
{
	const struct afield_history *history = input->part->history;
	size_t room = input->part->count + (size_t)1, count = 0;
	struct afield__keyed *steps = (struct afield__keyed *)malloc(room * sizeof(*steps));
	int64_t *more = (int64_t *)malloc(room * sizeof(*more)), value = 0;
	enum afield__result result = AFIELD__NOT_APPLICABLE;
	afield_value initial = 0;

	if (!steps || !more) {
		result = AFIELD__NO_MEMORY;
		goto out;
	}
	for (uint32_t i = 0; i < input->part->count; i++) {
		const struct afield_operation *operation = afield__operation(input, i);

		if (operation->verb == READ && afield_result(operation, 0) == AFIELD_ANY)
			continue;
		if (!make_step(history, operation, &steps[count].key, &more[i]))
			goto out;
		steps[count++].index = i;
	}
	if (afield_history_initial(history, &initial))
		afield_value_number(history, initial, &value);
	afield__sort(steps, count);
	result = walk(input, steps, more, count, value);
	if (result == AFIELD__LIN && input->order)
		put_order(input, steps, more, count);
out:
	free(steps);
	free(more);
	return result;
}
