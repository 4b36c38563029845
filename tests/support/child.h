/* SPDX-License-Identifier: MIT */
/*
 * child: what the child of a fork finds, also of a field that a thread holds which it does not
 * have; and whether the thread that forks may have company.
 *
 *	static void *hold(void *field)
 *	{
 *		AFIELD_LOCKED(pair_locked, pair, (pair_locked *)field)
 *		child_hold();
 *		return NULL;
 *	}
 *	static int look(void *field) { return pair_locked_load(...) == -EOWNERDEAD ? 0 : 1; }
 *
 *	TEST_CHECK(child_finds_beside(hold, look, &field));
 *
 * A sanitizer's allocator does not give up its locks for a fork, so that a child of a process with
 * threads may be unable to allocate; there, who forks and allocates is alone (CHILD_COMPANY is 0).
 * ThreadSanitizer refuses threads in the child of a process with threads, unless it is asked, and
 * lets every child sleep for a second at its end; this header asks.
 *
 * When to use it: in one source file of a test that forks.
 *
 * Synchronization: one thread at a time forks.
 */
#ifndef AFIELD_TESTS_CHILD_H
#define AFIELD_TESTS_CHILD_H

#include <afield/reclaim.h>

#include "sanitizers.h"
#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

#if SANITIZERS_ADDRESS || SANITIZERS_THREAD
#define CHILD_COMPANY 0
#else
#define CHILD_COMPANY 2
#endif

#ifdef __cplusplus
extern "C"
#endif
	const char *
	__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "die_after_fork=0:atexit_sleep_ms=0";
}

/* In the child: ends well when look(argument) returns 0 in time and no check of its fails. */
static inline void child_look(int (*look)(void *argument), void *argument)
{
	unsigned long failures = test_failures;
	int step;

	alarm(30); /* what is waited for is a failure, not a hang */
	step = look(argument);
	if (step != 0)
		printf("the child's step %d went wrong\n", step);
	fflush(stdout);
	_exit(step != 0 || test_failures != failures);
}

/* In the parent: whether it ended well. */
static inline int child_ends_well(pid_t child)
{
	int status = -1;

	if (child < 0 || waitpid(child, &status, 0) != child)
		return 0;
	if (WIFSIGNALED(status))
		printf("signal %d ended the child\n", WTERMSIG(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Whether look(argument) returns 0 in a child, where no check fails, and ends in time. */
static inline int child_finds(int (*look)(void *argument), void *argument)
{
	pid_t child;

	fflush(stdout); /* or the child prints it once more */
	child = fork();
	if (child == 0)
		child_look(look, argument);
	return child_ends_well(child);
}

static pthread_barrier_t child_barrier;

/* What a thread does in the middle of holding the field. */
static inline void child_hold(void)
{
	pthread_barrier_wait(&child_barrier);
	pthread_barrier_wait(&child_barrier);
}

/* child_finds, while a thread that runs hold(argument) is inside child_hold. */
static inline int child_finds_beside(void *(*hold)(void *argument), int (*look)(void *argument),
				     void *argument)
{
	pthread_t thread;
	int is_good;

	pthread_barrier_init(&child_barrier, NULL, 2);
	if (pthread_create(&thread, NULL, hold, argument))
		abort();
	pthread_barrier_wait(&child_barrier);
	is_good = child_finds(look, argument);
	pthread_barrier_wait(&child_barrier);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&child_barrier);
	return is_good;
}

#endif
