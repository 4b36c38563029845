/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: an overlap is refused or waited for, and no change
 * is lost.
 */
#include <afield/cell.h>

#include "soak.h"

struct pair {
	uint64_t low, high;
};
AFIELD_TYPE(pair_cell, cell, struct pair);

static pair_cell field;
static uint64_t changes; /* __atomic */

static void borrow(struct soak_thread *thread)
{
	const struct pair *pair = pair_cell_try_borrow(&field);
	uint64_t seen;

	if (!pair && pair_cell_borrow_wait(&field, &pair) != 0) {
		SOAK_CHECK(!"a shared borrow is waited for");
		return;
	}
	seen = pair->low;
	soak_dawdle(thread);
	SOAK_CHECK(pair->low == seen && pair->high == seen);
	SOAK_CHECK(pair_cell_borrow_count(&field) > 0 && pair_cell_holder(&field) == 0);
	pair_cell_release(&field);
}

static void change(struct soak_thread *thread)
{
	struct pair *pair = NULL;

	if (soak_random(thread, 2))
		pair = pair_cell_try_borrow_mut(&field);
	else if (pair_cell_borrow_mut_wait(&field, &pair) != 0)
		SOAK_CHECK(!"an exclusive borrow is waited for");
	if (!pair)
		return;
	SOAK_CHECK(pair->low == pair->high && pair_cell_holder(&field) == afield_thread_id());
	SOAK_CHECK(!pair_cell_try_borrow(&field));
	pair->low++;
	soak_dawdle(thread);
	pair->high++;
	soak_add(&changes, 1);
	pair_cell_release_mut(&field);
}

static void load(struct soak_thread *thread)
{
	struct pair seen = {0, 0};
	int error = pair_cell_load(&field, &seen);

	(void)thread;
	SOAK_CHECK((error == 0 || error == -EBUSY) && seen.low == seen.high);
}

static void orphans(struct soak_thread *child)
{
	struct pair pair = {0, 0};

	(void)child;
	SOAK_CHECK(pair_cell_reset_orphans(&field) >= 0);
	SOAK_EQUAL(pair_cell_store(&field, pair), 0); /* it may be half of a change */
}

static void finish(struct soak_thread *thread)
{
	struct pair seen = {0, 0};

	(void)thread;
	SOAK_EQUAL(pair_cell_borrow_count(&field), 0);
	SOAK_EQUAL(pair_cell_load(&field, &seen), 0);
	SOAK_EQUAL(seen.low, changes);
	memset(&field, 0, sizeof(field));
	changes = 0;
}

static struct soak_operation operations[] = {
	{"borrow", borrow, 0},
	{"change", change, 0},
	{"load", load, 0},
	{NULL, NULL, 0},
};
extern const struct soak_kind soak_cell;
const struct soak_kind soak_cell = {"cell", operations, NULL, NULL, orphans, finish};
