/* SPDX-License-Identifier: MIT */
/*
 * ring, from one thread to another: how long an element takes in a stream of them, with a thread on
 * a processor of its own at each end. Both poll: who finds the ring full or empty spins, and
 * gives the processor up when that takes long.
 *
 * A round in which either thread loses its processor tells nothing of the ring, so the fastest of
 * many short rounds counts; the spread is from there to the fastest tenth, in per cent.
 *
 * Prints lines for the table of bench.h by itself: a body of that harness must get on alone.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/ring.h>
#include <afield/ring_spsc.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench.h"
#include "bench_rivals.inc"

enum { ROUNDS = 100, ELEMENTS = 5000, SPINS = 1000 };

AFIELD_TYPE(long_ring, ring, int64_t, SIZE);
AFIELD_TYPE(long_spsc, ring_spsc, int64_t, SIZE);

static long_ring longs;
static long_spsc spsc;
static struct locked locked = LOCKED_FRESH;
static struct packaged mpmc, one_to_one;

static bool our_push(int64_t value)
{
	return long_ring_push(&longs, value) == 0;
}
static bool our_pop(int64_t *value)
{
	return long_ring_pop(&longs, value);
}
static bool spsc_push(int64_t value)
{
	return long_spsc_push(&spsc, value) == 0;
}
static bool spsc_pop(int64_t *value)
{
	return long_spsc_pop(&spsc, value);
}
static bool release_push(int64_t value)
{
	return long_spsc_push_release(&spsc, value) == 0;
}
static bool release_pop(int64_t *value)
{
	return long_spsc_pop_release(&spsc, value);
}
static bool mpmc_push(int64_t value)
{
	return ck_ring_enqueue_mpmc(&mpmc.ring, mpmc.places, (void *)value);
}
static bool mpmc_pop(int64_t *value)
{
	return ck_ring_dequeue_mpmc(&mpmc.ring, mpmc.places, value);
}
static bool packaged_push(int64_t value)
{
	return ck_ring_enqueue_spsc(&one_to_one.ring, one_to_one.places, (void *)value);
}
static bool packaged_pop(int64_t *value)
{
	return ck_ring_dequeue_spsc(&one_to_one.ring, one_to_one.places, value);
}
static bool mutex_push(int64_t value)
{
	return locked_push(&locked, value);
}
static bool mutex_pop(int64_t *value)
{
	return locked_pop(&locked, value);
}

/* Ours first in each case; the case's first row is what "ours/it" compares with. */
static const struct contender {
	const char *stream, *name;
	bool (*push)(int64_t value);
	bool (*pop)(int64_t *value);
} contenders[] = {
	{"spsc hand over", "afield release", release_push, release_pop},
	{"spsc hand over", "ck_ring spsc", packaged_push, packaged_pop},
	{"spsc hand over", "afield seq_cst", spsc_push, spsc_pop},
	{"hand over", "afield", our_push, our_pop},
	{"hand over", "ck_ring mpmc", mpmc_push, mpmc_pop},
	{"hand over", "mutex, condvars", mutex_push, mutex_pop},
};
enum { CONTENDERS = sizeof(contenders) / sizeof(contenders[0]) };

/* Binds this thread to the first processor that the program may use, or to the second. */
static cpu_set_t allowed;
static void bind_to(int index)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && index >= 0; i++) {
		if (!CPU_ISSET(i, &allowed) || index-- > 0)
			continue;
		CPU_SET(i, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
}

/* The other one may be waiting for this processor. */
static void poll_again(int *spins)
{
	if (++*spins % SPINS == 0)
		sched_yield();
	else
		AFIELD_SPIN();
}

static void *pop_all(void *opaque)
{
	const struct contender *contender = (const struct contender *)opaque;
	int64_t value;
	int spins = 0;

	bind_to(1);
	for (int64_t i = 0; i < ELEMENTS; i++) {
		while (!contender->pop(&value))
			poll_again(&spins);
		if (value != i)
			abort();
	}
	return NULL;
}

static double round_of(const struct contender *contender)
{
	struct timespec begin, end;
	pthread_t thread;
	int spins = 0;

	if (pthread_create(&thread, NULL, pop_all, (void *)(uintptr_t)contender))
		abort();
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int64_t i = 0; i < ELEMENTS; i++)
		while (!contender->push(i))
			poll_again(&spins);
	pthread_join(thread, NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) /
	       ELEMENTS;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

int main(void)
{
	double rounds[CONTENDERS][ROUNDS], ours = 0;

	packaged_begin(&mpmc);
	packaged_begin(&one_to_one);
	if (bench_cores() < 2)
		return 0;
	sched_getaffinity(0, sizeof(allowed), &allowed);
	bind_to(0);
	for (int i = 0; i < ROUNDS; i++)
		for (int j = 0; j < CONTENDERS; j++)
			rounds[j][i] = round_of(&contenders[j]);
	for (int i = 0; i < CONTENDERS; i++) {
		double *it = rounds[i], fast;

		qsort(it, ROUNDS, sizeof(*it), compare);
		fast = it[0];
		printf("ring\t%s\t2\t%s\t%.1f\t%.0f\t", contenders[i].stream, contenders[i].name,
		       fast, (it[ROUNDS / 10] - fast) / fast * 100);
		if (i == 0 || contenders[i].stream != contenders[i - 1].stream) {
			ours = fast;
			printf("-\t-\t-\n");
		} else {
			printf("%.2f\t-\t-\n", ours / fast);
		}
	}
	return 0;
}
