/* SPDX-License-Identifier: MIT */
/*
 * chain_shrink: a map's table with sections and grace periods, for programs in which it shrinks. The
 * request of a process waits until a thread of the program runs it, a grace period before each step.
 */
#ifndef AFIELD_MAP_PROOF_CHAIN_SHRINK_H
#define AFIELD_MAP_PROOF_CHAIN_SHRINK_H

#define CHAIN_HAS_SECTIONS
#include "../../../tests/support/litmus.h"
#include "chain.h"

static struct afield__map_table *table;
static AFIELD_ATOMIC(struct afield_retired *) handed[3]; /* by the generation that asks */

/* What is no request is the table's end, when main is alone. */
static void chain_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *))
{
	struct afield__map_request *asked = (struct afield__map_request *)(void *)retired;

	if (reclaim != run) {
		reclaim(retired);
		return;
	}
	/* Whoever asks owns the request: nobody runs it. */
	assert(atomic_load_explicit(&asked->table->runner, memory_order_relaxed) == 0);
	assert(!atomic_load_explicit(&handed[asked->generation - 1], memory_order_relaxed));
	atomic_store_explicit(&handed[asked->generation - 1], retired, memory_order_release);
}

static void let_a_grace_period_go_by(void)
{
	if (atomic_load_explicit(&table->step, memory_order_relaxed) == AFIELD__MAP_LOWER
		    ? !AFIELD_MUTANT("lower_at_once")
		    : !AFIELD_MUTANT("go_on_at_once"))
		synchronize();
}

static void run_step(void)
{
	struct afield_retired *retired;

	for (int process = 0; process < 3; process++) {
		retired = atomic_exchange_explicit(&handed[process], NULL, memory_order_acquire);
		if (!retired)
			continue;
		let_a_grace_period_go_by();
		run(retired);
	}
}

static void run_shrink(int self)
{
	chain_self = self;
	for (int step = 0; step < 3; step++)
		run_step();
}

static void set(long number, int64_t value)
{
	struct afield__map_key key = key_of(number);

	assert(afield__map_set(&map, &numbers, &key, &value, NULL) >= 0);
}

static int64_t get(long number)
{
	struct afield__map_key key = key_of(number);
	int64_t value = 0;

	return afield__map_get(&map, &numbers, &key, &value) ? 0 : value;
}

static bool remove_key(long number)
{
	struct afield__map_key key = key_of(number);

	return afield__map_remove(&map, &numbers, &key, NULL) == 0;
}

/* A table of that size without elements. All buckets are in the list. */
static void prepare(uint64_t size)
{
	chain_self = MAIN;
	begin_sections();
	table = afield__map_table_make(&map, &numbers);
	for (uint64_t half = AFIELD__MAP_LEAST; half < size; half *= 2) {
		assert(has_part(table, afield__map_part_of(half)));
		afield__map_double(&table->buckets, half);
	}
	for (uint64_t number = AFIELD__MAP_LEAST; number < size; number++)
		afield__map_ready(&table->buckets, number);
}

static void ask(void)
{
	shrink_once(table);
}

static uint64_t size_of_table(void)
{
	return AFIELD_LOAD(&table->buckets.size, relaxed);
}

static uint64_t reserved_by_table(void)
{
	uint64_t reserved = AFIELD_LOAD(&table->reserved, relaxed);

	return reserved < AFIELD__MAP_LEAST ? AFIELD__MAP_LEAST : reserved;
}

/* When all have ended: runs what is left, sees that nothing is, and that the table is as it says.
 * Its elements are so many. */
static void check_table(size_t count)
{
	chain_self = MAIN;
	for (int step = 0; step < 6; step++)
		run_step();
	/* What the writer of the next element does: the last could miss the end of a shrink, and that
	 * miss the last. */
	grow(table, (int64_t)count);
	for (int process = 0; process < 3; process++)
		assert(!atomic_load(&handed[process]));
	assert(AFIELD_LOAD(&table->runner, relaxed) == 0);
	assert(AFIELD_LOAD(&table->step, relaxed) == AFIELD__MAP_LOWER);
	assert(!AFIELD_LOAD(&table->is_requested, relaxed));
	assert(AFIELD_LOAD(&table->users, relaxed) == 1);
	assert(afield__map_len(&map) == count && count <= size_of_table());
	assert(AFIELD_LOAD(&table->room, relaxed) == room_of(table));
	assert(size_of_table() <= room_of(table) && reserved_by_table() <= room_of(table));
}

static void end_map(size_t count)
{
	check_table(count);
	afield__map_fini(&map, &numbers);
	assert_given_once();
}

#endif
