/* SPDX-License-Identifier: MIT */
/*
 * monitor.h: what the monitors share.
 *
 * A monitor decides without searching. It works with bounds: an operation takes effect no earlier
 * than `low` and no later than `high`, and one operation must come before another when its `high`
 * is less than the other's `low`. Equal stamps force nothing. Times are the ranks of stamps among
 * those of the part, doubled, so that there is a time between any two; FOREVER stands for what
 * never happens.
 */
#ifndef AFIELD_CHECK_MONITOR_H
#define AFIELD_CHECK_MONITOR_H

#include "internal.h"

typedef int32_t afield__time;

#define AFIELD__FOREVER INT32_MAX
#define AFIELD__NEVER INT32_MIN

/* A part before a monitor. Operations are called by their place in the part. */
struct afield__input {
	const struct afield__part *part;
	afield__time *call;
	afield__time *ret;
	afield__time last; /* the greatest of these but FOREVER */
	struct afield__blame *blame;
	struct afield__order *order; /* or NULL: not wanted */
};

static inline const struct afield_operation *afield__operation(const struct afield__input *input,
							       uint32_t index)
{
	return &input->part->history->operations[input->part->operations[index]];
}

static inline void afield__put_order(const struct afield__input *input, uint32_t index)
{
	afield__order_put(input->order, input->part->operations[index]);
}

/* What is known of one value. */
struct afield__item {
	afield_value value;
	uint32_t add;    /* the operation that adds or writes it, or NONE */
	uint32_t remove; /* the operation that removes it, or NONE */
	uint32_t guilt;  /* any operation of it, to blame */
	bool seen;       /* some operation returned it */
	bool absent;     /* it need not have been there at all, and was not */
	afield__time add_low, add_high;
	afield__time low;  /* the greatest call of those that saw it */
	afield__time high; /* the least return of those that saw it */
};

struct afield__items {
	struct afield__item *items;
	size_t count;
	size_t capacity;
	uint32_t *table;
	size_t table_size;
	uint32_t *of; /* of each operation: its item, or NONE */
};

/* Makes room for what the part's operations belong to. False when there is no memory. */
bool afield__items_init(struct afield__items *items, const struct afield__part *part);
/* The number of the value's item, made when new. NONE when there is no memory. */
uint32_t afield__item(struct afield__items *items, afield_value value);
void afield__items_fini(struct afield__items *items);
/* Notes that the operation saw the item: it was there at some time of the operation's interval. */
void afield__item_see(const struct afield__input *input, struct afield__item *item, uint32_t index);

/* Adds an operation to blame. Always AFIELD__NONLIN, so that a monitor can return it. */
enum afield__result afield__guilty(const struct afield__input *input, uint32_t index);

/*
 * Fills the items of a queue or stack, and gathers at `*empties` the operations that found nothing
 * (to be freed). Pending operations that changed nothing others saw are left out. AFIELD__LIN when
 * all is well so far.
 */
enum afield__result afield__gather_row(const struct afield__input *input,
				       struct afield__items *items, uint32_t **empties,
				       uint32_t *empty_count);

/*
 * Operations that follow one another without any other between them: all of them returned from
 * `high` on, the first to do so, and were called up to `low`.
 */
struct afield__zone {
	afield__time low, high;
	uint32_t index; /* the caller's */
};

/*
 * Puts the zones into an order in which nothing comes before what must precede it. One with `high`
 * AFIELD__NEVER comes first. NONLIN when there is none: then two that must each come before the
 * other are at `guilty`.
 */
enum afield__result afield__zones_sort(struct afield__zone *zones, size_t count,
				       uint32_t guilty[2]);

/* Puts the order of a queue: its items, and when those that found it empty may have done so. */
enum afield__result afield__order_queue(const struct afield__input *input,
					const struct afield__items *items, const uint32_t *empties,
					const afield__time *times, uint32_t empty_count);

enum afield__result afield__monitor_register(const struct afield__input *input);
enum afield__result afield__monitor_kv(const struct afield__input *input);
enum afield__result afield__monitor_counter(const struct afield__input *input);
enum afield__result afield__monitor_queue(const struct afield__input *input);
enum afield__result afield__monitor_stack(const struct afield__input *input);
enum afield__result afield__monitor_set(const struct afield__input *input);

#endif
