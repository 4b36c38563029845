/* SPDX-License-Identifier: MIT */
/*
 * asleep: whether a thread of this process sleeps in the kernel, for tests in which it does when all
 * is well, and would have gone on otherwise:
 *
 *	while (!is_done && !is_asleep(thread))
 *		usleep(100);
 *
 * When not: to know that it sleeps on something; it may be asleep for another reason.
 *
 * Synchronization: anybody may ask.
 */
#ifndef AFIELD_TESTS_ASLEEP_H
#define AFIELD_TESTS_ASLEEP_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* By the system's number; false for 0. */
static inline bool is_asleep(pid_t thread)
{
	char path[64], state = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)thread);
	file = fopen(path, "r");
	if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	if (file)
		fclose(file);
	return state == 'S';
}

#endif
