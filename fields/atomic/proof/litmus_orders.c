/* SPDX-License-Identifier: MIT */
/*
 * The orders of the verbs that read and write, for model checkers: bare ones stand in one total
 * order with everything bare, and the acq_rel ones publish.
 *
 *	cc -std=c11 -DAFIELD_MODEL -Iinclude -Ifields/atomic fields/atomic/proof/litmus_orders.c -lpthread
 *
 * Two threads go through all parts. A part has words of its own, so that none helps another.
 */
#include "../atomic.h"

#include <assert.h>
#include <pthread.h>

/* Each writes one and reads the other; at least one reads what the other wrote. */
static afield_i64 added[2], raised[2], stored[2];
static afield_f64 grown[2];
static int64_t saw_added[2], saw_raised[2], saw_stored[2];
static double saw_grown[2];

static void *add_left(void *unused)
{
	afield_i64_fetch_add(&added[0], 1);
	saw_added[0] = afield_i64_load(&added[1]);
	return unused;
}
static void *add_right(void *unused)
{
	afield_i64_fetch_add(&added[1], 1);
	saw_added[1] = afield_i64_load(&added[0]);
	return unused;
}

static void *raise_left(void *unused)
{
	afield_i64_fetch_max(&raised[0], 1);
	saw_raised[0] = afield_i64_load(&raised[1]);
	return unused;
}
static void *raise_right(void *unused)
{
	afield_i64_fetch_max(&raised[1], 1);
	saw_raised[1] = afield_i64_load(&raised[0]);
	return unused;
}

/* A maximum that changes nothing is a load. */
static void *store_left(void *unused)
{
	afield_i64_store(&stored[0], 1);
	saw_stored[0] = afield_i64_fetch_max(&stored[1], 0);
	return unused;
}
static void *store_right(void *unused)
{
	afield_i64_store(&stored[1], 1);
	saw_stored[1] = afield_i64_fetch_max(&stored[0], 0);
	return unused;
}

static void *grow_left(void *unused)
{
	afield_f64_fetch_add(&grown[0], 1);
	saw_grown[0] = afield_f64_load(&grown[1]);
	return unused;
}
static void *grow_right(void *unused)
{
	afield_f64_fetch_add(&grown[1], 1);
	saw_grown[1] = afield_f64_load(&grown[0]);
	return unused;
}

/* Who finds the other's half has everything the other did before; plain data says so. */
static afield_f64 turns;
static int left_data, right_data;

static void *pass_left(void *unused)
{
	left_data = 1;
	if (afield_f64_fetch_add_acq_rel(&turns, 0.5) > 0)
		assert(right_data == 1);
	return unused;
}
static void *pass_right(void *unused)
{
	right_data = 1;
	if (afield_f64_fetch_add_acq_rel(&turns, 0.5) > 0)
		assert(left_data == 1);
	return unused;
}

static void *left(void *unused)
{
	add_left(unused);
	raise_left(unused);
	store_left(unused);
	grow_left(unused);
	return pass_left(unused);
}

static void *right(void *unused)
{
	add_right(unused);
	raise_right(unused);
	store_right(unused);
	grow_right(unused);
	return pass_right(unused);
}

int main(void)
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, left, NULL) ||
	    pthread_create(&threads[1], NULL, right, NULL))
		assert(0);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert(saw_added[0] == 1 || saw_added[1] == 1);
	assert(saw_raised[0] == 1 || saw_raised[1] == 1);
	assert(saw_stored[0] == 1 || saw_stored[1] == 1);
	assert(saw_grown[0] == 1 || saw_grown[1] == 1);
	assert(afield_f64_load(&turns) == 1);
	return 0;
}
