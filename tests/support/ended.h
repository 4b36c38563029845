/* SPDX-License-Identifier: MIT */
/*
 * ended: that afield knows of a thread's end. The end is the system's, which knows the number of a
 * thread for a moment after a join.
 */
#ifndef AFIELD_TESTS_ENDED_H
#define AFIELD_TESTS_ENDED_H

#include <afield/thread.h>

#include <stdbool.h>
#include <unistd.h>

static inline bool has_ended(uint64_t id)
{
	for (int i = 0; i < 2000 && afield_thread_identity(id) != 0; i++)
		usleep(1000);
	return afield_thread_identity(id) == 0;
}

#endif
