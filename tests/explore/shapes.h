/* SPDX-License-Identifier: MIT */
/*
 * shapes: the classic shapes of the memory model, as threads that write registers.
 */
#ifndef AFIELD_TESTS_SHAPES_H
#define AFIELD_TESTS_SHAPES_H

#include <stdbool.h>

enum { SHAPE_THREADS = 4, SHAPE_REGISTERS = 4, SHAPE_MAX = 100 };

struct shape {
	const char *name;
	const char *source; /* who says which outcomes there are */
	void *(*threads[SHAPE_THREADS])(void *);
	int registers;   /* how many make up the outcome */
	bool has_finals; /* the last values of x and y are the last two of them */
	int values;      /* a register holds 0 .. values - 1 */
	bool (*forbidden)(const int *r);
};

extern const struct shape shapes[];
extern const struct shape *shape_now;
int shape_main(int argc, char **argv);

#endif
