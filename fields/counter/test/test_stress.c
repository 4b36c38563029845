/* SPDX-License-Identifier: MIT */
/*
 * counter under load: it is exact when all is quiet, sums beside additions keep between what was
 * certainly there and what could be, and resets take everything once.
 */
#include <afield/counter.h>

#include "test.h"

enum { ADDERS = 6, WATCHERS = 2 };

static afield_counter counter;
static long each;

/* What one adder has begun and finished. Padded: they shall not meet. */
static struct tally {
	AFIELD_ATOMIC(int64_t) begun;
	AFIELD_ATOMIC(int64_t) done;
	char apart[112];
} tallies[ADDERS];

static int64_t total(bool is_done)
{
	int64_t sum = 0;

	for (int i = 0; i < ADDERS; i++)
		sum += is_done ? AFIELD_LOAD(&tallies[i].done, seq_cst)
			       : AFIELD_LOAD(&tallies[i].begun, seq_cst);
	return sum;
}

static void add_and_watch(void *unused, int index)
{
	(void)unused;
	if (index < ADDERS) {
		struct tally *tally = &tallies[index];
		int64_t all = 0;

		for (long i = 0; i < each; i++) {
			int64_t amount = 1 + i % 5;

			AFIELD_STORE(&tally->begun, all += amount, seq_cst);
			afield_counter_add(&counter, amount);
			AFIELD_STORE(&tally->done, all, seq_cst);
		}
		return;
	}
	for (int64_t before = 0, last = -1; last != each * 3 * ADDERS; before = last) {
		int64_t least = total(true);
		int64_t sum = afield_counter_sum(&counter);

		TEST_CHECK(sum >= least);
		TEST_CHECK(sum <= total(false));
		TEST_CHECK(sum >= before); /* nothing is ever taken back */
		last = sum;
	}
}

static void sums_are_between(void)
{
	each = test_scaled(20000) / 5 * 5;
	memset(&counter, 0, sizeof(counter));
	memset(tallies, 0, sizeof(tallies));
	test_threads(ADDERS + WATCHERS, add_and_watch, NULL);
	TEST_CHECK(afield_counter_sum(&counter) == each * 3 * ADDERS);
	printf("  %s\n", afield__counter_block(&counter.counter) ? "striped" : "they never met");
	afield_counter_type()->fini(afield_counter_type(), &counter);
}

static int64_t taken[WATCHERS];
static AFIELD_ATOMIC(int) busy;
static void add_and_take(void *unused, int index)
{
	(void)unused;
	if (index < ADDERS) {
		for (long i = 0; i < each; i++)
			afield_counter_add(&counter, i % 2 ? 3 : -1);
		AFIELD_FETCH_SUB(&busy, 1, seq_cst);
		return;
	}
	while (AFIELD_LOAD(&busy, seq_cst) != 0)
		taken[index - ADDERS] += afield_counter_reset(&counter);
}

static void resets_take_everything_once(void)
{
	each = test_scaled(50000) / 2 * 2;
	memset(&counter, 0, sizeof(counter));
	AFIELD_STORE(&busy, ADDERS, seq_cst);
	test_threads(ADDERS + WATCHERS, add_and_take, NULL);
	TEST_CHECK(taken[0] + taken[1] + afield_counter_reset(&counter) == each * ADDERS);
	TEST_CHECK(afield_counter_sum(&counter) == 0);
	afield_counter_type()->fini(afield_counter_type(), &counter);
}

int main(void)
{
	TEST_RUN(sums_are_between);
	TEST_RUN(resets_take_everything_once);
	return test_done();
}
