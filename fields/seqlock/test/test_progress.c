/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of seqlock.h: a writer that stopped holds up writers always, readers only
 * where there is one slot.
 */
#include <afield/seqlock.h>

#include "schedule.h"
#include "test.h"

struct pair {
	long low, high, middle;
};
AFIELD_TYPE(pair_two, seqlock, struct pair);
AFIELD_TYPE(pair_one, seqlock, struct pair, 1);

static bool grow(struct pair *pair, void *unused)
{
	(void)unused;
	pair->high++;
	return true;
}

static void two_load(void *field)
{
	(void)pair_two_load((pair_two *)field);
}
static void two_try_load(void *field)
{
	struct pair pair;

	(void)pair_two_try_load((pair_two *)field, &pair);
}
static void two_store(void *field)
{
	struct pair pair = {1, 2, 3};

	pair_two_store((pair_two *)field, pair);
}
static void two_update(void *field)
{
	pair_two_update((pair_two *)field, grow, NULL);
}
static void one_load(void *field)
{
	(void)pair_one_load((pair_one *)field);
}
static void one_try_load(void *field)
{
	struct pair pair;

	(void)pair_one_try_load((pair_one *)field, &pair);
}
static void one_store(void *field)
{
	struct pair pair = {1, 2, 3};

	pair_one_store((pair_one *)field, pair);
}

static const struct schedule_operation two_slots[] = {
	{"load", two_load, LOCK_FREE},
	{"try_load", two_try_load, WAIT_FREE},
	{"store", two_store, BLOCKING},
	{"update", two_update, BLOCKING},
};
static const struct schedule_operation one_slot[] = {
	{"load, one slot", one_load, BLOCKING},
	{"try_load, one slot", one_try_load, WAIT_FREE},
	{"store, one slot", one_store, BLOCKING},
};

static void two_slots_hold(void)
{
	TEST_CHECK(schedule_freeze(two_slots, 4, sizeof(pair_two), NULL, NULL) == 0);
}

static void one_slot_holds(void)
{
	TEST_CHECK(schedule_freeze(one_slot, 3, sizeof(pair_one), NULL, NULL) == 0);
}

int main(void)
{
	TEST_RUN(two_slots_hold);
	TEST_RUN(one_slot_holds);
	return test_done();
}
