/* SPDX-License-Identifier: MIT */
/*
 * ends: programs that end, each in a child process; and how they did.
 *
 * The parent uses nothing of the library, so that a child is a fresh process to it.
 *
 *	static void leave(void) { ...; exit(3); }
 *	TEST_CHECK(ends_with(leave, 3));
 *
 * Synchronization: one thread at a time has children.
 */
#ifndef AFIELD_TESTS_ENDS_H
#define AFIELD_TESTS_ENDS_H

#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENDS_SECONDS = 20 }; /* what takes longer hangs */

/* Starts program() in a child, which is killed when it hangs, whatever it blocks. */
static inline pid_t ends_start(void (*program)(void))
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		program();
		_exit(100); /* a program ends by itself */
	}
	return child;
}

/* The child's status, as waitpid has it; -1 when it had to be killed. */
static inline int ends_status(pid_t child)
{
	struct timespec pause = {0, 10000000};
	int status = -1;

	for (int i = 0; i < ENDS_SECONDS * 100; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
		nanosleep(&pause, NULL);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	printf("  a child hangs\n");
	return -1;
}

static inline int ends_with(void (*program)(void), int expected)
{
	int status = ends_status(ends_start(program));

	if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == expected)
		return 1;
	if (status >= 0)
		printf("  a child ended with %s %d, not status %d\n",
		       WIFSIGNALED(status) ? "signal" : "status",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), expected);
	return 0;
}

#endif
