/* SPDX-License-Identifier: MIT */
/*
 * A ring with one thread at each end. One pushes three elements into a ring of two, the other pops,
 * in each of the two orders; the numbers wrap on the way. What must hold in every execution: the
 * elements come out in order and whole, and no place is written while it is read.
 *
 * And a third thread counts: never more than there is room for, nor less than nothing. Of two rings,
 * two threads that each push into one, or pop from it, and then count the other do not both count
 * what was there before.
 */
#include "litmus_spsc.h"

static bool is_release; /* the weaker of the two orders, at both ends */
static int accepted;    /* written by who pushes */
static int sum;         /* of what came out; written by who pops */

static void push_three(int self)
{
	for (int i = 1; i <= 3; i++)
		if (push(accepted + 1, is_release))
			accepted++;
}

static void pop_two(int self)
{
	for (int i = 0; i < 2; i++) {
		int value = pop(is_release);

		assert(value == 0 || value == sum + 1);
		sum += value != 0;
	}
}

static void push_three_pop_two(bool is_release_at_both)
{
	is_release = is_release_at_both;
	accepted = 0;
	sum = 0;
	begin(UINT64_MAX);
	RUN(push_three, pop_two);
	assert(accepted >= 2);
	assert(afield__spsc_count(&ring) == (uint64_t)(accepted - sum));
	while (sum < accepted)
		assert(pop(false) == ++sum);
	assert(pop(false) == 0);
}

PROGRAM(three_through_two_places)
{
	push_three_pop_two(false);
	push_three_pop_two(true);
}

static void count_once(int self)
{
	assert(afield__spsc_count(&ring) <= ring.capacity);
}

PROGRAM(count_beside_both)
{
	is_release = false;
	accepted = 0;
	sum = 0;
	begin(UINT64_MAX);
	RUN(push_three, pop_two, count_once);
}

/* Ring i, which has places for one element; thread i changes it, and counts the other. */
static struct afield__spsc two[2];
static uint64_t counted[2];

static void push_and_count(int self)
{
	uint64_t number;

	assert(afield__spsc_begin_push(&two[self], &number));
	afield__spsc_end_push(&two[self], number);
	counted[self] = afield__spsc_count(&two[1 - self]);
}

static void pop_and_count(int self)
{
	uint64_t number;

	assert(afield__spsc_begin_pop(&two[self], &number));
	afield__spsc_end_pop(&two[self], number);
	counted[self] = afield__spsc_count(&two[1 - self]);
}

static void begin_two(bool has_one)
{
	for (int i = 0; i < 2; i++) {
		uint64_t number;

		two[i].capacity = 1;
		afield__spsc_start_at(&two[i], 0);
		if (has_one && afield__spsc_begin_push(&two[i], &number))
			afield__spsc_end_push(&two[i], number);
	}
}

PROGRAM(two_push_and_count)
{
	begin_two(false);
	RUN(push_and_count, push_and_count);
	assert(counted[0] == 1 || counted[1] == 1);
}

PROGRAM(two_pop_and_count)
{
	begin_two(true);
	RUN(pop_and_count, pop_and_count);
	assert(counted[0] == 0 || counted[1] == 0);
}

PROGRAMS(three_through_two_places, count_beside_both, two_push_and_count, two_pop_and_count)
