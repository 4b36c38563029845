/* SPDX-License-Identifier: MIT */
/*
 * The pair of ordering.h: both halves change at once or not at all, whoever else changes them, and
 * who has loaded a tag finds no word that is older.
 */
#include <afield/ordering.h>

#include "test.h"

static afield_pair pair;

static bool is_pair(uint64_t tag, uint64_t word)
{
	return AFIELD_LOAD_TAG(&pair, relaxed) == tag && AFIELD_LOAD_WORD(&pair, relaxed) == word;
}

static void alone(void)
{
	const uint64_t most = UINT64_MAX;

	TEST_CHECK(is_pair(0, 0));
	TEST_CHECK((uintptr_t)&pair % 16 == 0 && sizeof(pair) == 16);
	TEST_CHECK(AFIELD_COMPARE_EXCHANGE_PAIR(&pair, 0, 0, 1, most, seq_cst));
	TEST_CHECK(is_pair(1, most));
	TEST_CHECK(!AFIELD_COMPARE_EXCHANGE_PAIR(&pair, 0, most, 7, 7, seq_cst));
	TEST_CHECK(!AFIELD_COMPARE_EXCHANGE_PAIR(&pair, 1, 0, 7, 7, seq_cst));
	TEST_CHECK(!AFIELD_COMPARE_EXCHANGE_PAIR(&pair, most, 1, 7, 7, seq_cst));
	TEST_CHECK(is_pair(1, most));
	TEST_CHECK(AFIELD_COMPARE_EXCHANGE_PAIR(&pair, 1, most, most, 1, seq_cst));
	TEST_CHECK(is_pair(most, 1));
	AFIELD_STORE_PAIR(&pair, 0, 0, relaxed);
	TEST_CHECK(is_pair(0, 0));
}

/*
 * A caller whose frame has both an aligned variable and one of variable length: a compiler keeps one
 * more register for it, which the instruction wants, too.
 */
static __attribute__((noinline)) uint64_t exchange_beside(uint64_t new_tag, unsigned length)
{
	volatile unsigned char *variable = (volatile unsigned char *)__builtin_alloca(length);
	volatile uint64_t aligned[8] __attribute__((aligned(64)));
	afield_pair local = {{0}, {0}};

	for (unsigned i = 0; i < 8; i++)
		aligned[i] = new_tag + i;
	variable[length - 1] = 1;
	TEST_CHECK(AFIELD_COMPARE_EXCHANGE_PAIR(&local, 0, 0, new_tag, aligned[1], seq_cst));
	TEST_CHECK(!AFIELD_COMPARE_EXCHANGE_PAIR(&local, 0, 0, aligned[2], aligned[3], seq_cst));
	TEST_CHECK(AFIELD_LOAD_TAG(&local, relaxed) == aligned[0]);
	TEST_CHECK(AFIELD_LOAD_WORD(&local, relaxed) == aligned[1]);
	TEST_CHECK(AFIELD_COMPARE_EXCHANGE_PAIR(&pair, 0, 0, aligned[0], aligned[1], seq_cst));
	TEST_CHECK(is_pair(aligned[0], aligned[1]));
	AFIELD_STORE_PAIR(&pair, 0, 0, relaxed);
	return variable[length - 1] + aligned[7];
}

static void in_a_frame_of_variable_length(void)
{
	for (unsigned length = 1; length < 100; length += 7)
		TEST_CHECK(exchange_beside(length, length) == length + 8);
}

static void raise_both(void *unused, int index)
{
	(void)unused;
	(void)index;
	for (long done = 0; done < test_scaled(50000);) {
		uint64_t tag = AFIELD_LOAD_TAG(&pair, acquire);
		uint64_t word = AFIELD_LOAD_WORD(&pair, relaxed);

		/* Behind the exchange that made the tag, the word is that one's or newer. */
		TEST_CHECK(word >= 3 * tag);
		if (AFIELD_COMPARE_EXCHANGE_PAIR(&pair, tag, word, tag + 1, 3 * (tag + 1), seq_cst))
			done++;
	}
}

static void together(void)
{
	uint64_t all = 4 * (uint64_t)test_scaled(50000);

	test_threads(4, raise_both, NULL);
	TEST_CHECK(is_pair(all, 3 * all));
}

int main(void)
{
	TEST_RUN(alone);
	TEST_RUN(in_a_frame_of_variable_length);
	TEST_RUN(together);
	return test_done();
}
