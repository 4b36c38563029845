/* SPDX-License-Identifier: MIT */
/*
 * Buckets that come and go beside elements, by the core itself. What must hold in every execution is
 * as in litmus_chain.c; and a bucket that is in the list at the end is in its place, those that a
 * shrink has swept are not, and no bucket is used after its part is freed.
 *
 * Not for GenMC: parts of a table are made by calloc, which it has not.
 * Not for relacy: the reference RCU has atomics of C11 itself.
 */
#include "chain_steps.h"

static void add_seven(int self)
{
	litmus_self = self;
	assert(add(7));
}

static void find_three(int self)
{
	litmus_self = self;
	assert(has(3));
}

static void find_seven(int self)
{
	litmus_self = self;
	assert(has(7));
}

static void look_for_seven(int self)
{
	litmus_self = self;
	(void)has(7);
}

static void take_three(int self)
{
	litmus_self = self;
	assert(take(3, true));
}

static void take_five(int self)
{
	litmus_self = self;
	assert(take(5, false));
}

static void ready_three(int self)
{
	litmus_self = self;
	ready(3);
}

static void ready_seven(int self)
{
	litmus_self = self;
	ready(7);
}

PROGRAM(ready_beside_an_add)
{
	prepare_size(4, false);
	add(3);
	RUN(ready_three, add_seven, look_for_seven);
	finish();
	assert(remain[3] && remain[7]);
}

PROGRAM(ready_beside_a_find)
{
	prepare_size(4, false);
	add(7);
	RUN(ready_three, find_seven, find_seven);
	finish();
	assert(remain[7]);
}

PROGRAM(ready_beside_a_ready)
{
	prepare_size(4, false);
	add(3);
	RUN(ready_three, ready_three, find_three);
	finish();
}

PROGRAM(ready_beside_a_child)
{
	prepare_size(4, false);
	double_once(4);
	add(3);
	add(7);
	RUN(ready_three, ready_seven, find_seven);
	finish();
	assert(remain[3] && remain[7]);
}

/* What stands in front of its place leaves, and what stands behind it. */
PROGRAM(ready_beside_takes)
{
	prepare_size(4, false);
	add(5);
	add(3);
	RUN(ready_three, take_five, take_three);
	finish();
	assert(!remain[3] && !remain[5]);
}

static void walk(int self)
{
	int met[KEYS] = {0};

	litmus_self = self;
	walk_all(met);
	assert(met[3] == 1 && met[5] <= 1);
}

PROGRAM(walk_beside_a_ready)
{
	prepare_size(4, false);
	add(3);
	add(5);
	RUN(ready_three, take_five, walk);
	finish();
}

static void double_and_ready(int self)
{
	litmus_self = self;
	double_once(2);
	ready(3);
}

PROGRAM(double_beside_a_double)
{
	prepare();
	add(3);
	RUN(double_and_ready, double_and_ready, find_three);
	assert(atomic_load(&buckets.size) == 4);
	finish();
	assert(remain[3]);
}

static void double_once_only(int self)
{
	litmus_self = self;
	double_once(2);
}

static void double_twice(int self)
{
	double_once_only(self);
	double_once(4);
}

PROGRAM(double_beside_two_doubles)
{
	prepare();
	RUN(double_once_only, double_twice);
	assert(atomic_load(&buckets.size) == 8);
	finish();
}

PROGRAM(double_beside_an_add)
{
	prepare();
	add(3);
	RUN(double_and_ready, add_seven, find_three);
	assert(atomic_load(&buckets.size) == 4);
	finish();
	assert(remain[3] && remain[7]);
}

static void lessen(int self)
{
	litmus_self = self;
	shrink(2);
}

static void lessen_and_double(int self)
{
	lessen(self);
	double_and_ready(self);
}

PROGRAM(shrink_beside_an_add)
{
	prepare_size(4, true);
	add(3);
	RUN(lessen, add_seven, find_three);
	assert(atomic_load(&buckets.size) == 2);
	finish();
	assert(remain[3] && remain[7]);
}

PROGRAM(shrink_beside_a_take)
{
	prepare_size(4, true);
	add(3);
	add(5);
	RUN(lessen, take_three, take_five);
	assert(atomic_load(&buckets.size) == 2);
	finish();
	assert(!remain[3] && !remain[5]);
}

PROGRAM(shrink_beside_a_ready)
{
	prepare_size(4, false);
	add(3);
	RUN(lessen, ready_three, find_three);
	assert(atomic_load(&buckets.size) == 2);
	finish();
	assert(remain[3]);
}

PROGRAM(shrink_beside_a_walk)
{
	prepare_size(4, true);
	add(3);
	RUN(lessen, walk, find_three);
	finish();
	assert(remain[3]);
}

/* A part comes where another was. */
PROGRAM(shrink_and_double_again)
{
	prepare_size(4, true);
	add(3);
	RUN(lessen_and_double, add_seven);
	assert(atomic_load(&buckets.size) == 4);
	finish();
	assert(remain[3] && remain[7]);
}

PROGRAMS(ready_beside_an_add, ready_beside_a_find, ready_beside_a_ready, ready_beside_a_child,
	 ready_beside_takes, walk_beside_a_ready, double_beside_a_double, double_beside_two_doubles,
	 double_beside_an_add, shrink_beside_an_add, shrink_beside_a_take, shrink_beside_a_ready,
	 shrink_beside_a_walk, shrink_and_double_again)
