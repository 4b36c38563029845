/* SPDX-License-Identifier: MIT */
/*
 * order_queue.c: an order of the operations of a queue that its monitor found linearizable.
 *
 * First the values: a comes before b when a must be added before b, or must be at the front before
 * b. Who found the queue empty is a value of one instant among them. Both relations come from
 * intervals, so a value that nothing must precede is one whose lower bounds are not above the least
 * upper bounds of those that are left. Then two rows are merged by time: the additions, and what
 * happens at the front, both in the order of the values; nothing is added that belongs behind an
 * empty queue before that was seen.
 */
#include "monitor.h"

#include <stdlib.h>
#include <string.h>

/* A value, or an operation that found nothing: when it is added, and when it is at the front. */
struct element {
	afield__time low[2], high[2];
};

struct sorting {
	const struct element *elements;
	size_t count;
	struct afield__keyed *by_low[2];
	struct afield__keyed *by_high[2];
	size_t low_at[2], high_at[2];
	uint8_t *released; /* by how many of the two relations */
	bool *taken;
	uint32_t *ready;
	size_t ready_count;
};

/* Lets those go whose lower bound of the relation is not above any upper bound that is left. */
static void release(struct sorting *sorting, int relation)
{
	const struct afield__keyed *high = sorting->by_high[relation];
	const struct afield__keyed *low = sorting->by_low[relation];
	size_t *high_at = &sorting->high_at[relation], *low_at = &sorting->low_at[relation];

	while (*high_at < sorting->count && sorting->taken[high[*high_at].index])
		++*high_at;
	if (*high_at == sorting->count)
		return;
	for (; *low_at < sorting->count && low[*low_at].key <= high[*high_at].key; ++*low_at) {
		uint32_t element = low[*low_at].index;

		if (++sorting->released[element] == 2)
			sorting->ready[sorting->ready_count++] = element;
	}
}

/* Fills `sorted`. False when some are left that precede one another. */
static bool take_all(struct sorting *sorting, uint32_t *sorted)
{
	for (size_t taken = 0; taken < sorting->count; taken++) {
		uint32_t element;

		release(sorting, 0);
		release(sorting, 1);
		if (!sorting->ready_count)
			return false;
		element = sorting->ready[--sorting->ready_count];
		sorting->taken[element] = true;
		sorted[taken] = element;
	}
	return true;
}

static bool start(struct sorting *sorting, const struct element *elements, size_t count)
{
	struct afield__keyed *keys =
		(struct afield__keyed *)malloc((count + 1) * 4 * sizeof(*keys));

	sorting->elements = elements;
	sorting->count = count;
	sorting->by_low[0] = keys;
	sorting->released = (uint8_t *)calloc(count + 1, sizeof(*sorting->released));
	sorting->taken = (bool *)calloc(count + 1, sizeof(*sorting->taken));
	sorting->ready = (uint32_t *)malloc((count + 1) * sizeof(*sorting->ready));
	if (!keys || !sorting->released || !sorting->taken || !sorting->ready)
		return false;
	for (int relation = 0; relation < 2; relation++) {
		struct afield__keyed *low = keys + (size_t)relation * 2 * count,
				     *high = low + count;

		sorting->by_low[relation] = low;
		sorting->by_high[relation] = high;
		for (size_t i = 0; i < count; i++) {
			low[i].key = elements[i].low[relation];
			high[i].key = elements[i].high[relation];
			low[i].index = high[i].index = (uint32_t)i;
		}
		afield__sort(low, count);
		afield__sort(high, count);
	}
	return true;
}

static enum afield__result sort_elements(const struct element *elements, size_t count,
					 uint32_t *sorted)
{
	struct sorting sorting = {0};
	enum afield__result result = AFIELD__NO_MEMORY;

	if (start(&sorting, elements, count))
		result = take_all(&sorting, sorted) ? AFIELD__LIN : AFIELD__NOT_APPLICABLE;
	free(sorting.by_low[0]);
	free(sorting.released);
	free(sorting.taken);
	free(sorting.ready);
	return result;
}

struct merging {
	const struct afield__input *input;
	const struct afield__items *items;
	const struct element *elements;
	const uint32_t *sorted;
	size_t count;
	size_t next; /* the next to be added, in `sorted` */
	afield__time adding;
};

/* Adds what can be added up to the time. What belongs behind an empty queue waits. */
static void add_until(struct merging *merging, afield__time time)
{
	for (; merging->next < merging->count; merging->next++) {
		uint32_t element = merging->sorted[merging->next];
		afield__time low = merging->elements[element].low[0];

		if (element >= merging->items->count ||
		    (low > merging->adding ? low : merging->adding) > time)
			return;
		merging->adding = low > merging->adding ? low : merging->adding;
		if (!merging->items->items[element].absent)
			afield__put_order(merging->input, merging->items->items[element].add);
	}
}

static void merge(struct merging *merging, const struct afield__buckets *of_item,
		  const uint32_t *empties)
{
	const struct afield__input *input = merging->input;
	afield__time now = AFIELD__NEVER, added = AFIELD__NEVER;

	for (size_t i = 0; i < merging->count; i++) {
		uint32_t element = merging->sorted[i];
		const struct afield__item *item;

		if (merging->elements[element].low[0] > added)
			added = merging->elements[element].low[0];
		now = added > now ? added : now;
		if (element >= merging->items->count) {
			add_until(merging, now);
			merging->next++;
			merging->adding = added;
			afield__put_order(input, empties[element - merging->items->count]);
			continue;
		}
		item = &merging->items->items[element];
		for (uint32_t j = of_item->start[element]; j < of_item->start[element + 1]; j++) {
			uint32_t index = of_item->members[j];

			if (index == item->add || index == item->remove)
				continue;
			now = input->call[index] > now ? input->call[index] : now;
			add_until(merging, now);
			afield__put_order(input, index);
		}
		if (item->remove == AFIELD__NONE)
			continue;
		now = input->call[item->remove] > now ? input->call[item->remove] : now;
		add_until(merging, now);
		afield__put_order(input, item->remove);
	}
	add_until(merging, AFIELD__FOREVER);
}

enum afield__result afield__order_queue(const struct afield__input *input,
					const struct afield__items *items, const uint32_t *empties,
					const afield__time *times, uint32_t empty_count)
{
	size_t count = items->count + empty_count;
	struct element *elements = (struct element *)malloc((count + 1) * sizeof(*elements));
	uint32_t *sorted = (uint32_t *)malloc((count + 1) * sizeof(*sorted));
	struct afield__buckets of_item = {NULL, NULL};
	struct merging merging = {input, items, elements, sorted, count, 0, AFIELD__NEVER};
	enum afield__result result = AFIELD__NO_MEMORY;

	if (elements && sorted &&
	    afield__buckets_init(&of_item, items->of, input->part->count, items->count)) {
		for (size_t i = 0; i < items->count; i++) {
			const struct afield__item *item = &items->items[i];
			/* A time at the front that is a point lies just behind its first sight. */
			bool forward = item->high < item->low;

			elements[i].low[0] = item->add_low;
			elements[i].high[0] = item->add_high;
			elements[i].low[1] = forward ? item->high + 1 : item->low;
			elements[i].high[1] = forward ? item->high + 1 : item->high;
		}
		for (uint32_t i = 0; i < empty_count; i++) {
			struct element *element = &elements[items->count + i];

			element->low[0] = element->low[1] = times[i];
			element->high[0] = element->high[1] = times[i];
		}
		result = sort_elements(elements, count, sorted);
	}
	if (result == AFIELD__LIN)
		merge(&merging, &of_item, empties);
	afield__buckets_fini(&of_item);
	free(elements);
	free(sorted);
	return result;
}
