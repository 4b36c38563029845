/* SPDX-License-Identifier: MIT */
/*
 * Each of two threads changes the map, and then looks for what the other has changed, by the core
 * itself. What must hold in every execution: they do not both miss the other's, as if each had been
 * first; and who finds a key gone sees what was done before it went. Nothing is freed while they run,
 * and there are no sections, whose fences would order what the chain does not.
 *
 * Not for GenMC, two_are_added_behind_a_bucket: it has no calloc, which makes parts of a table.
 * Not for GenMC, two_are_added_behind_a_bucket_and_sought: likewise.
 * Not for relacy: the reference RCU has atomics of C11 itself.
 */
#include "chain_steps.h"

/* The key that each thread adds or takes; the thread's own number, and two words of its own. */
static uint64_t keys[2];
static bool misses[2];
static struct afield__map_node *nodes[2];
static bool (*is_missing)(uint64_t key);

static bool by_find(uint64_t key)
{
	return !find_node(key);
}

static bool by_place(uint64_t key)
{
	struct afield__map_place place;

	return !afield__map_place(&buckets, hash_of(key), has_key, &key, &place);
}

static bool by_walk(uint64_t key)
{
	struct afield__map_walk walk;
	struct afield__map_node *node = afield__map_first(&buckets, &walk);

	while (node && node->name != key)
		node = afield__map_next(&walk);
	return !node;
}

static void add_and_look(int self)
{
	assert(link_node(nodes[self]));
	misses[self] = is_missing(keys[1 - self]);
}

static void ready_three(int self)
{
	afield__map_ready(&buckets, 3);
}

static void each_adds(uint64_t first, uint64_t second, bool (*look)(uint64_t key),
		      litmus_steps *other)
{
	keys[0] = first;
	keys[1] = second;
	is_missing = look;
	for (int i = 0; i < 2; i++)
		nodes[i] = node_new(keys[i]);
	RUN(add_and_look, add_and_look, other);
	assert(!misses[0] || !misses[1]);
	finish();
	assert(remain[first] && remain[second]);
}

/* Each chain begins with its bucket, and then with an element. */
PROGRAM(two_are_added)
{
	prepare();
	each_adds(3, 4, by_find, NULL);
}

PROGRAM(two_are_added_behind_others)
{
	prepare();
	add(1);
	add(2);
	each_adds(3, 6, by_find, NULL);
}

PROGRAM(two_are_added_and_sought)
{
	prepare();
	each_adds(3, 4, by_place, NULL);
}

PROGRAM(two_are_added_behind_others_and_sought)
{
	prepare();
	add(1);
	add(2);
	each_adds(3, 6, by_place, NULL);
}

/* Behind the bucket that leads to them, which is not ready. */
PROGRAM(two_are_added_behind_a_bucket)
{
	prepare_size(4, false);
	each_adds(3, 7, by_find, ready_three);
}

PROGRAM(two_are_added_behind_a_bucket_and_sought)
{
	prepare_size(4, false);
	each_adds(3, 7, by_place, ready_three);
}

PROGRAM(two_are_added_and_walked)
{
	prepare();
	each_adds(3, 4, by_walk, NULL);
}

PROGRAM(two_are_added_behind_others_and_walked)
{
	prepare();
	add(1);
	add(2);
	each_adds(3, 6, by_walk, NULL);
}

/* Another thread takes the node out of the list. */
static int before_it_went; /* plain */

static void write_and_take(int self)
{
	before_it_went = 1;
	nodes[0] = take_node(5, false);
}

static void add_seven(int self)
{
	assert(link_node(nodes[1]));
}

static void look_behind(int self)
{
	if (!find_node(5))
		assert(before_it_went == 1);
}

PROGRAM(look_behind_a_take)
{
	prepare();
	add(5);
	nodes[1] = node_new(7);
	RUN(write_and_take, add_seven, look_behind);
	finish();
	assert(!remain[5] && remain[7]);
	free(nodes[0]);
}

PROGRAMS(look_behind_a_take, two_are_added, two_are_added_behind_others, two_are_added_and_sought,
	 two_are_added_behind_others_and_sought, two_are_added_behind_a_bucket,
	 two_are_added_behind_a_bucket_and_sought, two_are_added_and_walked,
	 two_are_added_behind_others_and_walked)
