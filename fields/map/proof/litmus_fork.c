/* SPDX-License-Identifier: MIT */
/*
 * A map in the child of a fork, where threads use it at once. The fork has left a wrong count, and in
 * some programs the numbers of threads that are not there: one that resized, one that ran a request,
 * one that put the map right. What must hold in every execution: an element that is there all the
 * while is found by a lookup, whatever becomes of the table; what is written is there at the end,
 * counted; and who waits for the adopter is woken.
 *
 * Not for GenMC: a table is allocated by size, cleared and filled through casts.
 * Not for relacy: the chain has atomics of C11 itself.
 */
#include "../../../tests/support/litmus.h"
#include "chain.h"

static struct afield__map_table *parents;
static AFIELD_ATOMIC(int) waiting;
static AFIELD_ATOMIC(bool) has_slept;
static bool has_woken; /* written by the adopter, who looks for waiters once */

static void chain_retire(struct afield_retired *retired, void (*reclaim)(struct afield_retired *))
{
	reclaim(retired);
}

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

/* As the child finds it: the count is wrong. */
static void leave_a_fork(void)
{
	parents = AFIELD_LOAD(&map.table, relaxed);
	AFIELD_STORE(&parents->count, 9, relaxed);
	AFIELD_STORE(&parents->reserved, 32, relaxed);
	generation = 2;
}

static void fork_off(void)
{
	chain_self = MAIN;
	set(1, 11);
	set(2, 12);
	leave_a_fork();
}

static void leave_a_request(void)
{
	AFIELD_STORE(&parents->is_requested, true, relaxed);
	AFIELD_FETCH_ADD(&parents->users, 1, relaxed);
	AFIELD_STORE(&parents->runner, GONE, relaxed);
}

static int count_any(struct afield__map_node *node, void *met)
{
	++*(int *)met;
	return 0;
}

static void finish(const struct afield__map_layout *layout, bool is_copied, size_t expected)
{
	struct afield__map_table *table = AFIELD_LOAD(&map.table, relaxed);
	struct cds_lfht *left = is_copied ? parents->hash : NULL;
	int met = 0;

	assert((table != parents) == is_copied);
	assert(afield__map_len(&map) == expected);
	assert(afield__map_visit(&map, count_any, &met) == 0 && met == (int)expected);
	assert(AFIELD_LOAD(&table->generation, relaxed) == 2);
	assert(AFIELD_LOAD(&table->reserved, relaxed) == 32);
	assert(AFIELD_LOAD(&table->users, relaxed) == 1);
	assert(!AFIELD_LOAD(&table->is_requested, relaxed));
	assert(AFIELD_LOAD(&parents->users, relaxed) == 1);
	assert(AFIELD_LOAD(&parents->runner, relaxed) == 0);
	assert(!atomic_load(&has_slept) || has_woken);
	chain_self = MAIN;
	afield__map_fini(&map, layout);
	assert_given_once();
	if (!is_copied)
		return;
	met = 0;
	for (uintptr_t next = next_of(&left->head); next; next = next_of(node_at(next)))
		met += !has_left(next_of(node_at(next)));
	assert(met == 0);
	afield__map_table_free(parents); /* where a map would leave it */
	give_block(left);
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

static void look_twice(int self)
{
	chain_self = self;
	assert(get(1) == 11);
	assert(get(2) == 12);
}

static void count_and_look(int self)
{
	size_t count;

	chain_self = self;
	count = afield__map_len(&map);
	assert(count == 2 || count == 3);
	assert(get(2) == 12);
}

/* Who removes the first, and counts, finds the second alone. */
static void remove_and_count(int self)
{
	struct afield__map_key key = key_of(1);
	int64_t old = 0;

	chain_self = self;
	assert(afield__map_remove(&map, &numbers, &key, &old) == 0 && old == 11);
	assert(get(1) == 0);
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

PROGRAM(fork_copies_objects)
{
	struct afield__map_key key = key_of(1);
	struct object *object = &first;

	chain_self = MAIN;
	assert(afield__map_set(&map, &objects, &key, &object, NULL) == 0);
	leave_a_fork();
	afield__release_object(object);
	AFIELD_STORE(&parents->resizer, GONE, relaxed);
	RUN(count_once, use_its_memory_again, look_for_the_first);
	finish(&objects, true, 0);
}

PROGRAM(fork_counts)
{
	fork_off();
	leave_a_request();
	RUN(set_three, set_four);
	finish(&numbers, false, 4);
}

PROGRAM(fork_counts_beside_a_count)
{
	fork_off();
	RUN(set_three, count_and_look);
	finish(&numbers, false, 3);
}

PROGRAM(fork_copies)
{
	fork_off();
	leave_a_request();
	AFIELD_STORE(&parents->resizer, GONE, relaxed);
	RUN(set_three, look_twice);
	finish(&numbers, true, 3);
}

PROGRAM(fork_copies_beside_a_remove)
{
	fork_off();
	AFIELD_STORE(&parents->resizer, GONE, relaxed);
	RUN(set_three, remove_and_count);
	finish(&numbers, true, 2);
}

/* The child of a child, in which an adopter was left behind. */
PROGRAM(fork_leaves_an_adopter)
{
	fork_off();
	AFIELD_STORE(&parents->resizer, GONE, relaxed);
	AFIELD_STORE(&parents->adopter, GONE + 1, relaxed);
	RUN(set_three, count_and_look);
	finish(&numbers, true, 3);
}

PROGRAMS(fork_counts, fork_counts_beside_a_count, fork_copies, fork_copies_beside_a_remove,
	 fork_leaves_an_adopter, fork_copies_objects)
