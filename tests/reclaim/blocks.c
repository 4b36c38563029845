/* SPDX-License-Identifier: MIT */
/*
 * Blocks: what a thread retires comes back to it after a grace period, in whatever size; what is
 * kept is bounded, and is given back by a barrier and when nothing has been retired for a while.
 */
#define _GNU_SOURCE
#include <afield/detail/blocks.h>

#include "child.h"
#include "given_back.h"
#include "reader.h"

enum { MOST = 4096, MANY = 1000 };

static void *make(size_t bytes)
{
	void *block = afield__block_new(bytes);

	TEST_CHECK(block != NULL && (uintptr_t)block % 16 == 0);
	memset(block, 0x55, bytes);
	return block;
}

static void retire(void *block, size_t bytes)
{
	afield__block_retire((struct afield_retired *)block, bytes, true);
}

/* With a neighbour, which malloc would find broken. */
static void a_block_has_its_bytes(void)
{
	for (size_t bytes = sizeof(struct afield_retired); bytes < MOST; bytes += 8) {
		void *one = make(bytes), *other = make(bytes);

		memset(one, 0xaa, bytes);
		TEST_CHECK(((unsigned char *)other)[bytes - 1] == 0x55);
		TEST_CHECK(malloc_usable_size(one) >= bytes);
		retire(one, bytes);
		afield__block_free(other, bytes);
	}
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0 && afield_backlog_bytes() == 0);
}

/* Waits until all is reclaimed, without a barrier. */
static int comes_back(void)
{
	for (int i = 0; i < 4000 && afield_backlog() != 0; i++)
		pause_ms(1);
	return afield_backlog() == 0;
}

static int compare(const void *one, const void *other)
{
	return *(char *const *)one < *(char *const *)other   ? -1
	       : *(char *const *)one > *(char *const *)other ? 1
							     : 0;
}

/* Each of them once. `first` is in order. */
static int count_again(void *const *first, void **second)
{
	int again = 0;

	qsort(second, MANY, sizeof(void *), compare);
	for (int i = 0; i < MANY; i++) {
		TEST_CHECK(i == 0 || second[i] != second[i - 1]);
		again += bsearch(&second[i], first, MANY, sizeof(void *), compare) != NULL;
	}
	return again;
}

static void make_many(void **blocks, size_t bytes)
{
	for (int i = 0; i < MANY; i++)
		blocks[i] = make(bytes);
}

static void retire_many(void **blocks, size_t bytes)
{
	for (int i = 0; i < MANY; i++)
		retire(blocks[i], bytes);
}

/* All of them, in whatever number of rounds. The worker frees what nobody wants for a while, so a
 * busy machine may have to try again. */
static int all_come_back(size_t bytes)
{
	static void *first[MANY], *second[MANY];
	int again;

	make_many(first, bytes);
	retire_many(first, bytes);
	if (!comes_back())
		return 0;
	make_many(second, bytes);
	qsort(first, MANY, sizeof(void *), compare);
	again = count_again(first, second);
	retire_many(second, bytes);
	TEST_CHECK(afield_barrier() == 0);
	return again == MANY;
}

static void what_is_retired_comes_back(void)
{
	for (size_t bytes = 40; bytes < 3000; bytes = bytes * 3 / 2) {
		bool have = false;

		for (int i = 0; i < 20 && !have; i++)
			have = all_come_back(bytes);
		TEST_CHECK(have);
	}
}

/* What is left is a piece of each size. */
static void a_barrier_gives_back(void)
{
	static void *blocks[MANY];
	size_t before;

	TEST_CHECK(afield_barrier() == 0);
	before = given_back_in_use();
	make_many(blocks, 1000);
	retire_many(blocks, 1000);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(given_back_in_use() < before + 40000);
}

static void time_gives_back(void)
{
	static void *blocks[MANY];
	size_t before = given_back_in_use();

	make_many(blocks, 1000);
	retire_many(blocks, 1000);
	for (int i = 0; i < 4000 && given_back_in_use() > before + 40000; i++)
		pause_ms(1);
	TEST_CHECK(given_back_in_use() < before + 40000);
}

/* More than a thread may have at hand goes to free at once. */
static void what_comes_back_is_bounded(void)
{
	static void *blocks[MANY];
	struct reader reader;
	size_t before;

	TEST_CHECK(afield_barrier() == 0);
	afield_set_cache_bytes(10000);
	before = given_back_in_use();
	make_many(blocks, 1000);
	reader.depth = 1;
	reader_park(&reader);
	retire_many(blocks, 1000);
	reader_leave(&reader);
	TEST_CHECK(comes_back());
	TEST_CHECK(given_back_in_use() < before + 200000);
	afield_set_cache_bytes((size_t)8 << 20);
}

static void nothing_is_kept(void)
{
	size_t before;

	TEST_CHECK(afield_barrier() == 0);
	afield_set_cache_bytes(0);
	before = given_back_in_use();
	for (int i = 0; i < MANY; i++)
		retire(make(1000), 1000);
	TEST_CHECK(comes_back());
	TEST_CHECK(given_back_in_use() < before + 4000);
	afield_set_cache_bytes((size_t)8 << 20);
}

/* In a child what waits is freed, once, whether it was on the stack or in hand. */
static int reclaim_in_child(void *in_use)
{
	if (afield_backlog() != MANY || afield_backlog_bytes() != MANY * 1024)
		return 1;
	if (afield_barrier() || afield_backlog() != 0)
		return 2;
	if (given_back_in_use() > *(size_t *)in_use + 100000)
		return 3;
	for (int i = 0; i < MANY; i++)
		retire(make(1000), 1000);
	return afield_barrier() || afield_backlog() ? 4 : 0;
}

static void a_child_has_what_waits(void)
{
	static void *blocks[MANY];
	struct reader reader;
	size_t before;

	TEST_CHECK(afield_barrier() == 0);
	before = given_back_in_use();
	reader.depth = 1;
	reader_park(&reader);
	for (int i = 0; i < MANY; i++) {
		blocks[i] = make(1016);
		retire(blocks[i], 1016);
		if (i == MANY / 2)
			pause_ms(20); /* half of it is in hand now */
	}
	TEST_CHECK(child_finds(reclaim_in_child, &before));
	reader_leave(&reader);
	TEST_CHECK(afield_barrier() == 0);
}

/* A thread ends; another thread has its record, and what is there. */
static void *retire_and_end(void *unused)
{
	for (int i = 0; i < 10; i++)
		retire(make(500), 500);
	return unused;
}

static void what_a_thread_leaves_is_reclaimed(void)
{
	size_t before = given_back_in_use();

	for (int i = 0; i < MANY; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, retire_and_end, NULL))
			abort();
		pthread_join(thread, NULL);
	}
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(afield_backlog() == 0);
	TEST_CHECK(given_back_in_use() < before + 10000 + (size_t)200 * 10 * 512);
}

int main(void)
{
	alarm(100);
	TEST_RUN(a_block_has_its_bytes);
	TEST_RUN(what_is_retired_comes_back);
	TEST_RUN(a_barrier_gives_back);
	TEST_RUN(time_gives_back);
	TEST_RUN(what_comes_back_is_bounded);
	TEST_RUN(nothing_is_kept);
	TEST_RUN(a_child_has_what_waits);
	TEST_RUN(what_a_thread_leaves_is_reclaimed);
	return test_done();
}
