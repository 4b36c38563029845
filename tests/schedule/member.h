/* SPDX-License-Identifier: MIT */
/*
 * member: a thread whose accesses are seen, and another that runs concurrently. For the files of
 * this folder.
 *
 * Synchronization: a member is its thread's from member_main on, until the thread is joined.
 */
#ifndef AFIELD_TESTS_MEMBER_H
#define AFIELD_TESTS_MEMBER_H

#include "schedule.h"

#include <pthread.h>
#include <time.h>

struct member {
	void (*at_access)(struct member *member); /* before each access */
	int index;
	uint64_t random;
	long accesses; /* so far, this one included */
	void (*body)(void *argument, int index);
	void *argument;
};

/* The thread's start: runs the body of the struct member that it gets. */
void *member_main(void *member);

/* A thread that runs an operation. */
struct beside {
	const struct schedule_operation *operation;
	void *object;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool is_done; /* guarded by mutex */
};

/* Starts the operation; true when it is done in time. beside_end waits for it to be done. */
bool beside_begin(struct beside *beside, const struct schedule_operation *operation, void *object);
void beside_end(struct beside *beside);

/*
 * Runs `operation` and, before each of its accesses, `other` in another thread. Returns whether the
 * operation was done within as many accesses as one that is wait-free may make.
 */
bool schedule_overtake(const struct schedule_operation *operation,
		       const struct schedule_operation *other, void *object);

static inline struct timespec later(struct timespec time, long milliseconds)
{
	time.tv_nsec += milliseconds % 1000 * 1000000;
	time.tv_sec += milliseconds / 1000 + time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

#endif
