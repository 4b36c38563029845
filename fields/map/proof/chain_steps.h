/* SPDX-License-Identifier: MIT */
/*
 * chain_steps: the core's operations on elements that have a number as their key, for the programs of
 * this folder that run the core by itself: attempts until one succeeds, as map_write.c and map.c make
 * them. A reference RCU stands for reclaim.h, and nodes are freed after a grace period. So who comes
 * to one that has left too long ago, or is not made yet, is seen.
 *
 * The hash is what is left of the key by a hundred: 7 and 107 are two keys of one hash. In the list
 * stand
 *
 *	bucket 0, 4, bucket 2, 2, 6, bucket 1, 1, 5, bucket 3, 3, bucket 7, 7
 */
#ifndef CHAIN_STEPS_H
#define CHAIN_STEPS_H

#define AFIELD__MAP_LEAST_ORDER 1
#define AFIELD__MAP_MOST_ORDER 3

#include "../../../tests/support/litmus_rcu.h"
#include "../map_chain_core.h"

enum { KEYS = 200 };
static struct afield__map_buckets buckets;
static int remain[KEYS]; /* plain: of each key, when all have ended */

static uint64_t hash_of(uint64_t key)
{
	return key % 100;
}

static bool has_key(struct afield__map_node *node, void *key)
{
	return node->name == *(const uint64_t *)key;
}

static struct afield__map_node *node_new(uint64_t key)
{
	struct afield__map_node *node = (struct afield__map_node *)malloc(sizeof(*node));

	node->name = key;
	afield__map_value_start(&node->value, hash_of(key), key);
	return node;
}

/* Without sections, whose fences would order what the chain does not. */
static bool link_node(struct afield__map_node *node)
{
	uint64_t key = node->name;
	struct afield__map_place place;

	do
		if (afield__map_place(&buckets, hash_of(key), has_key, &key, &place))
			return false;
	while (!afield__map_add(&place, node));
	return true;
}

static struct afield__map_node *find_node(uint64_t key)
{
	struct afield__map_node *node = afield__map_find(&buckets, hash_of(key), has_key, &key);

	assert(!node || afield__map_value_load(&node->value) == key);
	return node;
}

/* NULL: it was not there, or another thread has taken it. */
static struct afield__map_node *take_node(uint64_t key, bool has_place)
{
	struct afield__map_place place;
	struct afield__map_node *node =
		afield__map_place(&buckets, hash_of(key), has_key, &key, &place);

	if (!node || !afield__map_value_end(&node->value))
		return NULL;
	afield__map_leave(&buckets, hash_of(key), node, has_place ? &place : NULL);
	return node;
}

static bool add(uint64_t key)
{
	struct afield__map_node *node = node_new(key);
	bool is_added;

	if (!AFIELD_MUTANT("add_outside_of_a_section"))
		enter();
	is_added = link_node(node);
	leave();
	if (!is_added)
		free(node);
	return is_added;
}

static bool has(uint64_t key)
{
	bool is_there;

	if (!AFIELD_MUTANT("look_outside_of_a_section"))
		enter();
	is_there = find_node(key) != NULL;
	leave();
	return is_there;
}

static bool take(uint64_t key, bool has_place)
{
	struct afield__map_node *node;

	if (!AFIELD_MUTANT("take_outside_of_a_section"))
		enter();
	node = take_node(key, has_place);
	leave();
	if (!node)
		return false;
	if (!AFIELD_MUTANT("skip_the_grace_period"))
		synchronize();
	free(node);
	return true;
}

/* Of each key, how often it was met; that of what has ended is not. */
static void walk_all(int met[KEYS])
{
	struct afield__map_walk walk;
	struct afield__map_node *node;

	if (!AFIELD_MUTANT("walk_outside_of_a_section"))
		enter();
	for (node = afield__map_first(&buckets, &walk); node; node = afield__map_next(&walk)) {
		uint64_t tag = afield__map_value_tag(&node->value);

		assert((tag & ~AFIELD__MAP_HAS_ENDED) == afield__map_tag_of(hash_of(node->name)));
		if (!(tag & AFIELD__MAP_HAS_ENDED)) {
			assert((tag | walk.odd) == hash_of(node->name));
			met[node->name]++;
		}
	}
	leave();
}

static void ready(uint64_t number)
{
	if (!AFIELD_MUTANT("ready_outside_of_a_section"))
		enter();
	afield__map_ready(&buckets, number);
	leave();
}

/* As map_table.c. */
static void double_once(uint64_t size)
{
	unsigned at = afield__map_part_of(size);
	struct afield__map_bucket *part;

	enter();
	if (!afield__map_part(&buckets, at)) {
		part = (struct afield__map_bucket *)calloc(size, sizeof(*part));
		if (!afield__map_give_part(&buckets, at, part))
			free(part);
	}
	afield__map_double(&buckets, size);
	leave();
}

/* Nobody doubles meanwhile, for whom map_table.c lets a grace period go by first. */
static void shrink(uint64_t size)
{
	unsigned first = afield__map_part_of(size);

	afield__map_lower(&buckets, size);
	if (!AFIELD_MUTANT("sweep_at_once"))
		synchronize();
	enter();
	afield__map_sweep(&buckets, size);
	leave();
	if (!AFIELD_MUTANT("free_at_once"))
		synchronize();
	for (unsigned at = first; at < AFIELD__MAP_PARTS; at++)
		free(afield__map_take_part(&buckets, at));
}

static void prepare(void)
{
	begin_sections();
	afield__map_start_list(&buckets);
}

/* Of that size, with all buckets, or all but the last. */
static void prepare_size(uint64_t size, bool has_last)
{
	prepare();
	for (uint64_t half = 2; half < size; half *= 2)
		double_once(half);
	for (uint64_t number = 2; number < size - !has_last; number++)
		ready(number);
}

static uint64_t check_bucket(const struct afield__map_bucket *bucket, uint64_t last, int *met)
{
	assert(bucket->hash == last || afield__map_is_before(last, bucket->hash));
	assert(bucket->hash < atomic_load(&buckets.size));
	assert(afield__map_bucket_of(&buckets, bucket->hash) == bucket);
	++*met;
	return bucket->hash;
}

/* All have ended: the list is in order, nobody is left in it who has left, and each bucket that is
 * ready is there. Its elements go to `remain`. */
static void finish(void)
{
	uintptr_t link = atomic_load(&buckets.first[0].next);
	uint64_t last = 0;
	int met = 1;

	litmus_self = 0;
	while (link & ~(uintptr_t)15 || !(link & AFIELD__MAP_TO_BUCKET)) {
		struct afield__map_node *node = afield__map_node_at(link);

		if (link & AFIELD__MAP_TO_BUCKET) {
			last = check_bucket(afield__map_bucket_at(link), last, &met);
			link = atomic_load(&afield__map_bucket_at(link)->next);
			assert(link & AFIELD__MAP_READY && !(link & AFIELD__MAP_LEFT));
			continue;
		}
		assert(hash_of(node->name) == last ||
		       afield__map_is_before(last, hash_of(node->name)));
		last = hash_of(node->name);
		link = atomic_load(&node->next);
		assert(!(link & AFIELD__MAP_OWN));
		assert(remain[node->name]++ == 0);
		free(node);
	}
	for (uint64_t number = 0; number < atomic_load(&buckets.size); number++)
		met -= atomic_load(&afield__map_bucket_of(&buckets, number)->next) != 0;
	assert(met == 0);
	for (unsigned at = 1; at < AFIELD__MAP_PARTS; at++)
		free(afield__map_take_part(&buckets, at));
}

#endif
