/* SPDX-License-Identifier: MIT */
/*
 * noise: what a build with -DAFIELD_PAUSES does at each access here: now and then it gives the
 * processor away. So a thread stops where a real one would once in a day.
 *
 * Synchronization: each thread draws from a number of its own.
 */
#ifndef PROVING_NOISE_H
#define PROVING_NOISE_H

#include <sched.h>
#include <stdint.h>

static __thread uint32_t noise_state;

#ifdef __cplusplus
extern "C"
#endif
	void
	afield_pause(const char *function, int line, const char *name)
{
	(void)function, (void)line, (void)name;
	if (noise_state == 0)
		noise_state = (uint32_t)(uintptr_t)&noise_state | 1;
	noise_state = noise_state * 1664525 + 1013904223;
	if (noise_state >> 28 == 0)
		sched_yield();
}

#endif
