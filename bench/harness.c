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
	COUNTS = 16, /* numbers of threads that a group may run with */
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
	double cpu[CONTENDERS][ROUNDS];
	double others[CONTENDERS][ROUNDS];
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

/* In per cent, over all rounds: what a round leaves to the reclaimer may be done in the next. */
static double share_of_others(const struct run *run, size_t index)
{
	double cpu = 0, others = 0;

	for (int round = 0; round < run->rounds; round++) {
		/* The longer an operation took, the fewer there were in this round. */
		cpu += run->cpu[index][round] / run->times[index][round];
		others += run->others[index][round] / run->times[index][round];
	}
	return cpu > 0 ? others / cpu * 100 : 0;
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
		printf("%.2f\t%s\t", median / run->bound, note);
	else
		printf("-\t%s\t", note);
	printf("%.2f\t%.0f\n", quantile(run->cpu[index], run->rounds, 0.5),
	       share_of_others(run, index));
	fflush(stdout);
}

/* Appends one round to the file that the environment names. */
static void keep_round(const char *kind, const char *name, int threads, const char *who, int round,
		       struct bench_time time)
{
	const char *path = getenv("AFIELD_BENCH_RAW");
	FILE *file = path ? fopen(path, "a") : NULL;

	if (file) {
		fprintf(file, "\"%s\",\"%s\",%d,\"%s\",%d,%.3f,%.3f,%.3f\n", kind, name, threads,
			who, round, time.wall, time.cpu, time.others);
		fclose(file);
	} else if (path) {
		perror(path);
	}
}

static void keep_rounds(const struct run *run, size_t index)
{
	for (int round = 0; round < run->rounds; round++) {
		struct bench_time time = {run->times[index][round], run->cpu[index][round],
					  run->others[index][round]};

		keep_round(run->kind, run->group->name, run->threads,
			   run->group->contenders[index].name, round, time);
	}
}

void bench_row(const struct bench_row *row, const double *ours)
{
	int count = row->count < ROUNDS ? row->count : ROUNDS;
	double median = quantile(row->rounds, count, 0.5);
	double quarters = quantile(row->rounds, count, 0.75) - quantile(row->rounds, count, 0.25);
	double ratios[ROUNDS];

	for (int round = 0; round < count; round++) {
		struct bench_time time = {row->rounds[round], row->cpu ? row->cpu[round] : 0, 0};

		ratios[round] = ours[round] / row->rounds[round];
		keep_round(row->kind, row->name, row->threads, row->who, round, time);
	}
	printf("%s\t%s\t%d\t%s\t%.2f\t%.0f\t%.2f\t-\t-\n", row->kind, row->name, row->threads,
	       row->who, median, quarters / 2 / median * 100, quantile(ratios, count, 0.5));
	fflush(stdout);
}

double bench_seconds(void)
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
	seconds = bench_seconds() / run->rounds * (is_crowded ? 3 : 1);
	for (run->count = 0; run->count < CONTENDERS && group->contenders[run->count].body;)
		run->count++;
	for (size_t i = 0; i < run->count; i++)
		run->batches[i] = group->batch
					  ? group->batch
					  : bench_batch(&group->contenders[i], group->background);
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
			struct bench_time time = bench_round(&one);

			run->times[i][round] = time.wall;
			run->cpu[i][round] = time.cpu;
			run->others[i][round] = time.others;
		}
	}
	for (size_t i = 0; i < run->count; i++) {
		print_row(run, i);
		keep_rounds(run, i);
	}
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

static unsigned mode_of(int threads)
{
	if (threads == 1)
		return BENCH_ONE;
	return threads <= bench_cores() ? BENCH_CORES : BENCH_OVER;
}

/* The numbers of threads that a group runs with; how many there are. */
static size_t counts_of(const struct bench_group *group, int counts[COUNTS])
{
	const int usual[] = {1, bench_cores(), 4 * bench_cores()};
	const unsigned modes =
		group->threads ? group->threads : BENCH_ONE | BENCH_CORES | BENCH_OVER;
	const char *asked = getenv("AFIELD_BENCH_THREADS");
	size_t count = 0;
	char *end;

	if (modes & BENCH_PAIR && bench_cores() > 1)
		counts[count++] = 2;
	for (int i = 0; i < COUNTS - 1 && (asked || i < 3); i++) {
		long threads = asked ? strtol(asked, &end, 10) : usual[i];

		if (asked && (end == asked || threads < 1))
			break;
		asked = asked ? end : NULL;
		if (modes & mode_of((int)threads) && (count == 0 || counts[count - 1] != threads))
			counts[count++] = (int)threads;
	}
	return count;
}

/* Does so many operations as AFIELD_BENCH_COUNT says; main's status. */
static int count_only(const char *asked, const struct bench_group *groups, size_t count)
{
	const char *who = strchr(asked, '/');
	const char *times = who ? strrchr(who, '/') : NULL;

	for (size_t i = 0; times && i < count * CONTENDERS; i++) {
		const struct bench_group *group = &groups[i / CONTENDERS];
		const struct bench_contender *contender = &group->contenders[i % CONTENDERS];

		if (!contender->body || strlen(group->name) != (size_t)(who - asked) ||
		    strncmp(asked, group->name, (size_t)(who - asked)) != 0 ||
		    strlen(contender->name) != (size_t)(times - who - 1) ||
		    strncmp(who + 1, contender->name, (size_t)(times - who - 1)) != 0)
			continue;
		if (contender->before)
			contender->before(contender->state, 1);
		contender->body(contender->state, atol(times + 1), 0);
		if (contender->after)
			contender->after(contender->state);
		return 0;
	}
	fprintf(stderr, "bench: there is no %s\n", asked);
	return 1;
}

int bench_main(int argc, char **argv, const char *kind, const struct bench_group *groups,
	       size_t count)
{
	const char *counting = getenv("AFIELD_BENCH_COUNT");
	struct bench_machine machine;
	pthread_t second;

	if (pthread_create(&second, NULL, stay_alive, NULL) != 0)
		return 1;
	if (counting)
		return count_only(counting, groups, count);
	bench_calibrate(&machine);
	bench_header(&machine);
	for (size_t i = 0; i < count; i++) {
		int counts[COUNTS];
		size_t modes = counts_of(&groups[i], counts);

		for (size_t mode = 0; mode < modes; mode++) {
			struct run run = {.kind = kind, .group = &groups[i]};

			run.threads = counts[mode];
			run.bound = bound_of(&groups[i].bound, &machine, run.threads);
			if (run.threads <= groups[i].background ||
			    !is_asked_for(groups[i].name, argc, argv))
				continue;
			run_group(&run);
		}
	}
	return 0;
}
