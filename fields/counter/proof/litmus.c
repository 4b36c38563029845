/* SPDX-License-Identifier: MIT */
/*
 * Additions to one counter. What must hold in every execution: no addition is lost or counted
 * twice, whoever makes the stripes. The steps of an addition are those of counter.h and counter.c,
 * without the allocation.
 */
#include "../../../tests/support/litmus_tell.h"
#include "../counter_core.h"

static struct afield__counter counter;

/* What each thread would publish. A thread writes the first line, as one that allocates does. */
static struct {
	struct afield__counter_block block;
	struct afield__counter_stripe stripes[2];
} memory[2];

static struct afield__counter_block *make_stripes(int self)
{
	memory[self].block.mask = 1;
	return afield__counter_publish(&counter, &memory[self].block);
}

/*
 * Two threads add to a fresh counter, a third sums it. A sum lies between none and all; what it
 * counts, its thread may read the news of. Each thread stands on a processor of its own.
 */
static int news; /* plain: written before the first thread's addition */

static void add(int self, int64_t amount)
{
	struct afield__counter_block *block = afield__counter_block(&counter);

	if (!block && afield__counter_try_alone(&counter, amount))
		return;
	if (!block)
		block = make_stripes(self);
	afield__counter_add_at(block, (size_t)self, amount);
}

static void add_two(int self)
{
	news = 42;
	add(self, 2);
}

static void add_one(int self)
{
	add(self, 1);
}

static void sum(int self)
{
	int64_t seen = afield__counter_sum(&counter);

	assert(seen >= 0 && seen <= 3);
	if (seen >= 2)
		assert(news == 42);
}

PROGRAM(two_additions_and_a_sum)
{
	RUN(add_two, add_one, sum);
	assert(afield__counter_sum(&counter) == 3);
}

/*
 * Two threads that both failed to add to the first word make stripes, and add to the same one. One
 * block is published and both use it, so that both additions are counted. Before that, both add to
 * the first word, as they do without memory.
 */
static void add_to_both(int self)
{
	struct afield__counter_block *block;

	afield__counter_add_alone(&counter, 1);
	block = afield__counter_block(&counter);
	if (!block)
		block = make_stripes(self);
	afield__counter_add_at(block, 1, 1);
}

PROGRAM(two_make_stripes)
{
	RUN(add_to_both, add_to_both);
	assert(afield__counter_sum(&counter) == 4);
}

/*
 * Additions beside two resets. Each is taken once, or stays. The thread that adds makes the stripes
 * in between, so that a reset may come with and without them.
 */
static int64_t taken[3]; /* written by the thread with that number */

static void add_and_make_stripes(int self)
{
	afield__counter_add_alone(&counter, 1);
	afield__counter_add_at(make_stripes(self), 1, 2);
}

static void reset(int self)
{
	taken[self] = afield__counter_reset(&counter);
}

PROGRAM(additions_beside_two_resets)
{
	RUN(add_and_make_stripes, reset, reset);
	assert(taken[1] >= 0 && taken[1] <= 3 && taken[2] >= 0 && taken[2] <= 3);
	assert(taken[1] + taken[2] + afield__counter_sum(&counter) == 3);
	assert(afield__counter_reset(&counter) + taken[1] + taken[2] == 3);
	assert(afield__counter_sum(&counter) == 0);
}

/*
 * A thread that has summed, and is told that an addition is over, finds it in its next sum.
 */
static void add_both_ways_and_tell(int self)
{
	afield__counter_add_alone(&counter, 1);
	afield__counter_add_at(make_stripes(self), 1, 2);
	tell();
}

static void sum_twice(int self)
{
	sum(self);
	if (is_told())
		assert(afield__counter_sum(&counter) == 3);
}

PROGRAM(next_sum_is_new)
{
	news = 42;
	RUN(add_both_ways_and_tell, sum_twice);
}

PROGRAMS(two_additions_and_a_sum, two_make_stripes, additions_beside_two_resets, next_sum_is_new)
