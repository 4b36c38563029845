/* SPDX-License-Identifier: MIT */
/*
 * Blocks of magazine.h: they come back at once, go on to other threads, go back to malloc when they
 * are many, and each is in one place, whatever threads were in the middle of when a fork came or
 * when they ended.
 */
#define _GNU_SOURCE
#include <afield/detail/magazine.h>
#include <afield/reclaim.h>

#include "../../lib/runtime/self.h"
#include "child.h"
#include "failing.h"
#include "given_back.h"
#include "test.h"

#include <stdlib.h>
#include <sys/syscall.h>

enum { SIZE = 24, LARGE = 4000, MANY = 100000 };

/* What an owner writes into a block of the smallest size. */
struct block {
	struct afield__block block;
	uint64_t mark;
};

static struct block *take(void)
{
	return (struct block *)(void *)afield__block_take(SIZE);
}
static void give(struct block *block)
{
	afield__block_give(&block->block, SIZE);
}

static void a_block_comes_back_at_once(void)
{
	for (size_t size = SIZE; size <= 300; size++) {
		struct afield__block *block = afield__block_take(size), *again;

		TEST_CHECK((uintptr_t)block % 16 == 0);
		memset(block + 1, 1, size - sizeof(*block));
		afield__block_give(block, size);
		if (afield__block_size_at(size) >= AFIELD__MAGAZINE_SIZES)
			continue;
		again = afield__block_take(size);
		TEST_CHECK(again == block);
		afield__block_give(again, size);
	}
	TEST_CHECK(afield__block_size_at(40) == 0 && afield__block_size_at(41) == 1);
	TEST_CHECK(afield__block_size_at(56) == 1 && afield__block_size_at(57) == 2);
	TEST_CHECK(afield__block_size_at(280) == AFIELD__MAGAZINE_SIZES - 1);
	TEST_CHECK(afield__block_size_at(281) == AFIELD__MAGAZINE_SIZES);
}

/* Takes `count` blocks, then gives them back. */
static void take_and_give(long count)
{
	struct block **blocks = (struct block **)calloc((size_t)count, sizeof(*blocks));

	for (long i = 0; blocks && i < count; i++)
		if (!(blocks[i] = take()))
			abort();
	for (long i = 0; blocks && i < count; i++)
		give(blocks[i]);
	free(blocks);
}

static void what_is_more_goes_back(void)
{
	size_t before, after;

	TEST_CHECK(afield_barrier() == 0);
	before = given_back_in_use();
	take_and_give(MANY);
	for (int i = 0; i < 500 && afield_backlog() > 0; i++)
		usleep(10000);
	after = given_back_in_use();
	printf("  bytes in use: %zu before, %zu after\n", before, after);
	TEST_CHECK(after < before + 12 * 64 * 48); /* ten magazines, and the reclaimer's own */
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(given_back_in_use() < before + 2048);
}

static long at_hand(void)
{
	struct block *all = NULL, *block;
	long count = 0;

	failing = 1;
	while ((block = take())) {
		AFIELD_STORE(&block->block.next, (struct afield__block *)(void *)all, relaxed);
		all = block;
		count++;
	}
	failing = 0;
	while ((block = all)) {
		all = (struct block *)(void *)AFIELD_LOAD(&block->block.next, relaxed);
		give(block);
	}
	return count;
}

static void *take_and_give_some(void *count)
{
	take_and_give(*(long *)count);
	return NULL;
}

/* What it had is there for others, in the depot. */
static void a_thread_gives_at_its_end(void)
{
	long count = 100;
	pthread_t thread;

	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(at_hand() == 0);
	if (pthread_create(&thread, NULL, take_and_give_some, &count))
		abort();
	pthread_join(thread, NULL);
	TEST_CHECK(at_hand() == count);
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(at_hand() == 0);
}

static bool has_any(struct afield__self *self, void *own)
{
	return self != own && (AFIELD_LOAD(&self->magazines[0].loaded, relaxed) ||
			       AFIELD_LOAD(&self->magazines[0].spare, relaxed));
}

/* A thread that the system ends without a destructor leaves them in its record, for the next one or
 * for a barrier. */
static void *end_without_a_word(void *count)
{
	take_and_give(*(long *)count);
	*(long *)count = 0;
	syscall(SYS_exit, 0);
	return NULL;
}

static void a_thread_ends_without_a_word(void)
{
	static long count; /* __atomic */
	pthread_attr_t attributes;
	pthread_t thread;

	__atomic_store_n(&count, 100, __ATOMIC_SEQ_CST);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attributes, end_without_a_word, &count))
		abort();
	while (__atomic_load_n(&count, __ATOMIC_SEQ_CST))
		usleep(1000);
	usleep(50000);
	TEST_CHECK(at_hand() == 0);
	TEST_CHECK(afield__self_each(has_any, afield__self_get()));
	TEST_CHECK(afield_barrier() == 0);
	TEST_CHECK(!afield__self_each(has_any, afield__self_get()));
}

/* Each block that is in a magazine or in the depot is marked once. */
static long seen;
static void see(struct block *block)
{
	TEST_CHECK(block->mark == 0);
	block->mark = 1;
	seen++;
}

static bool see_chains(struct afield__self *self, void *own)
{
	struct afield__block *chain;

	while (self != own && (chain = afield__magazine_empty(&self->magazines[0]))) {
		size_t number = AFIELD_LOAD(&chain->number, relaxed);

		for (; chain; chain = AFIELD_LOAD(&chain->next, relaxed), number--)
			see((struct block *)(void *)chain);
		TEST_CHECK(number == 0);
	}
	return false;
}

static int find_each_once(void *unused)
{
	struct block *block;

	(void)unused;
	failing = 1;
	while ((block = take()))
		see(block);
	failing = 0;
	afield__self_each(see_chains, afield__self_get());
	take_and_give(1000);
	return afield_barrier() ? 1 : 0;
}

static int must_stop; /* __atomic */
static void *move_blocks(void *unused)
{
	struct block *mine[200];

	for (unsigned round = 1; !__atomic_load_n(&must_stop, __ATOMIC_RELAXED); round++) {
		int count = (int)(round * 37 % 200);

		for (int i = 0; i < count; i++) {
			if (!(mine[i] = take()))
				abort();
			mine[i]->mark = 0;
		}
		for (int i = 0; i < count; i++)
			give(mine[i]);
	}
	return unused;
}

static void a_fork_finds_each_block_once(void)
{
	pthread_t threads[CHILD_COMPANY + 1];

	for (int i = 0; i < CHILD_COMPANY; i++)
		if (pthread_create(&threads[i], NULL, move_blocks, NULL))
			abort();
	for (long i = 0; i < test_scaled(100); i++) {
		usleep(500);
		TEST_CHECK(child_finds(find_each_once, NULL));
	}
	__atomic_store_n(&must_stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < CHILD_COMPANY; i++)
		pthread_join(threads[i], NULL);
	TEST_CHECK(find_each_once(NULL) == 0);
	TEST_CHECK(seen > 0);
}

static void a_large_block_is_retired(void)
{
	struct afield__block *block = afield__block_take(LARGE);

	TEST_CHECK(afield_barrier() == 0);
	afield_read_lock();
	afield__block_give(block, LARGE);
	TEST_CHECK(afield_backlog() == 1 && afield_backlog_bytes() >= LARGE);
	afield_read_unlock();
	TEST_CHECK(afield_barrier() == 0);
}

int main(void)
{
	TEST_RUN(a_block_comes_back_at_once);
	TEST_RUN(what_is_more_goes_back);
	TEST_RUN(a_thread_gives_at_its_end);
	TEST_RUN(a_thread_ends_without_a_word);
	TEST_RUN(a_fork_finds_each_block_once);
	TEST_RUN(a_large_block_is_retired);
	return test_done();
}
