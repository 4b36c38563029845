/* SPDX-License-Identifier: MIT */
/*
 * Elements that come and go in one chain, by the core itself. What must hold in every execution: an
 * element that is there all the while is found, and met once by a walk; of two that add one key, or
 * take it, one does; what was added is there at the end, in its place, and what was taken is not;
 * and no node is used after it is freed, or before it is made.
 *
 * Not for relacy: the reference RCU has atomics of C11 itself.
 */
#include "chain_steps.h"

static bool does[3]; /* written by the thread with that number */

static void add_seven(int self)
{
	litmus_self = self;
	does[self] = add(7);
}

static void add_like_seven(int self)
{
	litmus_self = self;
	does[self] = add(107);
}

static void add_three(int self)
{
	litmus_self = self;
	does[self] = add(3);
}

static void add_five(int self)
{
	litmus_self = self;
	does[self] = add(5);
}

static void find_seven(int self)
{
	litmus_self = self;
	does[self] = has(7);
}

static void find_like_seven(int self)
{
	litmus_self = self;
	does[self] = has(107);
}

static void find_three(int self)
{
	litmus_self = self;
	assert(has(3));
}

static void find_five(int self)
{
	litmus_self = self;
	assert(has(5));
}

static void take_one(int self)
{
	litmus_self = self;
	does[self] = take(1, true);
}

static void take_five(int self)
{
	litmus_self = self;
	does[self] = take(5, true);
}

static void take_five_by_node(int self)
{
	litmus_self = self;
	does[self] = take(5, false);
}

PROGRAM(add_beside_the_same)
{
	prepare();
	add(3);
	RUN(add_seven, add_seven, find_three);
	assert(does[0] != does[1]);
	finish();
	assert(remain[3] && remain[7]);
}

PROGRAM(add_beside_a_like)
{
	prepare();
	RUN(add_seven, add_like_seven, find_like_seven);
	assert(does[0] && does[1]);
	finish();
	assert(remain[7] && remain[107]);
}

PROGRAM(add_beside_a_neighbour)
{
	prepare();
	RUN(add_seven, add_three, find_seven);
	assert(does[0] && does[1]);
	finish();
	assert(remain[7] && remain[3]);
}

/* The node behind which one comes leaves. */
PROGRAM(add_behind_what_leaves)
{
	prepare();
	add(5);
	RUN(add_seven, take_five, find_seven);
	assert(does[0] && does[1]);
	finish();
	assert(remain[7] && !remain[5]);
}

/* The key comes again before its old node has left. */
static void take_and_add(int self)
{
	litmus_self = self;
	does[self] = take(5, true);
	assert(add(5));
}

PROGRAM(take_and_add_again)
{
	prepare();
	add(5);
	RUN(take_and_add, take_five, find_seven);
	assert(does[0] || does[1]);
	finish();
	assert(remain[5] == 2 - does[0] - does[1]);
}

static void add_if_taken(int self)
{
	litmus_self = self;
	does[self] = add(5);
}

PROGRAM(add_beside_a_take_of_the_same)
{
	prepare();
	add(5);
	RUN(add_if_taken, take_five_by_node);
	assert(does[1]);
	finish();
	assert(remain[5] == does[0]);
}

PROGRAM(take_beside_the_same)
{
	prepare();
	add(5);
	add(7);
	RUN(take_five, take_five_by_node, find_seven);
	assert(does[0] != does[1] && does[2]);
	finish();
	assert(remain[7] && !remain[5]);
}

/* One has gone from the list while the one in front of it goes. */
static void take_neighbours(litmus_steps *first, litmus_steps *second)
{
	prepare();
	add(1);
	add(5);
	add(3);
	RUN(first, second, find_three);
	assert(does[0] && does[1]);
	finish();
	assert(remain[3] && !remain[1] && !remain[5]);
}

PROGRAM(take_beside_a_neighbour)
{
	take_neighbours(take_one, take_five);
}

PROGRAM(take_beside_a_neighbour_by_node)
{
	take_neighbours(take_five_by_node, take_one);
}

static void look_for_five(int self)
{
	litmus_self = self;
	does[self] = has(5);
}

PROGRAM(find_beside_a_take)
{
	prepare();
	add(5);
	add(3);
	RUN(take_five, look_for_five, find_three);
	assert(does[0]);
	finish();
	assert(!remain[5] && remain[3]);
}

static void walk(int self)
{
	int met[KEYS] = {0};

	litmus_self = self;
	walk_all(met);
	assert(met[5] == 1 && met[1] <= 1 && met[7] <= 1);
}

PROGRAM(walk_beside_all)
{
	prepare();
	add(1);
	add(5);
	RUN(add_seven, take_one, walk);
	assert(does[0] && does[1]);
	finish();
	assert(remain[5] && remain[7] && !remain[1]);
}

PROGRAMS(add_beside_the_same, add_beside_a_like, add_beside_a_neighbour, add_behind_what_leaves,
	 take_and_add_again, add_beside_a_take_of_the_same, take_beside_the_same,
	 take_beside_a_neighbour, take_beside_a_neighbour_by_node, find_beside_a_take,
	 walk_beside_all)
