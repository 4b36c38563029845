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

struct step {
	int64_t old;
	int64_t more; /* 0 for a read, which belongs behind all of that value */
	afield__time low, high;
};

static int compare_steps(const void *left, const void *right)
{
	const struct step *a = (const struct step *)left, *b = (const struct step *)right;

	if (a->old != b->old)
		return a->old < b->old ? -1 : 1;
	/* Reads of a value come before the addition that ends it. */
	return (a->more != 0) - (b->more != 0);
}

/* Fills in one operation. False when its old value is not told or it would not go upwards. */
static bool make_step(const struct afield_history *history,
		      const struct afield_operation *operation, struct step *step)
{
	afield_value result = afield_result(operation, 0);

	step->more = 0;
	if (result == AFIELD_OK || !afield_value_number(history, result, &step->old))
		return false;
	if (operation->verb == ADD)
		afield_value_number(history, afield_argument(operation, 0), &step->more);
	if (step->more < 0 || step->old > INT64_MAX - step->more)
		return false;
	step->low = afield__call_time(operation);
	step->high = afield__return_time(operation);
	return true;
}

static enum afield__result walk(const struct step *steps, size_t count, int64_t value)
{
	afield__time now = AFIELD__NEVER;

	for (size_t i = 0; i < count;) {
		afield__time reads = now;

		/* Reads of one value may come in any order: each only after the addition before. */
		for (; i < count && steps[i].more == 0; i++) {
			if (steps[i].old != value || steps[i].high < now)
				return AFIELD__NONLIN;
			reads = steps[i].low > reads ? steps[i].low : reads;
		}
		if (i == count)
			break;
		now = steps[i].low > reads ? steps[i].low : reads;
		if (steps[i].old != value || steps[i].high < now)
			return AFIELD__NONLIN;
		value += steps[i++].more;
	}
	return AFIELD__LIN;
}

enum afield__result afield__monitor_counter(const struct afield__part *part,
					    struct afield__blame *blame)
{
	const struct afield_history *history = part->history;
	struct step *steps = (struct step *)malloc((part->count + (size_t)1) * sizeof(*steps));
	enum afield__result result = AFIELD__NOT_APPLICABLE;
	afield_value initial = 0;
	int64_t value = 0;
	size_t count = 0;

	(void)blame;
	if (!steps)
		return AFIELD__NO_MEMORY;
	for (uint32_t i = 0; i < part->count; i++) {
		const struct afield_operation *operation =
			&history->operations[part->operations[i]];

		if (operation->verb == READ && afield_result(operation, 0) == AFIELD_ANY)
			continue;
		if (!make_step(history, operation, &steps[count++]))
			goto out;
	}
	if (afield_history_initial(history, &initial))
		afield_value_number(history, initial, &value);
	qsort(steps, count, sizeof(*steps), compare_steps);
	result = walk(steps, count, value);
out:
	free(steps);
	return result;
}
