/* SPDX-License-Identifier: MIT */
/*
 * atomic with many threads: every update happens exactly once, whichever verb makes it.
 */
#include <afield/atomic.h>

#include "bind.h"
#include "test.h"

enum { THREADS = 8 };

/* Close together, so that the threads meet on every line. */
static struct shared {
	afield_i64 sum;
	afield_u8 narrow;
	afield_i64 smallest, largest;
	afield_u64 bits;
	afield_u64 parity;
	afield_f64 level;
	afield_i64 updated;
	afield_i64 counted;
	afield_i64 passed;
	afield_i64 received;
	long rounds;
} shared;

static int64_t three_more(int64_t old, void *argument)
{
	return old + *(int64_t *)argument;
}

static void sums(void *argument, int index)
{
	struct shared *it = (struct shared *)argument;
	int64_t three = 3;

	test_bind(index);
	for (long i = 0; i < it->rounds; i++) {
		int64_t seen = afield_i64_load_relaxed(&it->counted);

		afield_i64_fetch_add_relaxed(&it->sum, index + 1);
		afield_u8_fetch_add(&it->narrow, 1);
		afield_i64_fetch_sub(&it->sum, 1);
		afield_f64_fetch_add(&it->level, 0.5);
		afield_i64_update(&it->updated, three_more, &three);
		while (!afield_i64_compare_exchange(&it->counted, &seen, seen + 1))
			;
	}
}

static void sums_are_exact(void)
{
	int64_t all;

	memset(&shared, 0, sizeof(shared));
	shared.rounds = test_scaled(200000);
	test_threads(THREADS, sums, &shared);
	all = (int64_t)THREADS * shared.rounds;
	TEST_CHECK(afield_i64_load(&shared.sum) ==
		   shared.rounds * THREADS * (THREADS + 1) / 2 - all);
	TEST_CHECK(afield_u8_load(&shared.narrow) == (uint8_t)all);
	TEST_CHECK(afield_f64_load(&shared.level) == (double)all / 2); /* exact below 2^53 */
	TEST_CHECK(afield_i64_load(&shared.updated) == 3 * all);
	TEST_CHECK(afield_i64_load(&shared.counted) == all);
}

/* Per thread: the highest value that it asked for, and how often something went back. */
static int64_t asked[THREADS];
static long rises[THREADS], falls[THREADS], float_falls[THREADS];

/*
 * Everybody goes a little beyond what is there, so that all collide all the time. A loop that
 * overwrote a larger value with its own is noticed by the thread whose value is gone; not at once,
 * when it may still read its own store, but a round later.
 */
static void bounds(void *argument, int index)
{
	struct shared *it = (struct shared *)argument;
	int64_t high = 0, low = 0;
	double real = 0;

	test_bind(index);
	for (long i = 1; i <= it->rounds; i++) {
		int64_t largest = afield_i64_load_relaxed(&it->largest);
		int64_t smallest = afield_i64_load_relaxed(&it->smallest);
		double level = afield_f64_load_relaxed(&it->level);

		falls[index] += largest < high;
		rises[index] += smallest > low;
		float_falls[index] += level < real;
		high = largest + 1 + index;
		low = smallest - 1 - index;
		real = level + 1 + index;
		afield_i64_fetch_max(&it->largest, high);
		afield_i64_fetch_min(&it->smallest, low);
		afield_f64_fetch_max_relaxed(&it->level, real);
		afield_u64_fetch_or(&it->bits, UINT64_C(1) << (i % 64));
		afield_u64_fetch_xor(&it->parity, UINT64_C(1) << (8 * index));
	}
	asked[index] = high;
}

static void bounds_are_exact(void)
{
	int64_t largest = 0;

	memset(&shared, 0, sizeof(shared));
	shared.rounds = test_scaled(200000) | 1; /* odd: every bit of `parity` ends up set */
	test_threads(THREADS, bounds, &shared);
	for (int i = 0; i < THREADS; i++) {
		largest = asked[i] > largest ? asked[i] : largest;
		TEST_CHECK(falls[i] == 0);
		TEST_CHECK(rises[i] == 0);
		TEST_CHECK(float_falls[i] == 0);
	}
	TEST_CHECK(afield_i64_load(&shared.largest) == largest);
	TEST_CHECK(afield_u64_load(&shared.parity) == UINT64_C(0x0101010101010101));
	TEST_CHECK(afield_u64_load(&shared.bits) == UINT64_MAX || shared.rounds < 64);
}

/* Every value put in by exchange is taken out once, or is the one that stays. */
static void pass(void *argument, int index)
{
	struct shared *it = (struct shared *)argument;
	int64_t received = 0;

	test_bind(index);
	for (long i = 1; i <= it->rounds; i++)
		received += afield_i64_exchange_acq_rel(&it->passed, index * it->rounds + i);
	afield_i64_fetch_add(&it->received, received);
}

static void exchanged_values_are_seen_once(void)
{
	int64_t count;

	memset(&shared, 0, sizeof(shared));
	shared.rounds = test_scaled(200000);
	test_threads(THREADS, pass, &shared);
	count = THREADS * (int64_t)shared.rounds;
	TEST_CHECK(afield_i64_load(&shared.received) + afield_i64_load(&shared.passed) ==
		   count * (count + 1) / 2);
}

int main(void)
{
	TEST_RUN(sums_are_exact);
	TEST_RUN(bounds_are_exact);
	TEST_RUN(exchanged_values_are_seen_once);
	return test_done();
}
