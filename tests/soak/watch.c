/* SPDX-License-Identifier: MIT */
/*
 * What is watched: operations that do not end, and what the process has.
 */
#define _GNU_SOURCE
#include "soak.h"

#include <dirent.h>
#include <execinfo.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct soak_thread *watched[64];
static int watched_count;
static const struct soak_thread *child_thread;

/* At most 90 lines: the stacks of all threads by gdb, or where in the kernel each is. */
static void show_stacks(void)
{
	char command[400];
	const char *quiet = "-nx -q -batch -ex 'set pagination off' -ex 'thread apply all bt 9'";

	snprintf(command, sizeof(command),
		 "if command -v gdb >/dev/null; then gdb -p %d %s 2>/dev/null |"
		 " grep -E '^(#|Thread)' | cut -c 1-150 | tail -n 90; else"
		 " for task in /proc/%d/task/*; do echo $task $(cat $task/wchan $task/syscall);"
		 " done | head -n 90; fi",
		 getpid(), quiet, getpid());
	fflush(stdout);
	if (system(command) != 0)
		printf("the stacks are not to be had\n");
}

static bool hangs(const struct soak_thread *thread, int64_t now)
{
	const char *kind = __atomic_load_n(&thread->kind, __ATOMIC_ACQUIRE);
	int64_t since = __atomic_load_n(&thread->since, __ATOMIC_RELAXED);

	return kind && now - since > soak_patience() * 1000;
}

static void *watch(void *unused)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	for (;;) {
		int found = 0;

		usleep(500000);
		for (int i = 0; i < watched_count; i++) {
			if (!hangs(watched[i], soak_now()))
				continue;
			printf("watchdog: place %d: %s of %s has not ended after %d seconds\n", i,
			       __atomic_load_n(&watched[i]->operation, __ATOMIC_RELAXED),
			       __atomic_load_n(&watched[i]->kind, __ATOMIC_RELAXED),
			       soak_patience());
			found++;
		}
		if (!found)
			continue;
		show_stacks();
		_exit(1);
	}
	return unused;
}

void soak_watch_begin(struct soak_thread *const *threads, int count)
{
	pthread_t thread;

	for (int i = 0; i < count && i < 64; i++)
		watched[watched_count++] = threads[i];
	if (pthread_create(&thread, NULL, watch, NULL))
		abort();
	pthread_detach(thread);
}

/* Of a child; it is lost in any case. */
static void bite(int number)
{
	void *frames[30];
	const char *kind = child_thread->kind, *operation = child_thread->operation;

	(void)number;
	printf("watchdog: in a child, %s of %s has not ended\n", operation ? operation : "nothing",
	       kind ? kind : "no kind");
	fflush(stdout);
	backtrace_symbols_fd(frames, backtrace(frames, 30), 1);
	_exit(1);
}

void soak_watch_child(const struct soak_thread *thread)
{
	struct sigaction action;

	child_thread = thread;
	memset(&action, 0, sizeof(action));
	action.sa_handler = bite;
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGALRM, &action, NULL);
	alarm((unsigned)soak_patience());
}

static int count_tasks(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int count = -2;

	while (tasks && readdir(tasks))
		count++;
	if (tasks)
		closedir(tasks);
	return count;
}

static int count_mappings(void)
{
	FILE *file = fopen("/proc/self/maps", "r");
	char line[512];
	int count = 0;

	while (file && fgets(line, sizeof(line), file))
		count += strchr(line, '\n') != NULL;
	if (file)
		fclose(file);
	return count;
}

static size_t count_memory(void)
{
	return SOAK_SANITIZED ? 0 : mallinfo2().uordblks;
}

/* What the second epoch leaves is what all later ones may have, and some more: the loader's, the
 * stacks that are kept for the next threads, and pools, which grow to the most that was in use. */
enum { MORE_MEMORY = 96 << 10, MORE_MAPPINGS = 150, MOST_TASKS = 8 };

void soak_measure(void)
{
	static size_t first_memory;
	static int first_mappings, epoch;
	size_t memory = count_memory();
	int mappings = count_mappings(), tasks = count_tasks();

	/* Threads of copies of afield that have nothing to do end by themselves. */
	for (int i = 0; i < 500 && tasks > MOST_TASKS; i++, tasks = count_tasks())
		usleep(10000);
	if (++epoch <= 2) {
		first_memory = memory;
		first_mappings = mappings;
	}
	SOAK_CHECK(tasks <= MOST_TASKS);
	if (memory > first_memory + MORE_MEMORY || mappings > first_mappings + MORE_MAPPINGS ||
	    tasks > MOST_TASKS)
		printf("epoch %d: %zu bytes in use, %zu before; %d mappings, %d before; %d "
		       "threads\n",
		       epoch, memory, first_memory, mappings, first_mappings, tasks);
	SOAK_CHECK(memory <= first_memory + MORE_MEMORY);
	SOAK_CHECK(SOAK_SANITIZED || mappings <= first_mappings + MORE_MAPPINGS);
	if (getenv("AFIELD_SOAK_VERBOSE"))
		printf("epoch %d: %zu bytes, %d mappings, %d threads\n", epoch, memory, mappings,
		       tasks);
}
