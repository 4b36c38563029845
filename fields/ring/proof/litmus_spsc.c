/* SPDX-License-Identifier: MIT */
/*
 * A ring with one thread at each end. One pushes three elements into a ring of two, the other pops,
 * in each of the two orders; the numbers wrap on the way. What must hold in every execution: the
 * elements come out in order and whole, and no place is written while it is read. The places are
 * plain, so that a checker reports a race where the order does not hold.
 */
#include "../../../tests/support/litmus.h"
#include "../ring_spsc_core.h"

static struct afield__spsc ring;
static int places[2];

static void begin(uint64_t start)
{
	ring.capacity = 2;
	ring.mask = 1;
	ring.places = places;
	afield__spsc_start_at(&ring, start);
}

static bool push(int value, bool is_release)
{
	uint64_t number;

	if (!afield__spsc_begin_push(&ring, &number))
		return false;
	places[number & ring.mask] = value;
	if (is_release)
		afield__spsc_end_push_release(&ring, number);
	else
		afield__spsc_end_push(&ring, number);
	return true;
}

static int pop(bool is_release)
{
	uint64_t number;
	int value;

	if (!afield__spsc_begin_pop(&ring, &number))
		return 0;
	value = places[number & ring.mask];
	if (is_release)
		afield__spsc_end_pop_release(&ring, number);
	else
		afield__spsc_end_pop(&ring, number);
	return value;
}

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

PROGRAMS(three_through_two_places)
