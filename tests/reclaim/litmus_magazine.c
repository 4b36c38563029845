/* SPDX-License-Identifier: MIT */
/*
 * The depot between the magazines of threads. What must hold in every execution: a magazine is in
 * one place, and who gets it finds its blocks linked, counted, and with what their owners wrote.
 */
#define AFIELD__DEPOT_SLOTS 1
#include "../support/litmus.h"

#include <afield/detail/magazine_core.h>

static struct afield__depot depot;
static struct afield__magazine magazines[2]; /* of the thread with that number */
static struct block {
	struct afield__block block;
	int value; /* its owner's */
} blocks[6];

static bool give(int self, int which)
{
	blocks[which].value = which;
	return afield__magazine_give(&magazines[self], &blocks[which].block, 2);
}

/* The value of the next block, or 0 when there is none. */
static int take(int self)
{
	struct afield__block *block = afield__magazine_take(&magazines[self]);

	if (!block && afield__magazine_refill(&magazines[self], &depot))
		block = afield__magazine_take(&magazines[self]);
	return block ? ((struct block *)(void *)block)->value : 0;
}

/* What a chain has, added up and counted: it says itself how many. */
static int sum_of(struct afield__block *chain)
{
	size_t number = chain ? AFIELD_LOAD(&chain->number, relaxed) : 0;
	int sum = 0;

	for (; chain; chain = AFIELD_LOAD(&chain->next, relaxed)) {
		sum += ((struct block *)(void *)chain)->value;
		number--;
	}
	assert(number == 0);
	return sum;
}

/* Two full magazines, of which the first goes to the depot, or comes back to be retired. */
static void give_pair(int self, int which)
{
	bool is_given = give(self, which) && give(self, which + 1);

	assert(is_given);
}

static void make_room(int self)
{
	struct afield__block *more = afield__magazine_unload(&magazines[self], &depot);

	assert(!more);
}

static void fill(int self)
{
	bool is_given;

	give_pair(self, 1);
	is_given = give(self, 3);
	assert(!is_given);
	make_room(self);
	give_pair(self, 3);
	make_room(self);
	give(self, 5);
}

static int found[2]; /* by the thread with that number */

static void take_three(int self)
{
	for (int i = 0; i < 3; i++)
		found[self] += take(self);
}

PROGRAM(magazine_changes_hands)
{
	int left = 0;

	RUN(fill, take_three);
	for (int i = 0; i < 3; i++) { /* there are five, whoever has them */
		left += take(0);
		left += take(0);
		left += take(1);
	}
	assert(found[1] + left == 1 + 2 + 3 + 4 + 5);
}

/* Two threads put one each: one of them is told that there is no room. */
static bool is_put[2];

static void put(int self)
{
	give(self, self + 1);
	is_put[self] = afield__depot_put(&depot, afield__magazine_empty(&magazines[self]));
}

PROGRAM(two_put_one_gets)
{
	struct afield__block *chain;

	RUN(put, put);
	chain = afield__depot_get(&depot);
	assert(is_put[0] != is_put[1] && chain);
	assert(sum_of(chain) == (is_put[0] ? 1 : 2));
	assert(!afield__depot_get(&depot));
}

/* Of one magazine, in the slot of a depot, one of two gets it. */
static struct afield__block *got[2];

static void get(int self)
{
	got[self] = afield__depot_get(&depot);
}

PROGRAM(two_get_one)
{
	give(0, 1);
	give(0, 2);
	assert(afield__depot_put(&depot, afield__magazine_empty(&magazines[0])));
	RUN(get, get);
	assert(sum_of(got[0]) + sum_of(got[1]) == 3);
	assert(!got[0] != !got[1]);
}

/* Two full magazines and one block go out again as three chains, and each block once. */
static void empty(int self)
{
	int sum;

	assert(sum_of(afield__depot_get(&depot)) == 1 + 2);
	sum = sum_of(afield__magazine_empty(&magazines[0]));
	assert(sum == 5);
	sum = sum_of(afield__magazine_empty(&magazines[0]));
	assert(sum == 3 + 4);
	assert(!afield__magazine_empty(&magazines[0]));
}

/* Or one by one, the spare magazine behind the loaded one. */
static void take_all(int self)
{
	int sum = 0;

	for (int i = 0; i < 3; i++) { /* twice three times: there are five */
		sum += take(self);
		sum += take(self);
	}
	assert(sum == 1 + 2 + 3 + 4 + 5);
}

static void nothing(int self)
{
}

PROGRAM(a_magazine_is_emptied)
{
	fill(0);
	RUN(empty, nothing);
}

PROGRAM(a_magazine_is_taken)
{
	fill(0);
	RUN(take_all, nothing);
}

/*
 * A fork, which copies memory as the processor of each thread has written it: the second thread
 * finds what the first has in the middle of an operation. Each block is there, and linked.
 */
static void give_two(int self)
{
	give(0, 1);
	give(0, 2);
}

static void find_a_chain(int self)
{
	struct afield__block *chain = AFIELD_LOAD(&magazines[0].loaded, acquire);

	if (chain) {
		int sum = sum_of(chain);

		assert(sum == 1 || sum == 3);
	}
}

PROGRAM(fork_in_a_give)
{
	RUN(give_two, find_a_chain);
}

static void unload(int self)
{
	struct afield__block *more = afield__magazine_unload(&magazines[0], &depot);

	assert(!more);
}

static void find_it_unloaded(int self)
{
	if (!AFIELD_LOAD(&magazines[0].loaded, acquire))
		assert(AFIELD_LOAD(&magazines[0].spare, relaxed));
}

PROGRAM(fork_in_an_unload)
{
	give(0, 1);
	give(0, 2);
	RUN(unload, find_it_unloaded);
}

/* The spare one goes to the depot, and is in one place. */
static void find_it_once(int self)
{
	struct afield__block *chain = AFIELD_LOAD(&depot.slots[0], acquire);

	assert(!chain || AFIELD_LOAD(&magazines[0].spare, relaxed) != chain);
}

PROGRAM(fork_on_the_way_to_the_depot)
{
	give(0, 1);
	unload(0);
	give(0, 2);
	RUN(unload, find_it_once);
}

static void refill(int self)
{
	bool is_there = afield__magazine_refill(&magazines[0], &depot);

	assert(is_there);
}

static void find_it_loaded(int self)
{
	if (!AFIELD_LOAD(&magazines[0].spare, acquire))
		assert(AFIELD_LOAD(&magazines[0].loaded, relaxed));
}

PROGRAM(fork_in_a_refill)
{
	give(0, 1);
	unload(0);
	RUN(refill, find_it_loaded);
}

/* What is loaded and spare is one chain for who takes over. */
PROGRAM(a_magazine_is_adopted)
{
	give(0, 1);
	AFIELD_STORE(&magazines[0].spare, AFIELD_LOAD(&magazines[0].loaded, relaxed), relaxed);
	afield__magazine_adopt(&magazines[0]);
	assert(take(0) == 1 && take(0) == 0);
}

PROGRAMS(magazine_changes_hands, two_put_one_gets, two_get_one, a_magazine_is_emptied,
	 a_magazine_is_taken, fork_on_the_way_to_the_depot, fork_in_a_give, fork_in_an_unload,
	 fork_in_a_refill, a_magazine_is_adopted)
