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

static double seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_now(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

double bench_process_cpu(void)
{
	return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

/* What the other threads of this process have used of all processors. */
static double others_cpu(void)
{
	return bench_process_cpu() - seconds_of(CLOCK_THREAD_CPUTIME_ID);
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
};

/* Written by the caller of bench_round, read by all members. */
static bool is_over;

bool bench_is_over(void)
{
	return __atomic_load_n(&is_over, __ATOMIC_RELAXED);
}

struct member {
	struct worker *worker;
	int index;
	double began, ended;
	double cpu;       /* in between */
	double whole_cpu; /* since the thread began */
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
	member->cpu = -seconds_of(CLOCK_THREAD_CPUTIME_ID);
	do {
		contender->body(contender->state, round->batch, member->index);
		member->operations += (double)round->batch;
	} while (!bench_is_over());
	member->ended = bench_now();
	member->whole_cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID);
	member->cpu += member->whole_cpu;
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

/* Begins the members of a round and waits until they have ended. */
static void run_members(const struct bench_round *round, struct member *members)
{
	struct worker worker = {.round = round};
	pthread_t *threads = (pthread_t *)calloc((size_t)round->threads, sizeof(*threads));

	if (!threads)
		abort();
	pthread_barrier_init(&worker.start, NULL, (unsigned)round->threads + 1);
	__atomic_store_n(&is_over, false, __ATOMIC_RELAXED);
	for (int i = 0; i < round->threads; i++) {
		members[i].worker = &worker;
		members[i].index = i;
		if (pthread_create(&threads[i], NULL, member_run, &members[i]) != 0)
			abort();
	}
	pthread_barrier_wait(&worker.start);
	wait_seconds(round->seconds);
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	for (int i = 0; i < round->threads; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&worker.start);
	free(threads);
}

struct bench_time bench_round(const struct bench_round *round)
{
	const struct bench_contender *contender = round->contender;
	struct member *members = (struct member *)calloc((size_t)round->threads, sizeof(*members));
	int counted = round->threads - round->background;
	int busy = round->threads < bench_cores() ? round->threads : bench_cores();
	double began = INFINITY, ended = 0, operations = 0, cpu = 0, others;
	struct bench_time time;

	if (!members)
		abort();
	if (contender->before)
		contender->before(contender->state, round->threads);
	others = -others_cpu();
	run_members(round, members);
	if (contender->after)
		contender->after(contender->state);
	others += others_cpu();
	for (int i = 0; i < round->threads; i++) {
		began = fmin(began, members[i].began);
		ended = fmax(ended, members[i].ended);
		others -= members[i].whole_cpu;
		operations += i >= round->background ? members[i].operations : 0;
		cpu += i >= round->background ? members[i].cpu : 0;
	}
	free(members);
	/* The clocks are read one after the other, so what is nothing may seem to be less. */
	others = fmax(others, 0);
	time.wall = (ended - began) * busy * counted / round->threads / operations * 1e9;
	time.cpu = (cpu + others) / operations * 1e9;
	time.others = others / operations * 1e9;
	return time;
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
