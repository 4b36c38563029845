/* SPDX-License-Identifier: MIT */
/*
 * atomic for model checkers: a whole C11 program whose assertions hold in every execution that C11
 * allows.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/atomic fields/atomic/proof/litmus.c -lpthread
 *
 * Each part runs two threads to their end before the next begins, so that a checker meets few
 * interleavings at a time. -DPART=1 to 4 leaves one of them.
 */
#include "../atomic.h"

#include <assert.h>
#include <pthread.h>

#ifndef PART
#define PART 0
#endif

static void run(void *(*left)(void *), void *(*right)(void *))
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, left, NULL) ||
	    pthread_create(&threads[1], NULL, right, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

/* No update is lost between fetch_add, which is one access, and fetch_max, which is a loop. */
static afield_i64 total;
static int64_t raised_from;

static void *add(void *unused)
{
	afield_i64_fetch_add(&total, 1);
	afield_i64_fetch_add_relaxed(&total, 1);
	return unused;
}

static void *raise(void *unused)
{
	raised_from = afield_i64_fetch_max(&total, 10);
	return unused;
}

static void updates_are_not_lost(void)
{
	run(add, raise);
	/* The additions that the maximum did not find come on top of it. */
	assert(afield_i64_load(&total) == 10 + (2 - raised_from));
	afield_i64_store(&total, 0);
	run(add, add);
	assert(afield_i64_load(&total) == 4);
}

/* Store buffering: with bare verbs, at least one thread sees the store of the other. */
static afield_i64 mine, yours;
static int64_t saw_yours, saw_mine;

static void *store_mine(void *unused)
{
	afield_i64_store(&mine, 1);
	saw_yours = afield_i64_load(&yours);
	return unused;
}

static void *store_yours(void *unused)
{
	afield_i64_store(&yours, 1);
	saw_mine = afield_i64_load(&mine);
	return unused;
}

static void bare_verbs_have_one_order(void)
{
	run(store_mine, store_yours);
	assert(saw_yours == 1 || saw_mine == 1);
}

/* Message passing: what a release store publishes, an acquire load that sees it may read. */
static afield_bool is_ready;
static int message; /* plain: a checker reports a race if the order does not hold */

static void *publish(void *unused)
{
	message = 42;
	afield_bool_store_release(&is_ready, true);
	return unused;
}

static void *receive(void *unused)
{
	if (afield_bool_load_acquire(&is_ready))
		assert(message == 42);
	return unused;
}

static void release_publishes(void)
{
	run(publish, receive);
	assert(afield_bool_load(&is_ready));
}

/* Arithmetic of floats is a loop, too: both additions happen, each once. */
static afield_f64 level;
static double before[2];

static void *add_one(void *unused)
{
	before[0] = afield_f64_fetch_add(&level, 1);
	return unused;
}

static void *add_two(void *unused)
{
	before[1] = afield_f64_fetch_add_acq_rel(&level, 2);
	return unused;
}

static void float_adds_are_not_lost(void)
{
	run(add_one, add_two);
	assert(afield_f64_load(&level) == 3);
	assert((before[0] == 0 && before[1] == 1) || (before[0] == 2 && before[1] == 0));
}

int main(void)
{
	if (PART == 0 || PART == 1)
		updates_are_not_lost();
	if (PART == 0 || PART == 2)
		bare_verbs_have_one_order();
	if (PART == 0 || PART == 3)
		release_publishes();
	if (PART == 0 || PART == 4)
		float_adds_are_not_lost();
	return 0;
}
