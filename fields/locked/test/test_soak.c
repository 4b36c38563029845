/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: who has the lock is alone, and no change is lost.
 */
#include <afield/locked.h>

#include "soak.h"

struct pair {
	uint64_t low, high;
};
AFIELD_TYPE(pair_locked, locked, struct pair);
AFIELD_TYPE(value_locked, locked, struct soak_value *, soak_value_drop);

static pair_locked field;
static value_locked owned;
static uint64_t changes; /* __atomic */

static bool one_more(struct pair *pair, void *unused)
{
	(void)unused;
	SOAK_CHECK(pair->low == pair->high);
	pair->low++;
	pair->high++;
	return true;
}

static void lock(struct soak_thread *thread)
{
	struct pair *pair =
		soak_random(thread, 2) ? pair_locked_lock(&field) : pair_locked_try_lock(&field);

	if (!pair)
		return;
	SOAK_CHECK(pair_locked_is_mine(&field));
	SOAK_CHECK(!pair_locked_lock(&field)); /* it would wait for itself */
	SOAK_CHECK(pair->low == pair->high);
	pair->low++;
	soak_dawdle(thread);
	pair->high++;
	soak_add(&changes, 1);
	pair_locked_unlock(&field);
}

static void update(struct soak_thread *thread)
{
	(void)thread;
	SOAK_EQUAL(pair_locked_update(&field, one_more, NULL), 1);
	soak_add(&changes, 1);
}

static void load(struct soak_thread *thread)
{
	struct pair seen = {0, 1};

	(void)thread;
	SOAK_EQUAL(pair_locked_load(&field, &seen), 0);
	SOAK_EQUAL(seen.low, seen.high);
}

static void exchange(struct soak_thread *thread)
{
	struct soak_value *value = soak_value_new(thread);

	SOAK_EQUAL(value_locked_exchange(&owned, &value), 0);
	if (value)
		soak_value_free(value);
}

static void orphans(struct soak_thread *child)
{
	struct pair pair = {0, 0};

	(void)child;
	pair_locked_reset_orphans(&field);
	value_locked_reset_orphans(&owned);
	SOAK_EQUAL(pair_locked_store(&field, pair), 0); /* it may be half of a change */
}

static void finish(struct soak_thread *thread)
{
	load(thread);
	SOAK_EQUAL(pair_locked_lock(&field)->high, changes);
	pair_locked_unlock(&field);
	value_locked_type()->fini(value_locked_type(), &owned);
	memset(&field, 0, sizeof(field));
	memset(&owned, 0, sizeof(owned));
	changes = 0;
}

static struct soak_operation operations[] = {
	{"lock", lock, 0},         {"update", update, 0}, {"load", load, 0},
	{"exchange", exchange, 0}, {NULL, NULL, 0},
};
extern const struct soak_kind soak_locked;
const struct soak_kind soak_locked = {"locked", operations, NULL, NULL, orphans, finish};
