/*
 * member: a thread whose accesses are seen. For schedule.c, freeze.c and fault.c.
 *
 * Synchronization: a member is its thread's from member_main on, until the thread is joined.
 */
#ifndef AFIELD_TESTS_MEMBER_H
#define AFIELD_TESTS_MEMBER_H

#include "schedule.h"

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

static inline struct timespec later(struct timespec time, long milliseconds)
{
	time.tv_nsec += milliseconds % 1000 * 1000000;
	time.tv_sec += milliseconds / 1000 + time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

#endif
