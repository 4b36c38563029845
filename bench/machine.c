/* SPDX-License-Identifier: MIT */
/*
 * What the machine can do at best, and what the numbers were measured with.
 */
#include "internal.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <afield/reclaim.h>

#include <urcu/urcu-bp.h>

enum { TRIALS = 12, TURNS = 1 << 15, ROUND_TRIPS = 1500 };

/* A word alone on its line and on the one beside it, which processors fetch together. */
static struct {
	char apart[128];
	uint64_t word;
	char apart_too[128];
} place, ball;

static void turn_loop(long turns)
{
	for (long i = 0; i < turns; i++)
		bench_keep(i);
}

/* Eight of them hide the loop. */
#define EIGHT(statement) \
	statement, statement, statement, statement, statement, statement, statement, statement

static void look(void)
{
	uint64_t value = __atomic_load_n(&place.word, __ATOMIC_RELAXED);

	bench_keep(value);
}

static void put(long value)
{
	__atomic_store_n(&place.word, (uint64_t)value, __ATOMIC_RELAXED);
}

static void turn_load(long turns)
{
	for (long i = 0; i < turns; i++)
		EIGHT(look());
}

static void turn_store(long turns)
{
	for (long i = 0; i < turns; i++)
		EIGHT(put(i));
}

static void turn_rmw(long turns)
{
	for (long i = 0; i < turns; i++)
		__atomic_fetch_add(&place.word, 1, __ATOMIC_SEQ_CST);
}

/* The shortest trial: what the machine can do, not what it did beside its other work. */
static double shortest(void (*turn)(long turns), int steps)
{
	double best = INFINITY;

	for (int trial = 0; trial < TRIALS; trial++) {
		double began = bench_now();

		turn(TURNS);
		best = fmin(best, bench_now() - began);
	}
	return best * 1e9 / TURNS / steps;
}

/* Waits until the ball has been thrown `turn` times, in vain for at most a tenth of a second. */
static bool ball_arrives(uint64_t turn)
{
	double deadline = 0;

	for (long spins = 0; __atomic_load_n(&ball.word, __ATOMIC_ACQUIRE) != turn; spins++) {
		if (spins % 65536 != 65535)
			continue;
		if (deadline == 0)
			deadline = bench_now() + 0.1;
		if (bench_now() > deadline)
			return false;
	}
	return true;
}

static void *ball_return(void *unused)
{
	(void)unused;
	bench_pin(1);
	for (uint64_t i = 0; i < (uint64_t)TRIALS * ROUND_TRIPS; i++) {
		if (!ball_arrives(2 * i + 1))
			return NULL;
		__atomic_store_n(&ball.word, 2 * i + 2, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* One way of a word that two cores throw to each other. */
static double transfer(void)
{
	double best = INFINITY;
	pthread_t other;

	if (bench_cores() < 2 || pthread_create(&other, NULL, ball_return, NULL) != 0)
		return 0;
	for (uint64_t i = 0; i < TRIALS; i++) {
		double began = bench_now();

		for (uint64_t trip = i * ROUND_TRIPS; trip < (i + 1) * ROUND_TRIPS; trip++) {
			__atomic_store_n(&ball.word, 2 * trip + 1, __ATOMIC_RELEASE);
			if (!ball_arrives(2 * trip + 2))
				goto out;
		}
		best = fmin(best, bench_now() - began);
	}
out:
	pthread_join(other, NULL);
	return isinf(best) ? 0 : best * 1e9 / ROUND_TRIPS / 2;
}

static void *calibrate(void *opaque)
{
	struct bench_machine *machine = (struct bench_machine *)opaque;

	bench_pin(0);
	machine->loop = shortest(turn_loop, 1);
	machine->load = shortest(turn_load, 8);
	machine->store = shortest(turn_store, 8);
	machine->rmw = shortest(turn_rmw, 1);
	machine->transfer = transfer();
	return NULL;
}

void bench_calibrate(struct bench_machine *machine)
{
	pthread_t thread;

	/* On a thread of its own: the caller stays free to run on every processor. */
	memset(machine, 0, sizeof(*machine));
	if (pthread_create(&thread, NULL, calibrate, machine) == 0)
		pthread_join(thread, NULL);
}

static void print_processor(void)
{
	char line[512], *name = NULL;
	FILE *file = fopen("/proc/cpuinfo", "r");

	while (file && !name && fgets(line, sizeof(line), file))
		if (strncmp(line, "model name", 10) == 0)
			name = strchr(line, ':');
	if (name)
		name[strcspn(name, "\n")] = '\0';
	printf("# machine: %s, %d processors\n", name ? name + 2 : "unknown processor",
	       bench_cores());
	if (file)
		fclose(file);
}

void bench_header(const struct bench_machine *machine)
{
	struct utsname system;

	print_processor();
	if (uname(&system) == 0)
		printf("# system: %s %s %s\n", system.sysname, system.release, system.machine);
#ifdef __clang__
	printf("# compiler: %s\n", __VERSION__);
#else
	printf("# compiler: gcc %s\n", __VERSION__);
#endif
	printf("# flags: %s\n", BENCH_FLAGS);
	printf("# tls: %s\n", BENCH_TLS_MODEL);
	printf("# rcu: %s\n", afield_rcu_backend());
	printf("# steps: loop %.2f ns, load %.2f, store %.2f, locked instruction %.2f, ",
	       machine->loop, machine->load, machine->store, machine->rmw);
	if (machine->transfer > 0)
		printf("line from another core %.1f\n", machine->transfer);
	else
		printf("line from another core not measured\n");
	fflush(stdout);
}

void bench_drain(void *state)
{
	(void)state;
	afield_barrier();
	urcu_bp_barrier();
}

void bench_backend(void *state, char *text, size_t size)
{
	(void)state;
	snprintf(text, size, "%s", afield_rcu_backend());
}
