/* SPDX-License-Identifier: MIT */
/*
 * What goes on beside the threads: children, limits, modules and signals.
 */
#define _GNU_SOURCE
#include "soak.h"

#include <afield/reclaim.h>

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

uint64_t soak_forks, soak_signals, soak_modules;

/* ThreadSanitizer refuses threads in a child, unless it is asked, and lets each sleep at its
 * end. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "die_after_fork=0:atexit_sleep_ms=0";
}

/* What waits to be reclaimed at a fork is reclaimed on both sides; the child may lose the one
 * object that was just being called back. */
enum { WITNESSES = 64 };
static struct witness {
	struct afield_retired retired;
	int is_called; /* __atomic */
} witnesses[WITNESSES];

static void bear_witness(struct afield_retired *retired)
{
	__atomic_store_n(&((struct witness *)(void *)retired)->is_called, 1, __ATOMIC_RELAXED);
}

static void begin_witnesses(void)
{
	memset(witnesses, 0, sizeof(witnesses));
	for (int i = 0; i < WITNESSES; i++)
		afield_retire_nowait(&witnesses[i].retired, bear_witness);
}

static void check_witnesses(int lost)
{
	int called = 0;

	SOAK_EQUAL(afield_barrier(), 0);
	for (int i = 0; i < WITNESSES; i++)
		called += __atomic_load_n(&witnesses[i].is_called, __ATOMIC_RELAXED);
	SOAK_CHECK(called + lost >= WITNESSES);
}

/* A map that shrinks goes from callback to callback, also when it has just ended. */
void soak_drain(void)
{
	SOAK_EQUAL(afield_barrier(), 0);
	for (int i = 0; i < 20 && afield_backlog() != 0; i++)
		SOAK_EQUAL(afield_barrier(), 0);
	SOAK_EQUAL(afield_backlog(), 0);
}

/* The child's one thread uses every field, reclaims, and ends. */
static void be_child(struct soak_thread *thread)
{
	unsigned long before = soak_failures();

	thread->is_bounded = true;
	soak_watch_child(thread);
	for (int i = 0; soak_kinds[i]; i++) {
		soak_tell(thread, soak_kinds[i]->name, "orphans");
		if (soak_kinds[i]->orphans)
			soak_kinds[i]->orphans(thread);
	}
	for (int i = 0; i < 200; i++)
		soak_step(thread);
	soak_tell(thread, "child", "barrier");
	check_witnesses(1);
	soak_drain();
	fflush(stdout);
	_exit(soak_failures() != before);
}

void soak_fork(struct soak_thread *thread)
{
	int status = -1;
	pid_t child;

	soak_tell(thread, "process", "fork");
	begin_witnesses();
	fflush(stdout);
	child = fork();
	if (child == 0)
		be_child(thread);
	/* The child's own watchdog is the first to bite. */
	while (child > 0 && waitpid(child, &status, 0) != child && errno == EINTR)
		;
	if (child > 0 && WIFSIGNALED(status))
		printf("signal %d ended a child\n", WTERMSIG(status));
	SOAK_CHECK(child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	check_witnesses(0);
	soak_add(&soak_forks, 1);
	soak_tell(thread, NULL, NULL);
}

void soak_limits(struct soak_thread *thread)
{
	static const size_t objects[] = {0, 1, 1000}, bytes[] = {0, 1, 100000};

	soak_tell(thread, "limits", "set");
	afield_set_backlog_limit(objects[soak_random(thread, 3)]);
	afield_set_backlog_bytes(bytes[soak_random(thread, 3)]);
	soak_tell(thread, NULL, NULL);
}

void soak_limits_finish(void)
{
	afield_set_backlog_limit(0);
	afield_set_backlog_bytes(0);
}

/* It works with fields of its own, has all reclaimed that it retired, and goes. */
void soak_module(struct soak_thread *thread, const char *path)
{
	int (*run)(void);
	void *library, *symbol;

	soak_tell(thread, "module", path);
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	symbol = library ? dlsym(library, "soak_module_run") : NULL;
	if (!symbol) {
		printf("%s\n", dlerror());
		SOAK_CHECK(!"a module can be loaded");
		return;
	}
	memcpy(&run, &symbol, sizeof(run)); /* ISO C has no such cast */
	SOAK_EQUAL(run(), 0);
	SOAK_EQUAL(dlclose(library), 0);
	soak_add(&soak_modules, 1);
	soak_tell(thread, NULL, NULL);
}

static void handle(int number)
{
	int before = errno;

	(void)number;
	for (int i = 0; soak_kinds[i]; i++)
		if (soak_kinds[i]->in_signal)
			soak_kinds[i]->in_signal();
	soak_add(&soak_signals, 1);
	errno = before;
}

/* Without SA_RESTART: whoever waits meets EINTR. */
void soak_signals_begin(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handle;
	sigaction(SIGUSR1, &action, NULL);
}
