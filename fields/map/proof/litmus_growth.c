/* SPDX-License-Identifier: MIT */
/*
 * A map's table beside its elements: it grows when they are more than its buckets, shrinks in three
 * steps when somebody has asked, keeps room that is reserved, and ends by the hands of its last
 * user. What must hold in every execution: an element that is there is found, whatever becomes of
 * the table; at the end there are as many buckets as elements or more, and memory for all that is
 * reserved; and no bucket is used after it is freed.
 *
 * Not for GenMC: a table is allocated by size, cleared and filled through casts.
 * Not for relacy: what stands around the map has atomics of C11 itself.
 */
#include "chain_shrink.h"

static void set_three(int self)
{
	chain_self = self;
	set(3, 13);
	assert(get(3) == 13);
}

static void set_two(int self)
{
	chain_self = self;
	set(2, 12);
}

static void set_both(int self)
{
	set_two(self);
	set_three(self);
}

static void look_for_one(int self)
{
	chain_self = self;
	assert(get(1) == 11);
}

static void remove_one(int self)
{
	chain_self = self;
	assert(remove_key(1));
}

static void remove_two(int self)
{
	chain_self = self;
	assert(remove_key(2));
}

PROGRAM(writers_grow)
{
	prepare(2);
	set(1, 11);
	set(5, 15);
	RUN(set_two, set_three, look_for_one);
	assert(size_of_table() == 4);
	end_map(4);
}

/* The table is too empty, which is for the thread that reclaims; two ask it. */
PROGRAM(writers_ask)
{
	prepare(8);
	set(1, 11);
	RUN(remove_one, run_shrink);
	check_table(0);
	assert(room_of(table) == 2);
	end_map(0);
}

PROGRAM(two_ask)
{
	prepare(16);
	set(1, 11);
	set(2, 12);
	RUN(remove_one, remove_two);
	assert(atomic_load(&handed[0]));
	check_table(0);
	assert(room_of(table) == 2);
	end_map(0);
}

/* The elements that come may be more than the buckets that are left. */
PROGRAM(shrink_beside_writers)
{
	prepare(4);
	set(1, 11);
	ask();
	RUN(run_shrink, set_two, set_three);
	end_map(3);
}

PROGRAM(shrink_beside_a_writer)
{
	prepare(4);
	set(1, 11);
	ask();
	RUN(run_shrink, set_both);
	end_map(3);
}

static void remove_and_shrink(int self)
{
	remove_one(self);
	assert(remove_key(5));
	ask();
	run_shrink(self);
}

/* The table is to be doubled when the elements become few. */
PROGRAM(shrink_beside_a_double)
{
	prepare(2);
	assert(has_part(table, 1));
	set(1, 11);
	set(5, 15);
	RUN(set_two, remove_and_shrink);
	assert(get(2) == 12);
	end_map(1);
}

PROGRAM(shrink_beside_a_reader)
{
	prepare(4);
	set(1, 11);
	ask();
	RUN(run_shrink, look_for_one);
	check_table(1);
	assert(room_of(table) == 2);
	end_map(1);
}

PROGRAM(shrink_to_the_half)
{
	prepare(8);
	set(1, 11);
	set(2, 12);
	ask();
	RUN(run_shrink, look_for_one);
	check_table(2);
	assert(room_of(table) == 4);
	end_map(2);
}

PROGRAM(shrink_beside_a_remove)
{
	prepare(4);
	set(1, 11);
	ask();
	RUN(run_shrink, remove_one);
	check_table(0);
	assert(room_of(table) == 2);
	end_map(0);
}

static void reserve_four(int self)
{
	chain_self = self;
	assert(afield__map_table_reserve(table, 3) == 0);
}

PROGRAM(reserve_beside_a_writer)
{
	prepare(2);
	set(1, 11);
	set(2, 12);
	RUN(reserve_four, set_three);
	assert(room_of(table) == 4);
	end_map(3);
}

static void reserve_eight(int self)
{
	chain_self = self;
	assert(afield__map_table_reserve(table, 8) == 0);
}

PROGRAM(reserve_beside_a_reserve)
{
	prepare(2);
	RUN(reserve_eight, reserve_eight);
	assert(room_of(table) == 8);
	end_map(0);
}

/* The shrink has seen no reserve, and takes the memory. */
PROGRAM(reserve_beside_a_shrink)
{
	prepare(4);
	ask();
	RUN(run_shrink, reserve_four);
	check_table(0);
	assert(room_of(table) == 4);
	end_map(0);
}

static void ask_in_vain(int self)
{
	chain_self = self;
	is_out_of_memory = true;
	ask();
}

/* There is no shrink that would keep what is reserved. */
PROGRAM(reserve_beside_a_request_in_vain)
{
	prepare(2);
	RUN(ask_in_vain, reserve_four);
	assert(room_of(table) == 4);
	end_map(0);
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
	assert(buckets == 0 || buckets == 2);
	found = afield__map_table_of(&map);
	if (found)
		shrink_once(found);
}

PROGRAM(request_beside_the_maker)
{
	begin_sections();
	RUN(make_it, ask_at_once);
	table = AFIELD_LOAD(&map.table, relaxed);
	end_map(0);
}

static void add_nothing(int self)
{
}

static void end_it(int self)
{
	chain_self = self;
	atomic_store_explicit(&map.table, NULL, memory_order_relaxed);
	end(&table->end);
}

/* The field and a request are the two users of a table. Whoever is last gives it back. */
PROGRAM(end_beside_a_shrink)
{
	prepare(4);
	set(1, 11);
	ask();
	RUN(run_shrink, end_it);
	run_shrink(MAIN);
	assert_given_once();
}

/* Nobody waits for the shrink of a table that has ended. */
PROGRAM(shrink_after_the_end)
{
	prepare(16);
	ask();
	RUN(end_it, add_nothing);
	run_step();
	assert(!atomic_load(&handed[0]));
}

PROGRAMS(writers_grow, writers_ask, two_ask, shrink_beside_writers, shrink_beside_a_writer,
	 shrink_beside_a_double, shrink_beside_a_reader, shrink_to_the_half, shrink_beside_a_remove,
	 reserve_beside_a_reserve, reserve_beside_a_writer, reserve_beside_a_shrink,
	 reserve_beside_a_request_in_vain, request_beside_the_maker, end_beside_a_shrink,
	 shrink_after_the_end)
