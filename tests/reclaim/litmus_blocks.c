/* SPDX-License-Identifier: MIT */
/*
 * lib/runtime/blocks.c itself: blocks that a thread retires come back to it. One thread retires
 * four and takes two again; one has the role, and gives back what it finds; one frees what has come
 * back. What must hold in every execution: a block is of one of them at a time, which a data race
 * would tell; the role is told of how many blocks a chain is; and none is lost. A piece is two
 * blocks here.
 *
 * Not for GenMC: its malloc has no sizes of eight bytes less than a line.
 * Not for relacy: it includes a file of the library, which has headers of the system.
 */
#define AFIELD__PIECE(size) ((size_t)2)
#define AFIELD__BLOCK_SIZES 1
#include "../support/litmus.h"

#include "reclaim_core.h"

#include <stdlib.h>
#include <string.h>

static __thread int who;
static int balance[3]; /* of each thread: made less gone */

/* A use of what is freed is an error of its own. */
static void *made(size_t size)
{
	balance[who]++;
	return malloc(size);
}
static void gone(void *block)
{
	balance[who]--;
	free(block);
}
#undef malloc
#undef free
#define malloc(size) made(size)
#define free(block) gone(block)
#include "../../lib/runtime/blocks.c"

enum { COUNT = 4 };

static struct afield__self record;
struct block {
	struct free_block memory;
	int use; /* plain */
};
static struct block *blocks[COUNT];

__thread struct afield__self *afield__self AFIELD__STATIC_TLS;
struct afield__self *afield__self_make(void)
{
	return &record;
}
void afield_retire_bytes(struct afield_retired *retired, size_t bytes,
			 void (*reclaim)(struct afield_retired *retired))
{
	assert(false);
}
void afield_retire_bytes_nowait(struct afield_retired *retired, size_t bytes,
				void (*reclaim)(struct afield_retired *retired))
{
	assert(false);
}
void afield__reclaim_block(struct afield__self *self, struct afield_retired *block, unsigned size,
			   bool may_wait)
{
	(void)afield__block_wait(self, block, size);
}

static void retire_and_take_again(int self)
{
	struct block *block;

	who = self;
	for (int i = 0; i < COUNT; i++)
		afield__block_retire(&blocks[i]->memory.retired, sizeof(struct block), true);
	for (int i = 0; i < 2; i++) {
		block = (struct block *)afield__block_new(sizeof(struct block));
		block->use = 1;
		blocks[i] = block;
	}
	afield__block_free(blocks[1], sizeof(struct block));
}

static void give_back(int self)
{
	who = self;
	for (int i = 0; i < 2; i++) {
		struct afield_retired *chain = afield__retired_list_take(&record.retired[1]), *one;
		size_t count = 0;

		for (one = chain; one; one = one->next) {
			((struct block *)(void *)one)->use = 2; /* a grace period is over */
			count++;
		}
		assert(!chain || count == chain->units);
		if (chain)
			afield__block_return(&record, chain, 0);
	}
}

static void free_returned(int self)
{
	who = self;
	afield__blocks_free(&record);
}

static void finish(void)
{
	struct afield_retired *left = AFIELD_LOAD(&record.retired[1].newest, relaxed), *next;
	size_t own = AFIELD_LOAD(&record.returned[0].own_count, relaxed);

	free_chain(left);
	left = AFIELD_LOAD(&record.returned[0].own, relaxed);
	for (; own-- > 0; left = next) {
		next = left->next;
		gone(left);
	}
	afield__blocks_free(&record);
	gone(blocks[0]);
	assert(balance[0] + balance[1] + balance[2] == 0);
}

static void begin(void)
{
	memset(&record, 0, sizeof(record));
	AFIELD_STORE(&cache_limit, 1000, relaxed);
	for (int i = 0; i < COUNT; i++)
		blocks[i] = (struct block *)made(afield__block_bytes(0));
}

PROGRAM(blocks_come_back)
{
	begin();
	RUN(retire_and_take_again, give_back);
	finish();
}

/* Who frees comes in between. */
PROGRAM(blocks_are_freed)
{
	begin();
	RUN(retire_and_take_again, give_back, free_returned);
	finish();
}

PROGRAMS(blocks_come_back, blocks_are_freed)
