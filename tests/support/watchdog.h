/* SPDX-License-Identifier: MIT */
/*
 * watchdog: ends a program that hangs, with what is known about it.
 *
 * A test of waiting must not give its waits a deadline, which would hide that nobody has woken
 * them. It starts the watchdog instead: the test that hangs is the last one that TEST_RUN has
 * named, and the watchdog says of each thread where in the kernel it is.
 *
 *	watchdog_start(60);
 *
 * Synchronization: one watchdog a program; it uses SIGALRM.
 */
#ifndef AFIELD_TESTS_WATCHDOG_H
#define AFIELD_TESTS_WATCHDOG_H

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* The program is lost in any case, so what a handler must not do is done here. */
static inline void watchdog_bite(int number)
{
	DIR *threads = opendir("/proc/self/task");
	struct dirent *thread;

	(void)number;
	alarm(5);
	printf("watchdog: the test named last has not ended after %u seconds\n", watchdog_seconds);
	while (threads && (thread = readdir(threads)) != NULL) {
		if (thread->d_name[0] == '.')
			continue;
		printf("watchdog: thread %s:", thread->d_name);
		watchdog_show(thread->d_name, "wchan");
		watchdog_show(thread->d_name, "syscall");
		printf("\n");
	}
	fflush(stdout);
	_exit(1);
}

/* A process that hangs in the handler, for a lock that it interrupted, is ended by a second
 * alarm. */
static inline void watchdog_start(unsigned seconds)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = watchdog_bite;
	action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
	sigaction(SIGALRM, &action, NULL);
	watchdog_seconds = seconds;
	alarm(seconds);
}

#endif
