/* SPDX-License-Identifier: MIT */
/*
 * A map in the child of a fork, where threads use it at once. The fork has left a wrong count, and in
 * some programs the numbers of threads that are not there, in the middle of a shrink or of putting
 * the map right, and requests of the parent's. What must hold in every execution: an element that is
 * there all the while is found by a lookup; what is written is there at the end, counted; the shrink
 * goes on, and no bucket is used after it is freed; and who waits for the adopter is woken.
 *
 * Not for GenMC: a table is allocated by size, cleared and filled through casts.
 * Not for relacy: what stands around the map has atomics of C11 itself.
 */
#define CHAIN_HAS_WAITS
#include "chain_shrink.h"

static AFIELD_ATOMIC(int) waiting;
static AFIELD_ATOMIC(bool) has_slept;
static bool has_woken; /* written by the adopter, who looks for waiters once */

/* The order of the steps is that of afield_wait. */
static void chain_wait(bool (*is_over)(void *), void *argument)
{
	bool is_late = AFIELD_MUTANT("count_in_after_the_look");

	if (is_over(argument))
		return;
	if (!is_late)
		atomic_fetch_add(&waiting, 1);
	if (is_over(argument))
		return;
	if (is_late)
		atomic_fetch_add(&waiting, 1);
	atomic_store(&has_slept, true);
	while (!is_over(argument))
		AFIELD_SPIN();
}

static void chain_wake(void)
{
	if (atomic_load(&waiting) != 0)
		has_woken = true;
}

/* As the child finds it: the count is wrong. */
static void fork_off(void)
{
	AFIELD_STORE(&table->count, 9, relaxed);
	generation++;
}

static void prepare_two(void)
{
	prepare(2);
	set(1, 11);
	set(2, 12);
}

/* The parent's shrink, which has come so far. */
static void prepare_shrink(uint64_t size, int steps)
{
	prepare(size);
	set(1, 11);
	ask();
	while (steps--)
		run_step();
}

/* A thread of the parent's is in the middle of it. */
static void leave_a_runner(void)
{
	free(atomic_exchange(&handed[0], NULL));
	AFIELD_STORE(&table->runner, GONE, relaxed);
}

static int count_any(struct afield__map_node *node, uint64_t hash, void *met)
{
	++*(int *)met;
	return 0;
}

static void end_fork(size_t expected)
{
	int met = 0;

	check_table(expected);
	assert(afield__map_visit(&map, count_any, &met) == 0 && met == (int)expected);
	assert(AFIELD_LOAD(&table->generation, relaxed) == generation);
	assert(!atomic_load(&has_slept) || has_woken);
	end_map(expected);
}

static void set_three(int self)
{
	chain_self = self;
	set(3, 13);
	assert(get(3) == 13);
}

static void set_four(int self)
{
	chain_self = self;
	set(4, 14);
	assert(get(4) == 14);
}

static void look_for_one(int self)
{
	chain_self = self;
	assert(get(1) == 11);
}

static void count_and_look(int self)
{
	size_t count;

	chain_self = self;
	count = afield__map_len(&map);
	assert(count == 2 || count == 3);
	assert(get(2) == 12);
}

/* Who removes the first does not find it again. */
static void remove_and_look(int self)
{
	chain_self = self;
	assert(remove_key(1));
	assert(get(1) == 0);
}

PROGRAM(fork_counts)
{
	prepare_two();
	fork_off();
	RUN(set_three, set_four);
	end_fork(4);
}

PROGRAM(fork_counts_beside_a_count)
{
	prepare_two();
	fork_off();
	RUN(set_three, count_and_look);
	end_fork(3);
}

PROGRAM(fork_counts_beside_a_remove)
{
	prepare_two();
	fork_off();
	RUN(set_three, remove_and_look);
	end_fork(2);
}

/* The child of a child, in which an adopter was left behind. */
PROGRAM(fork_leaves_an_adopter)
{
	prepare_two();
	fork_off();
	AFIELD_STORE(&table->adopted, generation, relaxed);
	fork_off();
	RUN(set_three, count_and_look);
	end_fork(3);
}

/* The request waits in the child, too, where it is nothing any more. */
PROGRAM(fork_leaves_a_request)
{
	prepare_shrink(4, 0);
	fork_off();
	RUN(set_three, run_shrink, look_for_one);
	end_fork(2);
}

PROGRAM(fork_leaves_a_lowered_table)
{
	prepare_shrink(4, 1);
	fork_off();
	RUN(set_three, run_shrink, look_for_one);
	end_fork(2);
}

PROGRAM(fork_leaves_a_swept_table)
{
	prepare_shrink(4, 2);
	fork_off();
	RUN(set_three, run_shrink);
	end_fork(2);
}

/* It has marked one bucket of two. */
PROGRAM(fork_leaves_a_sweeper)
{
	prepare_shrink(4, 1);
	(void)afield__map_mark_left(&afield__map_bucket_of(&table->buckets, 3)->next);
	leave_a_runner();
	fork_off();
	RUN(set_three, run_shrink, look_for_one);
	end_fork(2);
}

static void set_three_without_memory(int self)
{
	is_out_of_memory = true;
	set_three(self);
}

/* Nobody doubles the table again, whose buckets would be in the way. */
PROGRAM(fork_leaves_a_sweeper_and_no_memory)
{
	prepare_shrink(4, 1);
	(void)afield__map_mark_left(&afield__map_bucket_of(&table->buckets, 3)->next);
	leave_a_runner();
	fork_off();
	set_three_without_memory(MAIN);
	RUN(set_four, look_for_one);
	assert(size_of_table() == 2);
	assert(get(3) == 13 && get(4) == 14);
	afield__map_fini(&map, &numbers);
	assert_given_once();
}

/* It has freed one part of two. */
PROGRAM(fork_leaves_who_frees)
{
	prepare_shrink(8, 2);
	free(afield__map_take_part(&table->buckets, 1));
	leave_a_runner();
	fork_off();
	RUN(set_three, run_shrink);
	end_fork(2);
}

/* A shrink of the child's is left behind, too. */
PROGRAM(fork_in_a_child)
{
	prepare_shrink(4, 1);
	fork_off();
	set_four(MAIN);
	fork_off();
	RUN(set_three, run_shrink);
	end_fork(3);
}

/* The parent's shrink was to see to it. */
PROGRAM(fork_keeps_what_is_reserved)
{
	prepare(2);
	AFIELD_STORE(&table->reserved, 4, relaxed);
	ask();
	fork_off();
	RUN(set_three, set_four);
	end_fork(2);
}

/* An object that has ended, and another in its memory. */
static struct object first = {1, 11};

static void look_for_the_first(int self)
{
	struct afield__map_key key = key_of(1);
	struct object *found = NULL;

	chain_self = self;
	if (afield__map_get(&map, &objects, &key, &found))
		return;
	assert(found == &first && found->value == 11);
	afield__release_object(found);
}

static void use_its_memory_again(int self)
{
	struct afield__map_key key = key_of(1);
	struct object *old = NULL;

	chain_self = self;
	assert(afield__map_remove(&map, &objects, &key, &old) == 0 && old == &first);
	if (atomic_fetch_sub(&first.count, 1) != 1)
		return; /* the reader ends it */
	first.value = 7;
	atomic_store(&first.count, 1);
}

static void count_once(int self)
{
	chain_self = self;
	(void)afield__map_len(&map);
}

PROGRAM(fork_of_objects)
{
	struct afield__map_key key = key_of(1);
	struct object *object = &first;

	chain_self = MAIN;
	begin_sections();
	assert(afield__map_set(&map, &objects, &key, &object, NULL) == 0);
	table = AFIELD_LOAD(&map.table, relaxed);
	afield__release_object(object);
	fork_off();
	RUN(count_once, use_its_memory_again, look_for_the_first);
	end_fork(0);
}

PROGRAMS(fork_counts, fork_counts_beside_a_count, fork_counts_beside_a_remove,
	 fork_leaves_an_adopter, fork_leaves_a_request, fork_leaves_a_lowered_table,
	 fork_leaves_a_swept_table, fork_leaves_a_sweeper, fork_leaves_a_sweeper_and_no_memory,
	 fork_leaves_who_frees, fork_in_a_child, fork_keeps_what_is_reserved, fork_of_objects)
