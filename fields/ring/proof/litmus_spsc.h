/* SPDX-License-Identifier: MIT */
/*
 * litmus_spsc: a ring of two places with one thread at each end, for the litmus programs. The places
 * are plain, so that a checker reports a race where the order does not hold.
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
