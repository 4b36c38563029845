/* SPDX-License-Identifier: MIT */
/*
 * monitor.h: what the monitors share.
 *
 * A monitor decides without searching. It works with bounds: an operation takes effect no earlier
 * than `low` and no later than `high`, and one operation must come before another when its `high`
 * is less than the other's `low`. Equal stamps force nothing. Times are doubled, so that there is a
 * time between any two stamps; FOREVER stands for what never happens.
 */
#ifndef AFIELD_CHECK_MONITOR_H
#define AFIELD_CHECK_MONITOR_H

#include "internal.h"

__extension__ typedef __int128 afield__time;

#define AFIELD__FOREVER ((afield__time)1 << 100)
#define AFIELD__NEVER (-((afield__time)1 << 100))

static inline afield__time afield__call_time(const struct afield_operation *operation)
{
	return (afield__time)operation->call * 2;
}

static inline afield__time afield__return_time(const struct afield_operation *operation)
{
	return operation->pending ? AFIELD__FOREVER : (afield__time)operation->ret * 2;
}

/* What is known of one value. */
struct afield__item {
	afield_value value;
	uint32_t add;    /* the operation that adds or writes it, or NONE */
	uint32_t remove; /* the operation that removes it, or NONE */
	uint32_t guilt;  /* any operation of it, to blame */
	bool seen;       /* some operation returned it */
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
};

/* The item of the value, made when new. NULL when there is no memory. */
struct afield__item *afield__item(struct afield__items *items, afield_value value);
void afield__items_fini(struct afield__items *items);
/* Notes that the operation saw the item: it was there at some time of the operation's interval. */
void afield__item_see(struct afield__item *item, const struct afield_operation *operation);

/* Adds an operation to blame. Always AFIELD__NONLIN, so that a monitor can return it. */
enum afield__result afield__guilty(struct afield__blame *blame, uint32_t operation);

/*
 * Fills the items of a queue or stack, and gathers at `*empties` the operations that found nothing
 * (to be freed). Pending operations that changed nothing others saw are left out. AFIELD__LIN when
 * all is well so far.
 */
enum afield__result afield__gather_row(const struct afield__part *part, struct afield__items *items,
				       uint32_t **empties, uint32_t *empty_count,
				       struct afield__blame *blame);

#endif
