/* SPDX-License-Identifier: MIT */
/*
 * monitor_register.c: registers that are only written and read, each value written once.
 *
 * After Gibbons and Korach. The write of a value and the reads of it are a cluster, and clusters
 * follow one another whole. Cluster a must come before b when some operation of a returned before
 * some operation of b was called: when the least return of a is less than the greatest call of b.
 * The history is linearizable when no two clusters must each come before the other: a longer cycle
 * always contains one of two.
 */
#include "monitor.h"

#include <stdlib.h>

/* How one verb of a model looks to a register. */
enum role { READS, WRITES, OTHER };

static enum role role_of(const struct afield_model *model, const struct afield_operation *operation,
			 afield_value *value)
{
	bool map = model->monitor == AFIELD__MONITOR_MAP;
	bool kv = model == &afield__model_kv;

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
	afield_value value = AFIELD_NIL;

	if (history->model == &afield__model_kv)
		value = AFIELD_BLANK;
	if (history->has_initial)
		value = history->initial;
	if (history->model == &afield__model_kv && value == AFIELD_NIL)
		value = AFIELD_BLANK;
	return value;
}

static enum afield__result gather(const struct afield__part *part, struct afield__items *items)
{
	const struct afield_model *model = part->history->model;
	struct afield__item *item = afield__item(items, first_value(part->history));

	if (!item)
		return AFIELD__NO_MEMORY;
	/* The initial value was written before everything. */
	item->seen = true;
	item->add = AFIELD__NONE - 1;
	item->high = AFIELD__NEVER;
	for (uint32_t i = 0; i < part->count; i++) {
		uint32_t index = part->operations[i];
		const struct afield_operation *operation = &part->history->operations[index];
		afield_value value = AFIELD_ANY;
		enum role role = role_of(model, operation, &value);

		if (role == OTHER)
			return AFIELD__NOT_APPLICABLE;
		if (role == READS && value == AFIELD_ANY)
			continue;
		item = afield__item(items, value);
		if (!item)
			return AFIELD__NO_MEMORY;
		item->guilt = item->guilt == AFIELD__NONE ? index : item->guilt;
		if (role == READS) {
			afield__item_see(item, operation);
			continue;
		}
		if (item->add != AFIELD__NONE)
			return AFIELD__NOT_APPLICABLE;
		item->add = index;
		item->add_low = afield__call_time(operation);
		item->add_high = afield__return_time(operation);
	}
	return AFIELD__LIN;
}

/* Makes `high` and `low` those of the whole cluster. */
static enum afield__result close_clusters(const struct afield__part *part,
					  struct afield__items *items, struct afield__blame *blame)
{
	size_t kept = 0;

	for (size_t i = 0; i < items->count; i++) {
		struct afield__item *item = &items->items[i];

		if (item->add == AFIELD__NONE)
			return afield__guilty(blame, item->guilt);
		if (item->add == AFIELD__NONE - 1) {
			items->items[kept++] = *item;
			continue;
		}
		if (item->add_low > item->high)
			return afield__guilty(blame, item->guilt);
		/* A pending write that nobody saw need not have happened. */
		if (!item->seen && part->history->operations[item->add].pending)
			continue;
		item->high = item->add_high < item->high ? item->add_high : item->high;
		item->low = item->add_low > item->low ? item->add_low : item->low;
		items->items[kept++] = *item;
	}
	items->count = kept;
	return AFIELD__LIN;
}

static int compare_highs(const void *left, const void *right)
{
	const struct afield__item *a = (const struct afield__item *)left;
	const struct afield__item *b = (const struct afield__item *)right;

	return a->high < b->high ? -1 : a->high > b->high;
}

/* The initial value must come first: nothing may have to come before it. */
static enum afield__result check_first(const struct afield__items *items,
				       struct afield__blame *blame)
{
	const struct afield__item *first = NULL;

	for (size_t i = 0; i < items->count; i++) {
		if (items->items[i].add == AFIELD__NONE - 1)
			first = &items->items[i];
	}
	for (size_t i = 0; first && i < items->count; i++) {
		if (&items->items[i] != first && items->items[i].high < first->low) {
			afield__guilty(blame, first->guilt);
			return afield__guilty(blame, items->items[i].guilt);
		}
	}
	return AFIELD__LIN;
}

/*
 * Forward clusters (high < low) hold the register for that whole time: sorted by their beginning,
 * no next one may begin before the last ended. Any other must not have to lie inside a forward one.
 */
static enum afield__result check_pairs(const struct afield__items *items,
				       struct afield__blame *blame)
{
	size_t count = items->count, forward = 0;
	const struct afield__item **zones =
		(const struct afield__item **)malloc((count + 1) * sizeof(*zones));
	enum afield__result result = AFIELD__LIN;

	if (!zones)
		return AFIELD__NO_MEMORY;
	for (size_t i = 0; i < count && result == AFIELD__LIN; i++) {
		const struct afield__item *item = &items->items[i];

		if (item->add == AFIELD__NONE - 1 || item->high >= item->low)
			continue;
		if (forward && item->high < zones[forward - 1]->low) {
			afield__guilty(blame, zones[forward - 1]->guilt);
			result = afield__guilty(blame, item->guilt);
		}
		zones[forward++] = item;
	}
	for (size_t i = 0; i < count && result == AFIELD__LIN; i++) {
		const struct afield__item *item = &items->items[i];
		size_t low = 0, high = forward;

		if (item->high < item->low || item->add == AFIELD__NONE - 1)
			continue;
		/* The last forward cluster that begins before this one's greatest call. */
		while (low < high) {
			size_t middle = (low + high) / 2;

			if (zones[middle]->high < item->low)
				low = middle + 1;
			else
				high = middle;
		}
		if (low && item->high < zones[low - 1]->low) {
			afield__guilty(blame, zones[low - 1]->guilt);
			result = afield__guilty(blame, item->guilt);
		}
	}
	free(zones);
	return result;
}

enum afield__result afield__monitor_register(const struct afield__part *part,
					     struct afield__blame *blame)
{
	struct afield__items items = {0};
	enum afield__result result;

	/* A map may start with pairs; then each key has its own first value. */
	if (part->history->model->monitor == AFIELD__MONITOR_MAP && part->history->has_initial)
		return AFIELD__NOT_APPLICABLE;
	result = gather(part, &items);
	if (result == AFIELD__LIN)
		result = close_clusters(part, &items, blame);
	if (result == AFIELD__LIN)
		result = check_first(&items, blame);
	if (result == AFIELD__LIN) {
		qsort(items.items, items.count, sizeof(*items.items), compare_highs);
		result = check_pairs(&items, blame);
	}
	afield__items_fini(&items);
	return result;
}
