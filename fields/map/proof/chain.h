/* SPDX-License-Identifier: MIT */
/*
 * chain: the map's C as it stands, for programs under the explorer, with stand-ins for what is
 * around it.
 *
 * The table is as small as it can be, and the hash of a number is the number. Nodes and boxes are
 * not freed, so a use of one that was given up is no failure; that they are given up once is seen at
 * the end. litmus_chain.c frees them. Parts of tables are freed, and so are tables.
 *
 * In place of reclaim.h: sections that order nothing, or, with CHAIN_HAS_SECTIONS, those of
 * litmus_rcu.h; and what is retired goes to the program. In place of wait.h, with CHAIN_HAS_WAITS: the
 * program's. In place of thread.h: a process number and numbers of threads that a program chooses. In
 * place of host.h: objects that count.
 *
 * Plain C11, which has no mutants: it is not what the programs are about.
 */
#ifndef AFIELD_MAP_PROOF_CHAIN_H
#define AFIELD_MAP_PROOF_CHAIN_H

#define AFIELD__MAP_LEAST_ORDER 1
#define AFIELD__MAP_MOST_ORDER 4
#define AFIELD__MAP_HASH_OF(table, word) ((void)(table), (uint64_t)(word))
#define AFIELD__MAP_WORD_OF(table, hash) ((void)(table), (uint64_t)(hash))

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <afield/detail/blocks.h>
#include <afield/thread.h>
#include <afield/wait.h>

/* In place of thread.h. A program sets these before its threads run. */
enum { MAIN = 3, THREADS, GONE = 90 }; /* this thread's number and those above it */
static _Thread_local int chain_self;   /* the thread's number in the program */
static uint64_t generation = 1;
#define afield_thread_id() ((uint64_t)chain_self + 1)
#define afield_thread_is_gone(id) ((id) >= GONE)
#define afield_fork_generation() generation

#include "../map_table.h"

#ifdef CHAIN_HAS_SECTIONS
#define leave leave_section
#include "../../../tests/support/litmus_rcu.h"
#undef leave

static _Thread_local int depth;

static void section_begin(void)
{
	litmus_self = chain_self == MAIN ? 0 : chain_self;
	if (depth++ == 0)
		enter();
}

static void section_end(void)
{
	if (--depth == 0)
		leave_section();
}
#else
static void section_begin(void)
{
}
static void section_end(void)
{
}
#endif

/* In place of blocks.h: memory that stays. */
enum { BLOCKS = 12, BLOCK = 64 };
static _Alignas(16) char memory[THREADS][BLOCKS][BLOCK];
static int used[THREADS];
static int given[THREADS * BLOCKS]; /* plain */

static void *take_block(size_t size)
{
	assert(size <= BLOCK && used[chain_self] < BLOCKS);
	return memory[chain_self][used[chain_self]++];
}

/* For what is no block; a thread may have none. */
static _Thread_local bool is_out_of_memory;

static void *take_memory(size_t size)
{
	return is_out_of_memory ? NULL : malloc(size);
}

/* Where a block is, from the first one on; less than 0 for what is none. */
static int place_of(const void *block)
{
	ptrdiff_t at = (const char *)block - memory[0][0];

	return at < 0 || at >= (ptrdiff_t)sizeof(memory) ? -1 : (int)(at / BLOCK);
}

/* Nobody looks at a block that is freed. */
static void give_block(void *block)
{
	int place = place_of(block);

	if (place < 0) {
		free(block);
		return;
	}
	memset(block, 0x5a, BLOCK);
	given[place]++;
}

/* It may be looked at. */
static void retire_block(struct afield_retired *retired)
{
	given[place_of(retired)]++;
}

/* At the end: each block was given up once, by whoever took it out, or with the table. */
static void assert_given_once(void)
{
	for (int self = 0; self < THREADS; self++)
		for (int i = 0; i < BLOCKS; i++)
			assert(given[self * BLOCKS + i] == (i < used[self]));
}

/* In place of reclaim.h: what is retired goes to the program. */
static void chain_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *));

/* In place of wait.h. */
#ifdef CHAIN_HAS_WAITS
static void chain_wait(bool (*is_over)(void *), void *argument);
static void chain_wake(void);
#else
static void chain_wait(bool (*is_over)(void *), void *argument)
{
	assert(!"nobody forks");
}
static void chain_wake(void)
{
}
#endif

/* In place of host.h. An object is plain memory that is no more when its count is 0. */
struct object {
	AFIELD_ATOMIC(int) count;
	long value; /* plain; -1 when it has ended */
};

bool afield_has_host(void)
{
	return true;
}
int afield__host_missing(const char *kind)
{
	return -ENOTSUP;
}
bool afield__retain_object(void *object)
{
	atomic_fetch_add(&((struct object *)object)->count, 1);
	return true;
}
bool afield__try_retain_object(void *opaque)
{
	struct object *object = (struct object *)opaque;
	int count = atomic_load(&object->count);

	while (count > 0)
		if (atomic_compare_exchange_strong(&object->count, &count, count + 1))
			return true;
	return false;
}
void afield__release_object(void *opaque)
{
	struct object *object = (struct object *)opaque;

	if (atomic_fetch_sub(&object->count, 1) == 1)
		object->value = -1;
}

#undef AFIELD_READ_SECTION
#define AFIELD_READ_SECTION                                         \
	for (bool chain_open = (section_begin(), true); chain_open; \
	     chain_open = (section_end(), false))
#define afield_read_lock section_begin
#define afield_read_unlock section_end
#define afield_retire_nowait chain_retire
#define afield__block_new take_block
#define afield__block_free(block, bytes) ((void)(bytes), give_block(block))
#define afield__block_retire(retired, bytes, may_wait) \
	((void)(bytes), (void)(may_wait), retire_block(retired))
#define afield_waiters_of(word) ((void)(word), (struct afield_waiters *)NULL)
#define afield_wait_uninterrupted(waiters, is_over, argument) \
	((void)(waiters), chain_wait(is_over, argument))
#define afield_wake(waiters) ((void)(waiters), chain_wake())
#define syscall(...) (-1L)
#define clock_gettime(clock, time) ((void)(time))
#undef malloc
#undef free
#define malloc take_memory
#define free give_block

#include "../map.c"
#include "../map_all.c"
#include "../map_fork.c"
#include "../map_node.c"
#include "../map_table.c"
#include "../map_walk.c"
#include "../map_write.c"

/* Maps of numbers, of objects as values, and of wide values, which are a number twice. */
struct twice {
	int64_t one, other;
};
static const struct afield__map_layout numbers = {{AFIELD_I64, 8, NULL}, {AFIELD_I64, 8, NULL}};
static const struct afield__map_layout objects = {{AFIELD_I64, 8, NULL}, {AFIELD_OBJECT, 8, NULL}};
static const struct afield__map_layout wide = {{AFIELD_I64, 8, NULL},
					       {AFIELD_I64, sizeof(struct twice), NULL}};

static struct twice twice_of(int64_t value)
{
	struct twice twice = {value, value};

	return twice;
}

static int64_t one_of(const struct twice *twice)
{
	assert(twice->one == twice->other);
	return twice->one;
}

static struct afield__map map;

static struct afield__map_key key_of(long number)
{
	struct afield__map_key key;

	memset(&key, 0, sizeof(key));
	key.word = (uint64_t)number;
	return key;
}

#endif
