/* SPDX-License-Identifier: MIT */
/*
 * The words of a map's table beside its elements: who may resize it, what it is to hold, and who is
 * the last to use it. The table's own size is plain memory here (chain.h), so two threads that
 * resize it at once are a data race, as is a resize that an end does not come behind. Requests are
 * run by a thread of the program, and by main when all have ended.
 *
 * Not for GenMC: a table is allocated by size, cleared and filled through casts.
 * Not for relacy: the chain has atomics of C11 itself.
 */
#include "../../../tests/support/litmus.h"
#include "chain.h"

static struct afield__map_table *table;
static AFIELD_ATOMIC(struct afield_retired *) handed; /* a request that waits */

static void chain_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *))
{
	struct afield__map_table *of =
		(struct afield__map_table *)(void *)((char *)retired -
						     offsetof(struct afield__map_table, request));

	/* Whoever asks owns the request: nobody runs it. */
	assert(reclaim != resize || atomic_load_explicit(&of->runner, memory_order_relaxed) == 0);
	retired->reclaim = reclaim;
	assert(!atomic_load_explicit(&handed, memory_order_relaxed));
	atomic_store_explicit(&handed, retired, memory_order_release);
}

static void chain_wait(bool (*is_over)(void *), void *argument)
{
	assert(!"nobody forks");
}

static void chain_wake(void)
{
}

static void run_request(int self)
{
	struct afield_retired *retired =
		atomic_exchange_explicit(&handed, NULL, memory_order_acquire);

	chain_self = self;
	if (retired)
		retired->reclaim(retired);
}

static void prepare(size_t buckets, int64_t count)
{
	table = afield__map_table_make(&map, &numbers);
	table->hash->size = buckets;
	AFIELD_STORE(&table->buckets, buckets, relaxed);
	AFIELD_STORE(&table->count, count, relaxed);
}

static void ask(void)
{
	AFIELD_STORE(&table->is_requested, true, relaxed);
	AFIELD_FETCH_ADD(&table->users, 1, relaxed);
	chain_retire(&table->request, resize);
}

/* Runs what is left, and sees that the table has the size that it says, and ends. */
static void finish(size_t buckets, int64_t count)
{
	for (int i = 0; i < 3; i++)
		run_request(MAIN);
	assert(!atomic_load(&handed));
	assert(AFIELD_LOAD(&table->resizer, relaxed) == 0);
	assert(AFIELD_LOAD(&table->runner, relaxed) == 0);
	assert(!AFIELD_LOAD(&table->is_requested, relaxed));
	assert(AFIELD_LOAD(&table->users, relaxed) == 1);
	assert(AFIELD_LOAD(&table->count, relaxed) == count);
	assert(AFIELD_LOAD(&table->buckets, relaxed) == buckets);
	assert(table->hash->size == buckets);
	afield__map_fini(&map, &numbers);
	run_request(MAIN);
}

static void add_one(int self)
{
	chain_self = self;
	afield__map_table_count(table, 1);
}

static void take_one(int self)
{
	chain_self = self;
	afield__map_table_count(table, -1);
}

static void take_two(int self)
{
	take_one(self);
	take_one(self);
}

static void add_two(int self)
{
	add_one(self);
	add_one(self);
}

PROGRAM(writers_grow)
{
	prepare(16, 16);
	RUN(add_two, add_one);
	finish(64, 19);
}

/* The table is too empty, which is for the thread that reclaims; two ask it, one of them twice. */
PROGRAM(writers_ask)
{
	prepare(64, 6);
	RUN(take_two, take_one, run_request);
	finish(16, 3);
}

static void reserve_much(int self)
{
	chain_self = self;
	assert(afield__map_table_reserve(table, 128) == 0);
}

PROGRAM(reserve_beside_a_writer)
{
	prepare(16, 16);
	RUN(reserve_much, add_one, run_request);
	finish(128, 17);
}

/* The request that runs has seen no reserve, and shrinks the table. */
PROGRAM(reserve_beside_a_shrink)
{
	prepare(128, 1);
	ask();
	RUN(reserve_much, run_request);
	finish(128, 1);
}

PROGRAM(reserve_beside_a_request)
{
	prepare(16, 17);
	ask();
	RUN(reserve_much, run_request);
	finish(128, 17);
}

PROGRAM(request_beside_a_writer)
{
	prepare(16, 17);
	ask();
	RUN(add_one, run_request);
	finish(64, 18);
}

static void make_it(int self)
{
	chain_self = self;
	(void)afield__map_table_make(&map, &numbers);
}

/* Whoever finds the table finds it made, and may ask at once. */
static void ask_at_once(int self)
{
	struct afield__map_table *found;
	size_t buckets;

	chain_self = self;
	buckets = afield__map_buckets(&map);
	assert(buckets == 0 || buckets == 16);
	found = afield__map_table_of(&map);
	if (found)
		request_slow(found);
}

PROGRAM(request_beside_the_maker)
{
	RUN(make_it, ask_at_once);
	table = AFIELD_LOAD(&map.table, relaxed);
	finish(16, 0);
}

/* A resize that a fork orphaned is never over. What is there already can be reserved. */
static void reserve_without_a_resizer(int self)
{
	chain_self = self;
	assert(afield__map_table_reserve(table, 32) == 0);
	assert(afield__map_table_reserve(table, 64) == 0);
	assert(afield__map_table_reserve(table, 65) == -ENOMEM);
}

PROGRAM(reserve_after_a_fork)
{
	prepare(64, 20);
	AFIELD_STORE(&table->resizer, GONE, relaxed);
	RUN(reserve_without_a_resizer, add_one);
	assert(!atomic_load(&handed) && table->hash->size == 64);
	AFIELD_STORE(&table->resizer, 0, relaxed);
	finish(64, 21);
}

static void add_nothing(int self)
{
}

static void end_it(int self)
{
	chain_self = self;
	AFIELD_STORE(&map.table, NULL, relaxed);
	end(&table->end);
}

/* The field and a request are the two users of a table. Whoever is last gives it back. */
PROGRAM(end_beside_a_request)
{
	prepare(64, 1);
	ask();
	RUN(run_request, end_it);
}

/* Nobody waits for the resize of a table that has ended. */
PROGRAM(request_after_the_end)
{
	prepare(16, 17);
	ask();
	RUN(end_it, add_nothing);
	run_request(MAIN);
	assert(resizes == 0);
}

PROGRAMS(writers_grow, writers_ask, reserve_beside_a_writer, reserve_beside_a_shrink,
	 reserve_beside_a_request, request_beside_a_writer, reserve_after_a_fork,
	 end_beside_a_request, request_beside_the_maker, request_after_the_end)
