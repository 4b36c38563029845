/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: who has the lock is alone, and no change is lost.
 */
#include <afield/locked.h>

#define LOCK_KIND locked
#include "lock_soak.h"

LOCK_OF(value_field, struct soak_value *, soak_value_drop);

static value_field owned;

static void lock(struct soak_thread *thread)
{
	struct pair *pair = soak_random(thread, 2) ? pair_field_lock(&lock_field)
						   : pair_field_try_lock(&lock_field);

	if (!pair)
		return;
	SOAK_CHECK(pair_field_is_mine(&lock_field));
	SOAK_CHECK(!pair_field_lock(&lock_field)); /* it would wait for itself */
	lock_soak_change(thread, pair);
	pair_field_unlock(&lock_field);
}

static void exchange(struct soak_thread *thread)
{
	struct soak_value *value = soak_value_new(thread);

	SOAK_EQUAL(value_field_exchange(&owned, &value), 0);
	if (value)
		soak_value_free(value);
}

static void orphans(struct soak_thread *child)
{
	value_field_reset_orphans(&owned);
	lock_soak_orphans(child);
}

static void finish(struct soak_thread *thread)
{
	lock_soak_finish(thread);
	value_field_type()->fini(value_field_type(), &owned);
	memset(&owned, 0, sizeof(owned));
}

#define OPERATIONS(operation) \
	operation(lock) operation(lock_soak_update) operation(lock_soak_load) operation(exchange)
SOAK_KIND(locked, OPERATIONS, .orphans = orphans, .finish = finish);
