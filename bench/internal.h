/* SPDX-License-Identifier: MIT */
/*
 * What the files of the bench harness share; benches use bench.h alone.
 */
#ifndef AFIELD_BENCH_INTERNAL_H
#define AFIELD_BENCH_INTERNAL_H

#include "bench.h"

/* Seconds on a clock that only goes forward. */
double bench_now(void);

/* Binds the calling thread to one of the process's processors, in turn. */
void bench_pin(int index);

/* What one step costs on this machine, in nanoseconds. */
struct bench_machine {
	double loop;     /* an empty turn of a loop */
	double load;     /* from the nearest cache, many in flight */
	double store;    /* likewise */
	double rmw;      /* a locked add on a line that this core owns */
	double transfer; /* a line from one core to another; 0 where there is only one core */
};

/* Measures it, in about 50 ms. */
void bench_calibrate(struct bench_machine *machine);

/* Prints the `# key: value` lines. */
void bench_header(const struct bench_machine *machine);

/* A round: how many operations `threads` threads did in how many seconds. */
struct bench_round {
	const struct bench_contender *contender;
	int threads;
	int background;
	long batch; /* iterations of one call of the body */
	double seconds;
};

/* The time one processor spent on one counted operation, in nanoseconds. */
double bench_round(const struct bench_round *round);

/* The number of iterations that take about 20 microseconds when this thread runs alone. */
long bench_batch(const struct bench_contender *contender, int thread);

#endif
