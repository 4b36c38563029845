/* SPDX-License-Identifier: MIT */
/*
 * A map's table when a shrink is over, beside a thread that reserves. There are no sections, whose
 * fences would order what the words do not. What must hold in every execution: one of the two sees
 * the other, and makes room for what is reserved.
 *
 * Not for GenMC: a table is allocated by size, cleared and filled through casts.
 * Not for relacy: what stands around the map has atomics of C11 itself.
 */
#include "../../../tests/support/litmus.h"
#include "chain.h"

static struct afield__map_table *table;

static void chain_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *))
{
	reclaim(retired);
}

static void finish_it(int self)
{
	chain_self = self;
	finish(table);
}

static void reserve_four(int self)
{
	chain_self = self;
	assert(afield__map_table_reserve(table, 4) == 0);
}

PROGRAM(reserve_beside_the_end_of_a_shrink)
{
	chain_self = MAIN;
	table = afield__map_table_make(&map, &numbers);
	AFIELD_STORE(&table->is_requested, true, relaxed);
	RUN(finish_it, reserve_four);
	assert(room_of(table) == 4 && AFIELD_LOAD(&table->room, relaxed) == 4);
	afield__map_fini(&map, &numbers);
}

PROGRAMS(reserve_beside_the_end_of_a_shrink)
