/* SPDX-License-Identifier: MIT */
/*
 * What the library's thread is like, whoever is the first to retire; and what the first section of
 * a thread does, in whatever place. Each case is a process of its own.
 */
#define _GNU_SOURCE
#include "child.h"
#include "reader.h"
#include "replaced.h"
#include "retired.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* The library's thread, by its name: its number, or 0. */
static pid_t find_worker(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;
	pid_t found = 0;

	while (tasks && !found && (entry = readdir(tasks))) {
		char path[300], name[32] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		file = fopen(path, "r");
		if (file && fgets(name, sizeof(name), file) &&
		    strcmp(name, "afield-reclaim\n") == 0)
			found = (pid_t)atol(entry->d_name);
		if (file)
			fclose(file);
	}
	if (tasks)
		closedir(tasks);
	return found;
}

/* A thread that has everything that a thread could pass on. */
static void *retire_strangely(void *unused)
{
	struct sched_param none = {0};
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	sched_setscheduler(0, SCHED_IDLE, &none);
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
	retire_some(1);
	return unused;
}

enum { IS_GONE = -1 };

/* 0 when the thread is like any other, IS_GONE when it has ended meanwhile, or what is wrong. */
static int judge(pid_t worker, const cpu_set_t *of_all)
{
	cpu_set_t of_worker;
	int policy, niceness;

	if (sched_getaffinity(worker, sizeof(of_worker), &of_worker))
		return errno == ESRCH ? IS_GONE : 3;
	policy = sched_getscheduler(worker);
	errno = 0;
	niceness = getpriority(PRIO_PROCESS, (id_t)worker);
	if (policy < 0 || errno == ESRCH)
		return IS_GONE;
	if (!CPU_EQUAL(of_all, &of_worker))
		return 3;
	if (policy != SCHED_OTHER)
		return 4;
	return geteuid() == 0 && niceness != 0 ? 5 : 0;
}

/* It takes its name when it runs, and ends when nothing has come for a while: on a busy machine it
 * may be early or late to look. */
static int look_at_the_worker(void *unused)
{
	int retired = 0, seen = IS_GONE;
	cpu_set_t of_all;

	(void)unused;
	sched_getaffinity(0, sizeof(of_all), &of_all);
	while (seen == IS_GONE && retired < 100) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, retire_strangely, NULL))
			return 1;
		pthread_join(thread, NULL);
		retired++;
		for (int i = 0; i < 20 && seen == IS_GONE; i++) {
			pid_t worker = find_worker();

			if (worker)
				seen = judge(worker, &of_all);
			if (seen == IS_GONE)
				pause_ms(5);
		}
	}
	if (seen)
		return seen == IS_GONE ? 2 : seen;
	for (int i = 0; i < 1000 && find_worker() != 0; i++)
		pause_ms(20);
	if (find_worker() != 0) /* nothing has come for a while */
		return 6;
	retire_some(1);
	return afield_barrier() != 0 || given_back != retired + 1 ? 7 : 0;
}

static void the_thread_takes_after_nobody(void)
{
	TEST_CHECK(child_finds(look_at_the_worker, NULL));
}

/* The first section of a thread in a handler, with many keys for thread-local storage in use. */
static __thread int in_handler;
static int calls_in_handler;
#if CHILD_COMPANY
REPLACED_BEGIN
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
void *malloc(size_t size) NOTHROW
{
	calls_in_handler += in_handler;
	return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) NOTHROW
{
	calls_in_handler += in_handler;
	return __libc_calloc(count, size);
}
REPLACED_END
#endif

static void read_in_handler(int unused)
{
	(void)unused;
	in_handler = 1;
	AFIELD_READ_SECTION
	{
		if (!afield_is_reading())
			abort();
	}
	in_handler = 0;
}

static void *interrupt_myself(void *unused)
{
	raise(SIGUSR1);
	return unused;
}

static int read_first_in_handlers(void *unused)
{
	pthread_key_t key;

	(void)unused;
	for (int i = 0; i < 100; i++)
		if (pthread_key_create(&key, NULL))
			return 1;
	signal(SIGUSR1, read_in_handler);
	for (int i = 0; i < 300; i++) { /* more than there are records at first */
		pthread_t thread;

		if (pthread_create(&thread, NULL, interrupt_myself, NULL))
			return 2;
		pthread_join(thread, NULL);
	}
	if (calls_in_handler != 0)
		return 3;
	retire_some(10);
	return afield_barrier();
}

static void handlers_may_be_the_first_to_read(void)
{
	TEST_CHECK(child_finds(read_first_in_handlers, NULL));
}

int main(void)
{
	TEST_RUN(the_thread_takes_after_nobody);
	TEST_RUN(handlers_may_be_the_first_to_read);
	return test_done();
}
