/* SPDX-License-Identifier: MIT */
/*
 * copy: what a module with a copy of afield shows to the program that has several.
 *
 * Synchronization: all of them concurrent with all.
 */
#ifndef AFIELD_TESTS_COPY_H
#define AFIELD_TESTS_COPY_H

#include <stdbool.h>
#include <stdint.h>

struct copy {
	/* Pushes and pops, stores and reads, for a moment. */
	void (*work)(void);
	/* Whether all that was retired is reclaimed, and the fields are as they should be. */
	bool (*settle)(void);
	/* This thread's number. */
	uint64_t (*thread)(void);
	/* Whether the thread of that number was orphaned by a fork. */
	bool (*is_gone)(uint64_t thread);
	/* A lock that any copy may take, by its address; how try_lock ended. */
	void *lock;
	int (*try_lock)(void *lock);
	void (*unlock)(void *lock);
	/* Brackets of a fork, for programs that have them. */
	void (*prepare)(void);
	void (*parent)(void);
	void (*child)(void);
};

#endif
