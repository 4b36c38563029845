/* SPDX-License-Identifier: MIT */
/*
 * forked: a field of each kind, in one class, and a child that uses them all: it stores, loads,
 * locks, takes back what was left (afield_class_reset_orphans), uses them again, and ends them.
 *
 * When to use it: in test_faults_forks.c.
 *
 * Synchronization: forked_begin and forked_end are one thread's. The child is alone.
 */
#ifndef AFIELD_TESTS_FORKED_H
#define AFIELD_TESTS_FORKED_H

#include <afield/atomic.h>
#include <afield/class.h>
#include <afield/counter.h>
#include <afield/event.h>
#include <afield/list.h>
#include <afield/map.h>
#include <afield/queue.h>
#include <afield/rcu.h>
#include <afield/ring.h>
#include <afield/ring_spsc.h>
#include <afield/stack.h>

#include <errno.h>
#include <stdlib.h>

#include "faults.h"
#include "pairs.h"

AFIELD_TYPE(pair_rcu, rcu, struct pair);
AFIELD_TYPE(pair_ring, ring, struct pair, 8);
AFIELD_TYPE(pair_spsc, ring_spsc, struct pair, 8);
AFIELD_TYPE(pair_queue, queue, struct pair);
AFIELD_TYPE(pair_stack, stack, struct pair);
AFIELD_TYPE(pair_list, list, struct pair);
AFIELD_TYPE(pair_map, map, int64_t, struct pair);
AFIELD_TYPE(tally, counter, int64_t);
AFIELD_TYPE(news, event, bool);

#define ALL(field)                     \
	field(afield_f64, number)      \
	field(pair_seq, two)           \
	field(pair_seq_one, one)       \
	field(pair_locked, locked)     \
	field(pair_rwlocked, rw)       \
	field(pair_cell, cell)         \
	field(pair_once, once)         \
	field(pair_confined, confined) \
	field(pair_rcu, rcu)           \
	field(pair_ring, ring)         \
	field(pair_spsc, spsc)         \
	field(pair_queue, queue)       \
	field(pair_stack, stack)       \
	field(pair_list, list)         \
	field(pair_map, map)           \
	field(tally, tally)            \
	field(news, news)
AFIELD_CLASS(all, ALL);

enum { LEAST = 16 }; /* the buckets of a fresh map */
static all *fields;  /* new for each fork */
static long next_key = LEAST;

static bool is_whole(struct pair pair)
{
	return pair.low == pair.high;
}

static bool grow(struct pair *pair, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a change");
	pair->low++;
	AFIELD_PAUSE("in the middle of a change");
	pair->high++;
	return true;
}

static int make(struct pair *pair, void *unused)
{
	(void)grow(pair, unused);
	return 0;
}

/* In and out, of what is filled and emptied. Whether that could be done is not the question. */
#define PUSH_POP(name, type, field)                                                      \
	OPERATION(do_##name##_push, (void)!type##_push(&fields->field, pair_of(2)));     \
	OPERATION(do_##name##_pop, struct pair pair = pair_of(0);                        \
		  (void)!type##_pop(&fields->field, &pair); TEST_CHECK(is_whole(pair))); \
	static bool name##_in_child(void)                                                \
	{                                                                                \
		struct pair pair = {0, 0};                                               \
		size_t count = type##_count(&fields->field);                             \
		if (count > 2) /* one, one more or one less */                           \
			return false;                                                    \
		(void)!type##_push(&fields->field, pair_of(4));                          \
		if (type##_count(&fields->field) != count + 1)                           \
			return false;                                                    \
		for (size_t i = 0; i <= count; i++) {                                    \
			pair = pair_of(0);                                               \
			(void)!type##_pop(&fields->field, &pair);                        \
			if (!is_whole(pair) || pair.low == 0)                            \
				return false;                                            \
		}                                                                        \
		return type##_count(&fields->field) == 0;                                \
	}                                                                                \
	typedef int name##_is_pushed_and_popped
PUSH_POP(ring, pair_ring, ring);
PUSH_POP(spsc, pair_spsc, spsc);
PUSH_POP(queue, pair_queue, queue);
PUSH_POP(stack, pair_stack, stack);

static void forked_begin(void)
{
	fields = (all *)calloc(1, sizeof(*fields));
	if (!fields)
		abort();
	TEST_CHECK(pair_ring_open(&fields->ring, 8) == 0);
	TEST_CHECK(pair_spsc_open(&fields->spsc, 8) == 0);
	do_ring_push(NULL);
	do_spsc_push(NULL);
	do_queue_push(NULL);
	do_stack_push(NULL);
	TEST_CHECK(pair_list_append(&fields->list, pair_of(2)) == 0);
	for (int64_t key = 0; key < LEAST; key++) /* as many as buckets: the next one grows */
		TEST_CHECK(pair_map_set(&fields->map, key, pair_of(1)) == 0);
}

/* A thread has what it has confined until it ends, so the fields end in the thread that began. */
static void forked_end(long unused)
{
	(void)unused;
	all_fini(fields);
	free(fields);
}

/* What the child does with each kind; false when anything is wrong. `is_reset`: nothing is told any
 * more. */
static bool is_right(int error, bool is_reset)
{
	return error == 0 || (error == -EOWNERDEAD && !is_reset);
}

static bool seqlocks_in_child(bool is_reset)
{
	struct pair pair = pair_of(0);

	if (!is_whole(pair_seq_load(&fields->two)))
		return false;
	pair_seq_store(&fields->two, pair_of(5));
	(void)pair_seq_update(&fields->two, grow, NULL);
	if (pair_seq_load(&fields->two).low != 6 || pair_seq_load(&fields->two).high != 6)
		return false;
	if (!is_right(pair_seq_one_type()->load(pair_seq_one_type(), &fields->one, &pair),
		      is_reset) ||
	    !is_whole(pair) || !is_whole(pair_seq_one_load(&fields->one)))
		return false;
	(void)pair_seq_one_update(&fields->one, grow, NULL);
	pair = pair_seq_one_exchange(&fields->one, pair_of(5));
	return is_whole(pair) && pair_seq_one_load(&fields->one).high == 5;
}

static bool locks_in_child(bool is_reset)
{
	struct pair pair = pair_of(0), *changed;
	const struct pair *seen;
	int error;

	if (!is_right(pair_locked_store(&fields->locked, pair_of(5)), is_reset) ||
	    !is_right(pair_locked_load(&fields->locked, &pair), is_reset) || !is_whole(pair))
		return false;
	if (!is_right(pair_rwlocked_store(&fields->rw, pair_of(5)), is_reset) ||
	    !is_right(pair_rwlocked_load(&fields->rw, &pair), is_reset) || !is_whole(pair))
		return false;
	error = pair_cell_borrow_wait(&fields->cell, &seen);
	if (!is_right(error, is_reset))
		return false;
	if (error == 0)
		pair_cell_release(&fields->cell);
	error = pair_cell_borrow_mut_wait(&fields->cell, &changed);
	if (!is_right(error, is_reset))
		return false;
	if (error == 0) {
		*changed = pair_of(5);
		pair_cell_release_mut(&fields->cell);
	}
	return !is_reset || pair_cell_store(&fields->cell, pair_of(6)) == 0;
}

static bool values_in_child(bool is_reset)
{
	const struct pair *made = NULL;
	struct pair pair = pair_of(0);
	int error = pair_confined_store(&fields->confined, pair_of(5));
	double before = afield_f64_load(&fields->number);
	int64_t sum = tally_sum(&fields->tally);

	if (pair_once_get_or_init(&fields->once, make, NULL, &made) || !is_whole(*made))
		return false;
	if (error != 0 && (error != -EPERM || is_reset))
		return false;
	if (pair_rcu_update(&fields->rcu, grow, NULL) < 0 || !pair_rcu_read(&fields->rcu, &pair) ||
	    !is_whole(pair))
		return false;
	afield_f64_fetch_add(&fields->number, 1);
	tally_add(&fields->tally, 1);
	news_set(&fields->news);
	return afield_f64_load(&fields->number) == before + 1 &&
	       tally_sum(&fields->tally) == sum + 1 && news_is_set(&fields->news);
}

static int count_one(int64_t key, const struct pair *value, void *count)
{
	(void)key;
	++*(size_t *)count;
	return is_whole(*value) ? 0 : 1;
}

static bool map_is_counted(void)
{
	size_t count = 0;

	return pair_map_walk(&fields->map, count_one, &count) == 0 &&
	       count == pair_map_count(&fields->map);
}

static bool map_in_child(void)
{
	struct pair pair;

	if (!map_is_counted())
		return false;
	for (int64_t key = 1000; key < 1100; key++)
		if (pair_map_set(&fields->map, key, pair_of(key)) != 0)
			return false;
	for (int64_t key = 1000; key < 1100; key++)
		if (!pair_map_load(&fields->map, key, &pair) || pair.low != key || pair.high != key)
			return false;
	if (!map_is_counted() || afield__map_buckets(&fields->map.map) < 100)
		return false;
	if (pair_map_reserve(&fields->map, 1000) || afield__map_buckets(&fields->map.map) < 1000 ||
	    !map_is_counted())
		return false;
	for (int64_t key = 1000; key < 1100; key++)
		if (!pair_map_remove(&fields->map, key, &pair))
			return false;
	return map_is_counted();
}

static bool list_in_child(void)
{
	size_t count = pair_list_count(&fields->list);
	struct pair pair;

	return (count == 1 || count == 2) && pair_list_append(&fields->list, pair_of(4)) == 0 &&
	       pair_list_load(&fields->list, -1, &pair) && is_whole(pair) &&
	       pair_list_count(&fields->list) == count + 1;
}

/* Returns 0, or the step that went wrong. */
static int forked_use_all(void *unused)
{
	int step = 0;

	(void)unused;
	for (int is_reset = 0; is_reset < 2; is_reset++) {
		step++;
		if (!seqlocks_in_child(is_reset) || (step++, !locks_in_child(is_reset)) ||
		    (step++, !values_in_child(is_reset)))
			return step;
		if (afield_class_reset_orphans(all_class(), fields) < 0)
			return ++step;
	}
	if (step++, !map_in_child() || !list_in_child())
		return step;
	if (step++, !ring_in_child() || !spsc_in_child())
		return step;
	if (step++, !queue_in_child() || !stack_in_child())
		return step;
	if (afield_class_reset_orphans(all_class(), fields) != 0)
		return ++step;
	all_fini(fields);
	return 0;
}

#endif
