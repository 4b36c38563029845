/* SPDX-License-Identifier: MIT */
/*
 * lock_soak: the soak (tests/soak/soak.h) of a field with a lock (lock.h): who has the value alone
 * is alone, readers see it whole, and no change is lost. A kind has the ways to get in, and calls
 * lock_soak_change or lock_soak_read when it is.
 *
 * Synchronization: as soak.h.
 */
#ifndef AFIELD_TESTS_LOCK_SOAK_H
#define AFIELD_TESTS_LOCK_SOAK_H

#include "lock.h"
#include "soak.h"

static pair_field lock_field;
static uint64_t lock_changes; /* __atomic */

/* Under a lock for writing, which the kind ends. */
static inline void lock_soak_change(struct soak_thread *thread, struct pair *pair)
{
	SOAK_CHECK(pair->low == pair->high);
	pair->low++;
	soak_dawdle(thread);
	pair->high++;
	soak_add(&lock_changes, 1);
}

/* Under one for reading. */
static inline void lock_soak_read(struct soak_thread *thread, const struct pair *pair)
{
	int64_t seen = pair->low;

	soak_dawdle(thread);
	SOAK_CHECK(pair->low == seen && pair->high == seen);
}

static inline bool lock_soak_one_more(struct pair *pair, void *unused)
{
	(void)unused;
	SOAK_CHECK(pair->low == pair->high);
	pair->low++;
	pair->high++;
	return true;
}

static inline void lock_soak_update(struct soak_thread *thread)
{
	(void)thread;
	SOAK_EQUAL(pair_field_update(&lock_field, lock_soak_one_more, NULL), 1);
	soak_add(&lock_changes, 1);
}

static inline void lock_soak_load(struct soak_thread *thread)
{
	struct pair seen = pair_of(0, 1);

	(void)thread;
	SOAK_EQUAL(pair_field_load(&lock_field, &seen), 0);
	SOAK_EQUAL(seen.low, seen.high);
}

static inline void lock_soak_orphans(struct soak_thread *child)
{
	(void)child;
	SOAK_CHECK(pair_field_reset_orphans(&lock_field) >= 0);
	SOAK_EQUAL(pair_field_store(&lock_field, pair_of(0, 0)),
		   0); /* it may be half of a change */
}

/* Both locks are free, and every change is there. */
static inline void lock_soak_finish(struct soak_thread *thread)
{
	struct pair seen = pair_of(0, 0);

	lock_soak_load(thread);
	SOAK_EQUAL(pair_field_exchange(&lock_field, &seen), 0);
	SOAK_EQUAL(seen.low, lock_changes);
	SOAK_EQUAL(seen.high, lock_changes);
	memset(&lock_field, 0, sizeof(lock_field));
	lock_changes = 0;
}

#endif
