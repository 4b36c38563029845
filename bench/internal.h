/* SPDX-License-Identifier: MIT */
/*
 * What the files of the bench harness share, and what a bench takes that measures by itself; all
 * others use bench.h alone.
 */
#ifndef AFIELD_BENCH_INTERNAL_H
#define AFIELD_BENCH_INTERNAL_H

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds on a clock that only goes forward. */
double bench_now(void);

/* Seconds that this process has used of all processors. */
double bench_process_cpu(void);

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

/* What one counted operation took, in nanoseconds. */
struct bench_time {
	double wall;   /* of one processor that had nothing else to do */
	double cpu;    /* of all processors: the callers and whoever works for them */
	double others; /* the part of `cpu` that threads spent which are no callers: a reclaimer */
};
struct bench_time bench_round(const struct bench_round *round);

/* A row that is measured elsewhere: at most 41 rounds, in nanoseconds. */
struct bench_row {
	const char *kind, *name, *who;
	int threads;
	int count;
	const double *rounds;
	const double *cpu; /* of the whole process, likewise; NULL: unknown */
};

/* Prints the row and keeps its rounds. `ours`: those of the first row of its case. */
void bench_row(const struct bench_row *row, const double *ours);

/* How long one row is to be measured. */
double bench_seconds(void);

/* The number of iterations that take about 20 microseconds when this thread runs alone. */
long bench_batch(const struct bench_contender *contender, int thread);

#ifdef __cplusplus
}
#endif

#endif
