/* SPDX-License-Identifier: MIT */
/*
 * flags under load: bits that many threads change beside each other in one word are never lost, and
 * of those who ask for one bit exactly one is given it.
 */
#include <afield/flags.h>

#include "test.h"

#define SEAT(flag)                                                                          \
	flag(seat, a) flag(seat, b) flag(seat, c) flag(seat, d) flag(seat, e) flag(seat, f) \
		flag(seat, g) flag(seat, h) flag(seat, ticket)
AFIELD_FLAGS(seat, SEAT);
AFIELD_TYPE(seat_flags, flags, seat);

enum { THREADS = 8 };
static seat_flags word;
static long rounds;

/* Each has a bit of its own, and finds it as it left it. */
static void change_mine(void *unused, int index)
{
	seat mine = UINT64_C(1) << index;

	(void)unused;
	for (long i = 0; i < rounds; i++) {
		TEST_CHECK(!seat_flags_test(&word, mine));
		switch (i % 3) {
		case 0:
			seat_flags_set(&word, mine);
			break;
		case 1:
			seat_flags_toggle(&word, mine);
			break;
		default:
			TEST_CHECK(seat_flags_test_and_set(&word, mine) == 0);
		}
		TEST_CHECK(seat_flags_test(&word, mine));
		TEST_CHECK(seat_flags_load(&word) & mine);
		if (i % 2)
			seat_flags_clear(&word, mine);
		else
			TEST_CHECK(seat_flags_test_and_clear(&word, mine) == mine);
	}
	seat_flags_set(&word, mine);
}

static void neighbours_are_left_alone(void)
{
	rounds = test_scaled(50000);
	test_threads(THREADS, change_mine, NULL);
	TEST_CHECK(seat_flags_load(&word) == (UINT64_C(1) << THREADS) - 1);
}

/* A lock made of one bit: what it guards is plain, so that ThreadSanitizer sees the orders. */
static long guarded;
static void take_turns(void *unused, int index)
{
	(void)unused, (void)index;
	for (long i = 0; i < rounds; i++) {
		while (seat_flags_test_and_set(&word, seat_ticket))
			sched_yield();
		guarded++;
		seat_flags_clear(&word, seat_ticket);
	}
}

static void one_is_told_that_it_was_clear(void)
{
	rounds = test_scaled(5000);
	test_threads(THREADS, take_turns, NULL);
	TEST_CHECK(guarded == rounds * THREADS);
	TEST_CHECK(!seat_flags_test(&word, seat_ticket));
}

/* Toggles commute and none is lost: an odd number of each bit is left. */
static void toggle_all(void *unused, int index)
{
	(void)unused;
	for (long i = 0; i < rounds; i++)
		seat_flags_toggle(&word, seat_a | (UINT64_C(1) << (1 + index % 4)));
}

static void toggles_all_count(void)
{
	rounds = test_scaled(50000) | 1;
	seat_flags_store(&word, 0);
	test_threads(5, toggle_all, NULL);
	/* a: five odd numbers; b: of threads 0 and 4; c, d, e: of one thread each. */
	TEST_CHECK(seat_flags_load(&word) == (seat_a | seat_c | seat_d | seat_e));
}

int main(void)
{
	TEST_RUN(neighbours_are_left_alone);
	TEST_RUN(one_is_told_that_it_was_clear);
	TEST_RUN(toggles_all_count);
	return test_done();
}
