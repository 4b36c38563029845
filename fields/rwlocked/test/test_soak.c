/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: readers see whole values, writers are alone, and no
 * change is lost.
 */
#include <afield/rwlocked.h>

#include "soak.h"

struct pair {
	uint64_t low, high;
};
AFIELD_TYPE(pair_rw, rwlocked, struct pair);

static pair_rw field;
static uint64_t changes; /* __atomic */

static bool one_more(struct pair *pair, void *unused)
{
	(void)unused;
	SOAK_CHECK(pair->low == pair->high);
	pair->low++;
	pair->high++;
	return true;
}

static void read(struct soak_thread *thread)
{
	const struct pair *pair =
		soak_random(thread, 2) ? pair_rw_read_lock(&field) : pair_rw_try_read_lock(&field);
	uint64_t seen;

	if (!pair)
		return;
	seen = pair->low;
	soak_dawdle(thread);
	SOAK_CHECK(pair->low == seen && pair->high == seen);
	pair_rw_read_unlock(&field);
}

static void write(struct soak_thread *thread)
{
	struct pair *pair = soak_random(thread, 2) ? pair_rw_write_lock(&field)
						   : pair_rw_try_write_lock(&field);

	if (!pair)
		return;
	SOAK_CHECK(pair_rw_is_mine(&field) && pair->low == pair->high);
	SOAK_CHECK(!pair_rw_read_lock(&field));
	pair->low++;
	soak_dawdle(thread);
	pair->high++;
	soak_add(&changes, 1);
	pair_rw_write_unlock(&field);
}

static void update(struct soak_thread *thread)
{
	(void)thread;
	SOAK_EQUAL(pair_rw_update(&field, one_more, NULL), 1);
	soak_add(&changes, 1);
}

static void load(struct soak_thread *thread)
{
	struct pair seen = {0, 1};

	(void)thread;
	SOAK_EQUAL(pair_rw_load(&field, &seen), 0);
	SOAK_EQUAL(seen.low, seen.high);
}

static void orphans(struct soak_thread *child)
{
	struct pair pair = {0, 0};

	(void)child;
	pair_rw_reset_orphans(&field);
	SOAK_EQUAL(pair_rw_store(&field, pair), 0); /* it may be half of a change */
}

static void finish(struct soak_thread *thread)
{
	load(thread);
	SOAK_EQUAL(pair_rw_write_lock(&field)->low, changes);
	pair_rw_write_unlock(&field);
	memset(&field, 0, sizeof(field));
	changes = 0;
}

static struct soak_operation operations[] = {
	{"read", read, 0}, {"write", write, 0}, {"update", update, 0},
	{"load", load, 0}, {NULL, NULL, 0},
};
extern const struct soak_kind soak_rwlocked;
const struct soak_kind soak_rwlocked = {"rwlocked", operations, NULL, NULL, orphans, finish};
