/* SPDX-License-Identifier: MIT */
/*
 * test: what every test program uses, in C and in C++.
 *
 *	static void counts(void) { TEST_CHECK(1 + 1 == 2); }
 *	int main(void) { TEST_RUN(counts); return test_done(); }
 *
 * A failed check prints its line and what was compared, and the program ends with status 1 after
 * the remaining checks have run, or at once after TEST_MOST_FAILURES. `test_done` prints the number
 * of checks and fails when none ran. A test that hangs is ended a little before CTest would, and says
 * where (watchdog.h).
 *
 * Synchronization: checks may run in any thread.
 */
#ifndef AFIELD_TESTS_TEST_H
#define AFIELD_TESTS_TEST_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "watchdog.h"

enum { TEST_MOST_FAILURES = 100 };

static unsigned long test_checks, test_failures;

#define TEST_CHECK(condition) \
	test_check((condition) ? 1 : 0, __FILE__, __LINE__, __func__, #condition)
#define TEST_RUN(function) (test_begin(#function), function())

/* AFIELD_TEST_SECONDS is a little less than what tests/CMakeLists.txt gives the program. */
static inline void test_begin(const char *name)
{
	static int is_begun;
	const char *seconds = getenv("AFIELD_TEST_SECONDS");

	printf("- %s\n", name);
	fflush(stdout);
	if (seconds && !is_begun && !getenv("AFIELD_STRESS"))
		watchdog_start((unsigned)atol(seconds));
	is_begun = 1;
}

static inline void test_check(int is_true, const char *file, int line, const char *function,
			      const char *condition)
{
	unsigned long failures;

	__atomic_fetch_add(&test_checks, 1, __ATOMIC_RELAXED);
	if (is_true)
		return;
	failures = __atomic_add_fetch(&test_failures, 1, __ATOMIC_RELAXED);
	if (failures > TEST_MOST_FAILURES)
		return; /* another thread is about to end the program */
	printf("%s:%d: %s: not true: %s\n", file, line, function, condition);
	fflush(stdout);
	if (failures < TEST_MOST_FAILURES)
		return;
	printf("%d failures are enough\n", TEST_MOST_FAILURES);
	fflush(stdout);
	_exit(1);
}

static inline int test_done(void)
{
	printf("%lu checks, %lu failed\n", test_checks, test_failures);
	return test_checks == 0 || test_failures != 0;
}

/* How much of a test to run: AFIELD_TEST_SCALE per cent, at least 1; long runs multiply it. */
static inline long test_scaled(long count)
{
	const char *scale = getenv("AFIELD_TEST_SCALE");
	const char *stress = getenv("AFIELD_STRESS");
	long scaled = scale ? count * atol(scale) / 100 : count;

	if (stress && strcmp(stress, "long") == 0)
		scaled *= 100;
	return scaled > 0 ? scaled : 1;
}

/* Whether this time of CLOCK_MONOTONIC has come. */
static inline int test_has_passed(const struct timespec *deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec != deadline->tv_sec)
		return now.tv_sec > deadline->tv_sec;
	return now.tv_nsec >= deadline->tv_nsec;
}

/*
 * Whether to try once more. A control that must be caught depends on how threads meet, which they
 * do not while other programs have the processors: it is tried until it is caught, for a minute.
 *	for (struct test_tries tries = {0}; !is_caught && test_try(&tries);)
 */
struct test_tries {
	int count; /* so far */
	struct timespec end;
};
static inline int test_try(struct test_tries *tries)
{
	if (tries->count++ == 0) {
		clock_gettime(CLOCK_MONOTONIC, &tries->end);
		tries->end.tv_sec += 60;
	}
	return !test_has_passed(&tries->end);
}

/* Threads that start together: each runs body(argument, index). */
struct test_worker {
	void (*body)(void *argument, int index);
	void *argument;
	int index;
	pthread_barrier_t *start;
};

static inline void *test_member(void *opaque)
{
	struct test_worker *member = (struct test_worker *)opaque;

	pthread_barrier_wait(member->start);
	member->body(member->argument, member->index);
	return NULL;
}

static inline void test_threads(int count, void (*body)(void *argument, int index), void *argument)
{
	struct test_worker members[64];
	pthread_t threads[64];
	pthread_barrier_t start;

	if (count > 64)
		abort();
	pthread_barrier_init(&start, NULL, (unsigned)count);
	for (int i = 0; i < count; i++) {
		members[i].body = body;
		members[i].argument = argument;
		members[i].index = i;
		members[i].start = &start;
		if (pthread_create(&threads[i], NULL, test_member, &members[i]))
			abort();
	}
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&start);
}

#endif
