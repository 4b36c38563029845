/*
 * child: what the child of a fork finds, also of a field that a thread holds which it does not
 * have.
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
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_CHILD_H
#define AFIELD_TESTS_CHILD_H

#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

/* Whether look(argument) returns 0 in a child, where no check fails, and ends in time. */
static inline int child_finds(int (*look)(void *argument), void *argument)
{
	unsigned long failures = test_failures;
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		int step;

		alarm(20); /* what is waited for is a failure, not a hang */
		step = look(argument);
		if (step != 0)
			printf("the child's step %d went wrong\n", step);
		fflush(stdout);
		_exit(step != 0 || test_failures != failures);
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static pthread_barrier_t child_barrier;

/* What a thread does in the middle of holding the field. */
static inline void child_hold(void)
{
	pthread_barrier_wait(&child_barrier);
	pthread_barrier_wait(&child_barrier);
}

/* The same, while a thread that runs hold(argument) is inside child_hold. */
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
