/* SPDX-License-Identifier: MIT */
/*
 * steps: two threads take turns without any order between them that ThreadSanitizer could see. So
 * what it does see as ordered is the library's doing.
 */
#ifndef AFIELD_TESTS_STEPS_H
#define AFIELD_TESTS_STEPS_H

#include <afield/ordering.h>

#include <unistd.h>

typedef AFIELD_ATOMIC(int) step_count;

static inline void step_to(step_count *steps, int step)
{
	AFIELD_STORE(steps, step, relaxed);
}

static inline void step_await(step_count *steps, int step)
{
	while (AFIELD_LOAD(steps, relaxed) < step)
		usleep(100);
}

#endif
