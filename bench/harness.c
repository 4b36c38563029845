/* SPDX-License-Identifier: MIT */
/*
 * Runs the groups of a bench and prints a row for each contender and number of threads.
 */
#include "internal.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Many short rounds: where other programs use the processors too, most rounds are then spared and
 * the median is one of them. With more threads than cores a round has to be longer than the turn of
 * all of them, or it measures only who came first.
 */
enum {
	ROUNDS = 41,
	LONG_ROUNDS = 11,
	CONTENDERS = sizeof(((struct bench_group *)0)->contenders) / sizeof(struct bench_contender)
};

/* One group with one number of threads. */
struct run {
	const char *kind;
	const struct bench_group *group;
	int threads;
	double bound; /* nanoseconds; 0: unknown */
	int rounds;
	size_t count;
	long batches[CONTENDERS];
	double times[CONTENDERS][ROUNDS];
};

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* The value below which the given part of the values lies. */
static double quantile(const double *values, int count, double part)
{
	double sorted[ROUNDS];

	memcpy(sorted, values, (size_t)count * sizeof(sorted[0]));
	qsort(sorted, (size_t)count, sizeof(sorted[0]), compare);
	return sorted[(int)(part * (count - 1) + 0.5)];
}

static double bound_of(const struct bench_bound *bound, const struct bench_machine *machine,
		       int threads)
{
	double steps = bound->loads * machine->load + bound->stores * machine->store +
		       bound->rmws * machine->rmw;

	if (threads > 1)
		steps += bound->transfers * machine->transfer;
	/* The turn of the loop runs beside the steps; whichever is longer decides. */
	return steps > 0 ? fmax(steps, machine->loop) : 0;
}

static void print_row(const struct run *run, size_t index)
{
	const struct bench_contender *contender = &run->group->contenders[index];
	const double *times = run->times[index];
	double median = quantile(times, run->rounds, 0.5);
	double quarters = quantile(times, run->rounds, 0.75) - quantile(times, run->rounds, 0.25);
	double spread = quarters / 2 / median * 100;
	double ratios[ROUNDS];
	char note[128] = "-";

	/* The two of one round met the same machine: the median of their ratios drifts least. */
	for (int round = 0; round < run->rounds; round++)
		ratios[round] = run->times[0][round] / times[round];
	if (contender->note)
		contender->note(contender->state, note, sizeof(note));
	printf("%s\t%s\t%d\t%s\t%.2f\t%.0f\t%.2f\t", run->kind, run->group->name, run->threads,
	       contender->name, median, spread, quantile(ratios, run->rounds, 0.5));
	if (run->bound > 0)
		printf("%.2f\t%s\n", median / run->bound, note);
	else
		printf("-\t%s\n", note);
	fflush(stdout);
}

static double seconds_per_row(void)
{
	const char *text = getenv("AFIELD_BENCH_SECONDS");
	double seconds = text ? atof(text) : 0;

	return seconds > 0 ? seconds : 0.12;
}

static void run_group(struct run *run)
{
	const struct bench_group *group = run->group;
	bool is_crowded = run->threads > bench_cores();
	double seconds;

	run->rounds = is_crowded ? LONG_ROUNDS : ROUNDS;
	seconds = seconds_per_row() / run->rounds * (is_crowded ? 3 : 1);
	for (run->count = 0; run->count < CONTENDERS && group->contenders[run->count].body;)
		run->count++;
	for (size_t i = 0; i < run->count; i++)
		run->batches[i] = bench_batch(&group->contenders[i], group->background);
	for (int round = 0; round < run->rounds; round++) {
		/* Each round begins with another one, so that nobody always follows the same. */
		for (size_t turn = 0; turn < run->count; turn++) {
			size_t i = (turn + (size_t)round) % run->count;
			struct bench_round one = {
				.contender = &group->contenders[i],
				.threads = run->threads,
				.background = group->background,
				.batch = run->batches[i],
				.seconds = seconds,
			};
			run->times[i][round] = bench_round(&one);
		}
	}
	for (size_t i = 0; i < run->count; i++)
		print_row(run, i);
}

static bool is_asked_for(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(name, argv[i]))
			return true;
	return argc < 2;
}

/* The C library leaves out locked instructions while a process has one thread. Ours has two. */
static void *stay_alive(void *unused)
{
	for (;;)
		pause();
	return unused;
}

int bench_main(int argc, char **argv, const char *kind, const struct bench_group *groups,
	       size_t count)
{
	const int counts[] = {1, bench_cores(), 4 * bench_cores()};
	struct bench_machine machine;
	pthread_t second;

	if (pthread_create(&second, NULL, stay_alive, NULL) != 0)
		return 1;
	bench_calibrate(&machine);
	bench_header(&machine);
	for (size_t i = 0; i < count; i++) {
		unsigned asked = groups[i].threads ? groups[i].threads
						   : BENCH_ONE | BENCH_CORES | BENCH_OVER;

		for (int mode = 0; mode < 3; mode++) {
			struct run run = {.kind = kind, .group = &groups[i]};

			run.threads = counts[mode];
			run.bound = bound_of(&groups[i].bound, &machine, run.threads);
			if (!(asked & 1U << mode) || run.threads <= groups[i].background ||
			    (mode == 1 && run.threads == 1) ||
			    !is_asked_for(groups[i].name, argc, argv))
				continue;
			run_group(&run);
		}
	}
	return 0;
}
