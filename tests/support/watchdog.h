/* SPDX-License-Identifier: MIT */
/*
 * watchdog: ends a program that hangs, with what is known about it.
 *
 * A test of waiting must not give its waits a deadline, which would hide that nobody has woken
 * them. It starts the watchdog instead: the test that hangs is the last one that TEST_RUN has
 * named, and the watchdog says of each thread where in the kernel it is, and shows its stack where
 * the C library can, no sanitizer watches and the thread listens: one that blocks SIGURG, as the
 * library's own does, is silent.
 *
 *	watchdog_start(60);
 *
 * In a test that CTest runs, TEST_RUN starts it a little before the test's TIMEOUT.
 *
 * Synchronization: one watchdog a program; it uses SIGALRM and SIGURG.
 */
#ifndef AFIELD_TESTS_WATCHDOG_H
#define AFIELD_TESTS_WATCHDOG_H

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sanitizers.h"

/* What a sanitizer watches, that the loader allocates for the first stack, would be its finding. */
#if defined(__GLIBC__) && !SANITIZERS_ADDRESS && !SANITIZERS_THREAD
#include <execinfo.h>
#define WATCHDOG_SEES_STACKS 1
#else
#define WATCHDOG_SEES_STACKS 0
#endif

static unsigned watchdog_seconds;

/* Copies the first line of a file of this process to stdout. */
static inline void watchdog_show(const char *thread, const char *what)
{
	char path[300], line[200] = "?";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/%s", thread, what);
	file = fopen(path, "r");
	if (file && !fgets(line, sizeof(line), file))
		line[0] = '\0';
	if (file)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
	printf(" %s %s", what, line);
}

static int watchdog_is_answered; /* __atomic */

static inline void watchdog_print_stack(int unused)
{
#if WATCHDOG_SEES_STACKS
	void *frames[40];

	backtrace_symbols_fd(frames, backtrace(frames, 40), STDOUT_FILENO);
#endif
	(void)unused;
	__atomic_store_n(&watchdog_is_answered, 1, __ATOMIC_SEQ_CST);
}

/* The first one loads a library, which a handler had better not. */
static inline void watchdog_prepare_stacks(void)
{
#if WATCHDOG_SEES_STACKS
	void *frame;

	(void)backtrace(&frame, 1);
#endif
}

static inline void watchdog_ask(const char *thread)
{
	struct sigaction action;
	struct timespec moment = {0, 10000000};
	long number = strtol(thread, NULL, 10);

	memset(&action, 0, sizeof(action));
	action.sa_handler = watchdog_print_stack;
	sigaction(SIGURG, &action, NULL);
	if (number == syscall(SYS_gettid)) {
		watchdog_print_stack(0);
		return;
	}
	__atomic_store_n(&watchdog_is_answered, 0, __ATOMIC_SEQ_CST);
	if (syscall(SYS_tgkill, getpid(), number, SIGURG) != 0)
		return;
	for (int i = 0; i < 30 && !__atomic_load_n(&watchdog_is_answered, __ATOMIC_SEQ_CST); i++)
		nanosleep(&moment, NULL);
}

/* The program is lost in any case, so what a handler must not do is done here. */
static inline void watchdog_bite(int number)
{
	DIR *threads = opendir("/proc/self/task");
	struct dirent *thread;

	(void)number;
	alarm(10);
	printf("watchdog: the test named last has not ended after %u seconds\n", watchdog_seconds);
	while (threads && (thread = readdir(threads)) != NULL) {
		if (thread->d_name[0] == '.')
			continue;
		printf("watchdog: thread %s:", thread->d_name);
		watchdog_show(thread->d_name, "wchan");
		watchdog_show(thread->d_name, "syscall");
		printf("\n");
		fflush(stdout);
		watchdog_ask(thread->d_name);
	}
	fflush(stdout);
	_exit(1);
}

/* A process that hangs in the handler, for a lock that it interrupted, is ended by a second
 * alarm. */
static inline void watchdog_start(unsigned seconds)
{
	struct sigaction action;

	watchdog_prepare_stacks();
	memset(&action, 0, sizeof(action));
	action.sa_handler = watchdog_bite;
	action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
	sigaction(SIGALRM, &action, NULL);
	watchdog_seconds = seconds;
	alarm(seconds);
}

#endif
