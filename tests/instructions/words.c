/* SPDX-License-Identifier: MIT */
/*
 * The copies of many words of ordering.h: of every length around which another way is taken, to and
 * from any address, each word arrives and none beside them is touched.
 */
#include <afield/ordering.h>

#include "test.h"

enum { MOST = 300, ASIDE = 3 };

static afield_word words[ASIDE + MOST + ASIDE];
static unsigned char bytes[sizeof(uintptr_t) * (ASIDE + MOST + ASIDE)];

static uintptr_t word_of(size_t i, uintptr_t round)
{
	return (i + 1) * UINT64_C(0x9e3779b97f4a7c15) + round;
}

static uintptr_t raw_at(const unsigned char *where, size_t i)
{
	uintptr_t raw;

	memcpy(&raw, where + i * sizeof(raw), sizeof(raw));
	return raw;
}

/* `count` is no constant to the compiler. */
static void copy(size_t count, size_t offset)
{
	unsigned char *raw = bytes + ASIDE * sizeof(uintptr_t) + offset;

	memset(bytes, 0x5a, sizeof(bytes));
	for (size_t i = 0; i < ASIDE + MOST + ASIDE; i++)
		AFIELD_STORE(&words[i], word_of(i, 0), relaxed);

	AFIELD_LOAD_WORDS(words + ASIDE, (afield_raw_word *)(void *)raw, count);
	for (size_t i = 0; i < count; i++)
		TEST_CHECK(raw_at(raw, i) == word_of(ASIDE + i, 0));
	TEST_CHECK(raw[-1] == 0x5a && raw[count * sizeof(uintptr_t)] == 0x5a);

	for (size_t i = 0; i < count; i++) {
		uintptr_t other = word_of(i, 7);

		memcpy(raw + i * sizeof(other), &other, sizeof(other));
	}
	AFIELD_STORE_WORDS(words + ASIDE, (const afield_raw_word *)(const void *)raw, count);
	for (size_t i = 0; i < ASIDE + MOST + ASIDE; i++) {
		int is_copied = i >= ASIDE && i < ASIDE + count;

		TEST_CHECK(AFIELD_LOAD(&words[i], relaxed) ==
			   (is_copied ? word_of(i - ASIDE, 7) : word_of(i, 0)));
	}
}

static void every_length(void)
{
	for (size_t count = 0; count <= MOST; count++)
		copy(count, count % 8);
}

/* The compiler knows these counts. */
static void constant_lengths(void)
{
	uintptr_t raw[MOST] = {0};

	AFIELD_LOAD_WORDS(words, (afield_raw_word *)raw, 15);
	AFIELD_LOAD_WORDS(words + 15, (afield_raw_word *)raw + 15, 16);
	AFIELD_LOAD_WORDS(words + 31, (afield_raw_word *)raw + 31, 17);
	for (size_t i = 0; i < 48; i++)
		TEST_CHECK(raw[i] == AFIELD_LOAD(&words[i], relaxed));
	TEST_CHECK(raw[48] == 0);
	AFIELD_LOAD_WORDS(words, (afield_raw_word *)raw, 256);
	for (size_t i = 0; i < 256; i++)
		TEST_CHECK(raw[i] == AFIELD_LOAD(&words[i], relaxed));
	TEST_CHECK(raw[256] == 0);
}

int main(void)
{
	TEST_RUN(every_length);
	TEST_RUN(constant_lengths);
	return test_done();
}
