/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: readers see whole values, writers are alone, and no
 * change is lost.
 */
#include <afield/rwlocked.h>

#define LOCK_KIND rwlocked
#include "lock_soak.h"

static void read(struct soak_thread *thread)
{
	const struct pair *pair = soak_random(thread, 2) ? pair_field_read_lock(&lock_field)
							 : pair_field_try_read_lock(&lock_field);

	if (!pair)
		return;
	lock_soak_read(thread, pair);
	pair_field_read_unlock(&lock_field);
}

static void write(struct soak_thread *thread)
{
	struct pair *pair = soak_random(thread, 2) ? pair_field_write_lock(&lock_field)
						   : pair_field_try_write_lock(&lock_field);

	if (!pair)
		return;
	SOAK_CHECK(pair_field_is_mine(&lock_field));
	SOAK_CHECK(!pair_field_read_lock(&lock_field));
	lock_soak_change(thread, pair);
	pair_field_write_unlock(&lock_field);
}

#define OPERATIONS(operation) \
	operation(read) operation(write) operation(lock_soak_update) operation(lock_soak_load)
SOAK_KIND(rwlocked, OPERATIONS, .orphans = lock_soak_orphans, .finish = lock_soak_finish);
