/* SPDX-License-Identifier: MIT */
/*
 * load: threads at full load on one field, under a watch.
 */
#ifndef AFIELD_TESTS_WATCH_LOAD_H
#define AFIELD_TESTS_WATCH_LOAD_H

#include <afield/watch.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>

#include "test.h"

enum { LOAD_MOST_THREADS = 8 };

struct load {
	struct afield_watch *(*watch)(void *field, unsigned one_in, afield_watch_report *report,
				      void *argument);
	/* Some operations; `next` is a random number, `serial` a value that no other call has. */
	void (*work)(void *field, uint64_t next, uint64_t serial);
	void *field;
	int threads;
	int ends;    /* set by the main thread */
	int reports; /* counted by the watch */
	const char *path;
};

struct load_thread {
	struct load *load;
	pthread_t id;
	uint64_t number;
};

static inline uint64_t load_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void *load_run(void *argument)
{
	struct load_thread *thread = (struct load_thread *)argument;
	uint64_t random = (thread->number + 1) * 0x9e3779b97f4a7c15u, serial = 0;

	while (!__atomic_load_n(&thread->load->ends, __ATOMIC_RELAXED))
		thread->load->work(thread->load->field, load_random(&random),
				   (thread->number + 1) << 40 | ++serial);
	return NULL;
}

static void load_report(const struct afield_history *history, void *argument)
{
	struct load *load = (struct load *)argument;

	if (__atomic_fetch_add(&load->reports, 1, __ATOMIC_SEQ_CST) == 0 && load->path)
		afield_watch_write(history, (void *)(uintptr_t)load->path);
}

static inline double load_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/*
 * Runs until the watch has reported, or has looked at so many windows, or the time is over. What the
 * watch has done is in *counts.
 */
static inline void load_watch(struct load *load, uint64_t windows, double seconds,
			      struct afield_watch_counts *counts)
{
	struct load_thread threads[LOAD_MOST_THREADS];
	struct afield_watch *watch = load->watch(load->field, 1, load_report, load);
	double end = load_now() + seconds;

	TEST_CHECK(watch != NULL);
	for (int i = 0; i < load->threads; i++) {
		threads[i].load = load;
		threads[i].number = (uint64_t)i;
		TEST_CHECK(pthread_create(&threads[i].id, NULL, load_run, &threads[i]) == 0);
	}
	do {
		struct timespec rest = {0, 5000000};

		nanosleep(&rest, NULL);
		afield_watch_count(watch, counts);
	} while (counts->windows < windows && load_now() < end &&
		 !__atomic_load_n(&load->reports, __ATOMIC_SEQ_CST));
	afield_watch_stop(watch); /* under load */
	__atomic_store_n(&load->ends, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < load->threads; i++)
		pthread_join(threads[i].id, NULL);
}

#endif
