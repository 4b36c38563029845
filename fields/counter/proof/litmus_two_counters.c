/* SPDX-License-Identifier: MIT */
/*
 * Two counters. The operations on both stand in one order: each of two threads changes one and then
 * looks at the other, and what must hold in every execution is that at least one of them sees what
 * the other did.
 */
#include "../../../tests/support/litmus.h"
#include "../counter_core.h"

static struct afield__counter counters[2];
static struct {
	struct afield__counter_block block;
	struct afield__counter_stripe stripes[2];
} blocks[2];
static int64_t seen[2]; /* in the other; written by the thread with that number */

static void begin(void)
{
	for (int i = 0; i < 2; i++)
		blocks[i].block.mask = 1;
}

static struct afield__counter_block *make_stripes(int which)
{
	return afield__counter_publish(&counters[which], &blocks[which].block);
}

/* Each adds: to the first word, and in a second round to a stripe, which it makes. */
static bool is_striping;

static void add_and_sum(int self)
{
	struct afield__counter *counter = &counters[self];

	if (is_striping) {
		make_stripes(self);
		afield__counter_add_at(afield__counter_block(counter), 1, 1);
	} else if (self == 0) {
		assert(afield__counter_try_alone(counter, 1)); /* nobody else adds to this one */
	} else {
		afield__counter_add_alone(counter, 1);
	}
	seen[self] = afield__counter_sum(&counters[1 - self]);
}

static void add_and_sum_both(void)
{
	RUN(add_and_sum, add_and_sum);
	assert(seen[0] == 1 || seen[1] == 1);
	for (int i = 0; i < 2; i++)
		assert(afield__counter_sum(&counters[i]) == 1);
}

PROGRAM(two_counters)
{
	begin();
	add_and_sum_both();
	for (int i = 0; i < 2; i++)
		AFIELD_STORE(&counters[i].alone, 0, relaxed);
	is_striping = true;
	add_and_sum_both();
}

/* Each makes the stripes of one, adds, and takes from the other: one of them takes something. */
static void add_and_take(int self)
{
	afield__counter_add_at(make_stripes(self), 1, 1);
	seen[self] = afield__counter_reset(&counters[1 - self]);
}

/* Each takes from one and looks at the other: one of them sees that it has been taken. */
static void take_and_sum(int self)
{
	assert(afield__counter_reset(&counters[self]) == 1);
	seen[self] = afield__counter_sum(&counters[1 - self]);
}

PROGRAM(two_resets)
{
	begin();
	RUN(add_and_take, add_and_take);
	assert(seen[0] == 1 || seen[1] == 1);
	for (int i = 0; i < 2; i++)
		assert(afield__counter_reset(&counters[i]) == 1 - seen[1 - i]);
	/* One in the first word here, one in a stripe there. */
	afield__counter_add_alone(&counters[0], 1);
	afield__counter_add_at(&blocks[1].block, 0, 1);
	assert(afield__counter_sum(&counters[1]) == 1);
	RUN(take_and_sum, take_and_sum);
	assert(seen[0] == 0 || seen[1] == 0);
	assert(afield__counter_sum(&counters[1]) == 0);
}

PROGRAMS(two_resets, two_counters)
