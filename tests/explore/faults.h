/* SPDX-License-Identifier: MIT */
/*
 * faults: programs that are wrong in one way each, and what the explorer says of them.
 */
#ifndef AFIELD_TESTS_FAULTS_H
#define AFIELD_TESTS_FAULTS_H

struct fault {
	const char *name;
	int (*program)(void);
	const char *says; /* part of the failure, or NULL: it is right after all */
};

extern const struct fault faults[];
extern int one;

/* Right; what a mutant does that gives a look again. */
int two_rounds(void); /* in two threads, one after the other: nothing */
int look_again(void); /* in one thread: found */

#endif
