/* SPDX-License-Identifier: MIT */
/*
 * reader: a thread that parks inside a read section until it is told to leave.
 *
 *	struct reader reader;
 *	reader.depth = 1;
 *	reader_park(&reader);     it is inside
 *	...
 *	reader_leave(&reader);    it is gone
 */
#ifndef AFIELD_TESTS_READER_H
#define AFIELD_TESTS_READER_H

#include <afield/reclaim.h>

#include "test.h"

#include <time.h>

struct reader {
	pthread_t thread;
	pthread_barrier_t inside;
	pthread_barrier_t leave;
	int depth; /* how many sections it opens */
};

static inline void pause_ms(long ms)
{
	struct timespec time;

	time.tv_sec = ms / 1000;
	time.tv_nsec = ms % 1000 * 1000000;
	nanosleep(&time, NULL);
}

static inline void *reader_body(void *opaque)
{
	struct reader *reader = (struct reader *)opaque;

	for (int i = 0; i < reader->depth; i++)
		afield_read_lock();
	for (int i = 1; i < reader->depth; i++)
		afield_read_unlock();
	pthread_barrier_wait(&reader->inside);
	pthread_barrier_wait(&reader->leave);
	afield_read_unlock();
	return NULL;
}

static inline void reader_park(struct reader *reader)
{
	pthread_barrier_init(&reader->inside, NULL, 2);
	pthread_barrier_init(&reader->leave, NULL, 2);
	if (pthread_create(&reader->thread, NULL, reader_body, reader))
		abort();
	pthread_barrier_wait(&reader->inside);
}

static inline void reader_leave(struct reader *reader)
{
	pthread_barrier_wait(&reader->leave);
	pthread_join(reader->thread, NULL);
	pthread_barrier_destroy(&reader->inside);
	pthread_barrier_destroy(&reader->leave);
}

#endif
