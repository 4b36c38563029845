/* SPDX-License-Identifier: MIT */
/*
 * faults: programs that are wrong in one way each, and what the explorer says of them.
 */
#ifndef AFIELD_TESTS_FAULTS_H
#define AFIELD_TESTS_FAULTS_H

struct fault {
	const char *name;
	int (*program)(int, char **);
	const char *says; /* part of the failure, or NULL: it is right after all */
};

extern const struct fault faults[];

#endif
