/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: an overlap is refused or waited for, and no change
 * is lost.
 */
#include <afield/cell.h>

#define LOCK_KIND cell
#include "lock_soak.h"

static void borrow(struct soak_thread *thread)
{
	const struct pair *pair = pair_field_try_borrow(&lock_field);

	if (!pair && pair_field_borrow_wait(&lock_field, &pair) != 0) {
		SOAK_CHECK(!"a shared borrow is waited for");
		return;
	}
	lock_soak_read(thread, pair);
	SOAK_CHECK(pair_field_borrow_count(&lock_field) > 0 && pair_field_holder(&lock_field) == 0);
	pair_field_release(&lock_field);
}

static void change(struct soak_thread *thread)
{
	struct pair *pair = NULL;

	if (soak_random(thread, 2))
		pair = pair_field_try_borrow_mut(&lock_field);
	else if (pair_field_borrow_mut_wait(&lock_field, &pair) != 0)
		SOAK_CHECK(!"an exclusive borrow is waited for");
	if (!pair)
		return;
	SOAK_CHECK(pair_field_holder(&lock_field) == afield_thread_id());
	SOAK_CHECK(!pair_field_try_borrow(&lock_field));
	lock_soak_change(thread, pair);
	pair_field_release_mut(&lock_field);
}

static void load(struct soak_thread *thread)
{
	struct pair seen = {0, 0};
	int error = pair_field_load(&lock_field, &seen);

	(void)thread;
	SOAK_CHECK((error == 0 || error == -EBUSY) && seen.low == seen.high);
}

static void finish(struct soak_thread *thread)
{
	SOAK_EQUAL(pair_field_borrow_count(&lock_field), 0);
	lock_soak_finish(thread);
}

#define OPERATIONS(operation) operation(borrow) operation(change) operation(load)
SOAK_KIND(cell, OPERATIONS, .orphans = lock_soak_orphans, .finish = finish);
