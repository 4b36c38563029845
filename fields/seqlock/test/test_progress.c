/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of seqlock.h: a writer that stopped holds up writers always, readers only
 * where there is one slot.
 */
#include <afield/seqlock.h>

#include "progress.h"

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

/* What fields of one slot and of two can do. */
#define OPERATIONS(slots, T)                           \
	static void slots##_load(void *field)          \
	{                                              \
		(void)T##_load((T *)field);            \
	}                                              \
	static void slots##_try_load(void *field)      \
	{                                              \
		struct pair pair;                      \
		(void)T##_try_load((T *)field, &pair); \
	}                                              \
	static void slots##_store(void *field)         \
	{                                              \
		struct pair pair = {1, 2, 3};          \
		T##_store((T *)field, pair);           \
	}
OPERATIONS(two, pair_two)
OPERATIONS(one, pair_one)

static void two_update(void *field)
{
	pair_two_update((pair_two *)field, grow, NULL);
}

static const struct schedule_operation two_slots[] = {
	PROGRESS(two_load, LOCK_FREE),
	PROGRESS(two_try_load, WAIT_FREE),
	PROGRESS(two_store, BLOCKING),
	PROGRESS(two_update, BLOCKING),
};
PROGRESS_TEST(two_slots_hold, two_slots, pair_two, NULL, NULL);

static const struct schedule_operation one_slot[] = {
	PROGRESS(one_load, BLOCKING),
	PROGRESS(one_try_load, WAIT_FREE),
	PROGRESS(one_store, BLOCKING),
};
PROGRESS_TEST(one_slot_holds, one_slot, pair_one, NULL, NULL);

int main(void)
{
	TEST_RUN(two_slots_hold);
	TEST_RUN(one_slot_holds);
	return test_done();
}
