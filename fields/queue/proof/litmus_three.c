/* SPDX-License-Identifier: MIT */
/*
 * Two pushers and a popper of a queue whose rings have one slot.
 *
 * Not for GenMC: it has more executions than that goes through in minutes, and the explorer in its
 * own.
 */
#include "litmus_queue.h"

static uintptr_t taken[3][2]; /* written by the thread with that number */

static void push_two(int self)
{
	push_number(0);
	push_number(1);
}

static void push_third(int self)
{
	push_number(2);
}

/* Assertions of pop_from: the tail is never a ring that was given up, now or later. */
static void pop_twice(int self)
{
	taken[self][0] = pop_number();
	taken[self][1] = pop_number();
}

PROGRAM(tail_never_goes_back)
{
	RUN(push_two, push_third, pop_twice);
	assert(taken[2][0] != 2 || taken[2][1] != 1);
	assert(!taken[2][0] || taken[2][0] != taken[2][1]);
}

PROGRAMS(tail_never_goes_back)
