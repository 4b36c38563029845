/* SPDX-License-Identifier: MIT */
/*
 * Threads that run the body of one contender for one round, each bound to a processor.
 */
#include "internal.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

double bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The processors of this process, as they were before anybody was bound to one. */
static cpu_set_t processors;
static pthread_once_t processors_once = PTHREAD_ONCE_INIT;

static void find_processors(void)
{
	if (sched_getaffinity(0, sizeof(processors), &processors) != 0)
		CPU_SET(0, &processors);
}

int bench_cores(void)
{
	pthread_once(&processors_once, find_processors);
	return CPU_COUNT(&processors);
}

void bench_pin(int index)
{
	int skip = index % bench_cores();
	cpu_set_t one;

	for (int processor = 0; processor < CPU_SETSIZE; processor++) {
		if (!CPU_ISSET(processor, &processors) || skip-- > 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(processor, &one);
		/* Where it is refused, the thread floats, and the spread shows it. */
		pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
		return;
	}
}

struct worker {
	const struct bench_round *round;
	pthread_barrier_t start;
	bool stop; /* written once by the caller of bench_round, read by all members */
};

struct member {
	struct worker *worker;
	int index;
	double began, ended;
	double operations;
	char apart[128]; /* two members never write the same line, nor its neighbour */
};

static void *member_run(void *opaque)
{
	struct member *member = (struct member *)opaque;
	const struct bench_round *round = member->worker->round;
	const struct bench_contender *contender = round->contender;

	bench_pin(member->index);
	contender->body(contender->state, 1, member->index); /* registers, touches, faults in */
	pthread_barrier_wait(&member->worker->start);
	member->began = bench_now();
	do {
		contender->body(contender->state, round->batch, member->index);
		member->operations += (double)round->batch;
	} while (!__atomic_load_n(&member->worker->stop, __ATOMIC_RELAXED));
	member->ended = bench_now();
	return NULL;
}

static void wait_seconds(double seconds)
{
	struct timespec length;

	length.tv_sec = (time_t)seconds;
	length.tv_nsec = (long)((seconds - (double)length.tv_sec) * 1e9);
	while (nanosleep(&length, &length) != 0)
		;
}

double bench_round(const struct bench_round *round)
{
	const struct bench_contender *contender = round->contender;
	struct worker worker = {.round = round};
	struct member *members = (struct member *)calloc((size_t)round->threads, sizeof(*members));
	pthread_t *threads = (pthread_t *)calloc((size_t)round->threads, sizeof(*threads));
	int counted = round->threads - round->background;
	int busy = round->threads < bench_cores() ? round->threads : bench_cores();
	double began = INFINITY, ended = 0, operations = 0;

	if (!members || !threads)
		abort();
	if (contender->before)
		contender->before(contender->state, round->threads);
	pthread_barrier_init(&worker.start, NULL, (unsigned)round->threads + 1);
	for (int i = 0; i < round->threads; i++) {
		members[i].worker = &worker;
		members[i].index = i;
		if (pthread_create(&threads[i], NULL, member_run, &members[i]) != 0)
			abort();
	}
	pthread_barrier_wait(&worker.start);
	wait_seconds(round->seconds);
	__atomic_store_n(&worker.stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < round->threads; i++) {
		pthread_join(threads[i], NULL);
		began = fmin(began, members[i].began);
		ended = fmax(ended, members[i].ended);
		operations += i >= round->background ? members[i].operations : 0;
	}
	pthread_barrier_destroy(&worker.start);
	if (contender->after)
		contender->after(contender->state);
	free(threads);
	free(members);
	return (ended - began) * busy * counted / round->threads / operations * 1e9;
}

long bench_batch(const struct bench_contender *contender, int thread)
{
	long batch = 1;
	double began, seconds;

	if (contender->before)
		contender->before(contender->state, thread + 1);
	do {
		batch *= 2;
		began = bench_now();
		contender->body(contender->state, batch, thread);
		seconds = bench_now() - began;
	} while (seconds < 20e-6 && batch < 1L << 30);
	if (contender->after)
		contender->after(contender->state);
	return batch;
}
