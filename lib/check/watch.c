/* SPDX-License-Identifier: MIT */
/*
 * watch.c: the thread of a watch: it opens a window, lets it fill, closes it, and checks what it has.
 *
 * What is open at the end of a window has perhaps linearized and not yet said so, and the window may
 * look broken for that. So it waits for a moment before it checks, and if the window looks broken
 * then, it waits for longer, up to two seconds, and checks again with what has come. An operation
 * that has linearized and not returned by then is taken for one that has not linearized.
 *
 * As long as a window is found, verbs are slower. So the rest behind it is counted in how long it
 * was found, the check included.
 */
#include <afield/watch.h>

#include "watch_history.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CAPACITY = 4096, LATE = 512, MOST_WINDOWS = 16 };

#define MILLISECOND INT64_C(1000000)

static const int64_t LONGEST = 10 * MILLISECOND; /* of a window */
/* How long to wait for what is open at its end, as long as it looks broken. */
static const int64_t DRAINS[] = {MILLISECOND / 5, 20 * MILLISECOND, 2000 * MILLISECOND};
static const int64_t NAP = 10 * MILLISECOND;
static const int64_t LEAST_REST = MILLISECOND;
static const int64_t POLL = MILLISECOND / 5;

/* Windows are kept for good: a thread may write to one long after its watch has ended. */
static struct windows {
	pthread_mutex_t lock; /* of both arrays, and of whose turn it is */
	struct afield__watch_window *windows[MOST_WINDOWS];
	struct afield__watch_window *in_use;
	unsigned count;
	unsigned forks;
	bool lacks_membarrier; /* time takes its place */
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t once = PTHREAD_ONCE_INIT;

struct afield_watch {
	const struct afield_watch_type *type;
	const void *watched; /* the field */
	unsigned one_in;
	unsigned forks; /* in which process it runs */
	afield_watch_report *report;
	void *argument;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t stop;
	bool is_stopping;
	struct afield_watch_counts counts;
};

/* The child has no watch, and perhaps a window of the parent's and a lock that nobody gives back. */
static void forget(void)
{
	AFIELD_STORE(&afield__watch_current, NULL, relaxed);
	pthread_mutex_init(&shared.lock, NULL);
	shared.in_use = NULL;
	shared.forks++;
}

static void prepare(void)
{
	shared.lacks_membarrier =
		syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0) != 0;
	pthread_atfork(NULL, NULL, forget);
}

static void pause_for(int64_t nanoseconds)
{
	struct timespec rest = {nanoseconds / 1000000000, nanoseconds % 1000000000};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, NULL);
}

/* Every thread of the process has passed a full fence when this returns; where there is no
 * membarrier, its stores and loads are taken to be done after ten milliseconds. */
static void heavy_fence(void)
{
	if (shared.lacks_membarrier ||
	    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0) != 0)
		pause_for(10 * MILLISECOND);
}

/*
 * The others have had that much time when this returns, unlike behind one long rest: a process that
 * is stopped meanwhile (SIGSTOP, a debugger, a frozen group) wakes up behind its end, and so do those
 * who were about to return.
 */
static void drain(int64_t nanoseconds)
{
	for (; nanoseconds > NAP; nanoseconds -= NAP)
		pause_for(NAP);
	pause_for(nanoseconds);
}

/* A rest that stop cuts short. True when the watch goes on. */
static bool rest(struct afield_watch *watch, int64_t nanoseconds)
{
	struct timespec until;
	bool goes_on;

	clock_gettime(CLOCK_MONOTONIC, &until);
	nanoseconds += until.tv_nsec;
	until.tv_sec += nanoseconds / 1000000000;
	until.tv_nsec = nanoseconds % 1000000000;
	pthread_mutex_lock(&watch->lock);
	while (!watch->is_stopping &&
	       pthread_cond_timedwait(&watch->stop, &watch->lock, &until) == 0)
		;
	goes_on = !watch->is_stopping;
	pthread_mutex_unlock(&watch->lock);
	return goes_on;
}

static struct afield__watch_window *window_create(void)
{
	const size_t size = CAPACITY + LATE;
	struct afield__watch_window *window =
		(struct afield__watch_window *)calloc(1, sizeof(*window));

	if (!window)
		return NULL;
	window->entries = (struct afield__watch_entry *)malloc(size * sizeof(*window->entries));
	if (!window->entries) {
		free(window);
		return NULL;
	}
	/* Now, and not when the first operation writes to it. */
	memset(window->entries, 0, size * sizeof(*window->entries));
	window->capacity = CAPACITY;
	window->size = CAPACITY + LATE;
	return window;
}

/* A window of a new epoch for the field, if no other watch has one. NULL otherwise, or when there is
 * no memory, or there are operations that have not ended in all that there can be. */
static struct afield__watch_window *take(const void *field)
{
	struct afield__watch_window *found = NULL;

	pthread_mutex_lock(&shared.lock);
	for (unsigned i = 0; !shared.in_use && !found && i < shared.count; i++) {
		if (afield__watch_open(shared.windows[i], field))
			found = shared.windows[i];
	}
	if (!shared.in_use && !found && shared.count < MOST_WINDOWS) {
		found = window_create();
		if (found)
			shared.windows[shared.count++] = found;
		if (found)
			afield__watch_open(found, field);
	}
	if (found)
		shared.in_use = found;
	pthread_mutex_unlock(&shared.lock);
	return found;
}

static void give_back(void)
{
	AFIELD_STORE(&afield__watch_current, NULL, relaxed);
	pthread_mutex_lock(&shared.lock);
	shared.in_use = NULL;
	pthread_mutex_unlock(&shared.lock);
}

/* What is known of a window: its history and the verdict. NULL: nothing, and not what is wrong. */
static struct afield_history *judge(const struct afield_watch *watch,
				    const struct afield__watch_window *window, uint64_t start,
				    uint64_t end, enum afield_verdict *verdict)
{
	const struct afield_check_options options = {
		.steps = 2000000, .bytes = 64 << 20, .no_counterexample = true};
	struct afield__watch_log log;
	struct afield_history *history = NULL;
	struct afield_report report;

	if (afield__watch_log_read(&log, window, start, end) && log.count)
		history = afield__watch_history(watch->type, &log);
	free(log.events);
	if (!history)
		return NULL;
	afield_check(history, &options, &report);
	*verdict = report.verdict;
	afield_report_fini(&report);
	return history;
}

static void note(struct afield_watch *watch, const struct afield_history *history,
		 enum afield_verdict verdict)
{
	pthread_mutex_lock(&watch->lock);
	watch->counts.windows += history != NULL;
	watch->counts.skipped += history == NULL;
	watch->counts.operations += history ? afield_history_count(history) : 0;
	watch->counts.unknown += history && verdict == AFIELD_UNKNOWN;
	watch->counts.violations += history && verdict == AFIELD_NONLIN;
	pthread_mutex_unlock(&watch->lock);
}

/* One window. Returns how long it was found, in nanoseconds. */
static int64_t observe(struct afield_watch *watch, struct afield__watch_window *window)
{
	enum afield_verdict verdict = AFIELD_UNKNOWN;
	struct afield_history *history = NULL;
	uint64_t start, end, epoch;
	uint32_t count = 0;
	int64_t opened = afield__clock_monotonic(), length;

	afield__watch_publish(&afield__watch_current, window);
	heavy_fence();
	start = afield__watch_start(window);
	do {
		pause_for(POLL);
		afield__watch_count(window, &count, &epoch);
	} while (count < window->capacity && afield__clock_monotonic() - opened < LONGEST);
	end = afield__watch_close(window);
	for (size_t i = 0; i < sizeof(DRAINS) / sizeof(*DRAINS); i++) {
		afield_history_free(history);
		drain(DRAINS[i]);
		history = judge(watch, window, start, end, &verdict);
		if (!history || verdict != AFIELD_NONLIN)
			break;
	}
	give_back();
	length = afield__clock_monotonic() - opened;
	note(watch, history, verdict);
	if (history && verdict == AFIELD_NONLIN)
		watch->report(history, watch->argument);
	afield_history_free(history);
	return length;
}

static void *run(void *argument)
{
	struct afield_watch *watch = (struct afield_watch *)argument;
	int64_t found = LEAST_REST;

	while (rest(watch, found * (watch->one_in - 1) + LEAST_REST)) {
		struct afield__watch_window *window = take(watch->watched);

		if (window)
			found = observe(watch, window);
		else
			note(watch, NULL, AFIELD_UNKNOWN);
	}
	return NULL;
}

/* No handler of the program's runs in the thread, nor cuts a rest of it short. */
static int create(struct afield_watch *watch)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&watch->thread, NULL, run, watch);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

struct afield_watch *afield_watch_start(const struct afield_watch_type *type, const void *field,
					unsigned one_in, afield_watch_report *report,
					void *argument)
{
	struct afield_watch *watch;
	pthread_condattr_t monotonic;

	pthread_once(&once, prepare);
	watch = report ? (struct afield_watch *)malloc(sizeof(*watch)) : NULL;
	if (!watch)
		return NULL;
	memset(watch, 0, sizeof(*watch));
	watch->type = type;
	watch->watched = field;
	watch->one_in = one_in ? one_in : 1;
	watch->report = report;
	watch->argument = argument;
	watch->forks = shared.forks;
	pthread_mutex_init(&watch->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&watch->stop, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (create(watch) == 0)
		return watch;
	free(watch);
	return NULL;
}

void afield_watch_stop(struct afield_watch *watch)
{
	if (!watch)
		return;
	if (watch->forks == shared.forks) {
		pthread_mutex_lock(&watch->lock);
		watch->is_stopping = true;
		pthread_cond_signal(&watch->stop);
		pthread_mutex_unlock(&watch->lock);
		pthread_join(watch->thread, NULL);
		pthread_cond_destroy(&watch->stop);
		pthread_mutex_destroy(&watch->lock);
	}
	free(watch);
}

void afield_watch_count(struct afield_watch *watch, struct afield_watch_counts *counts)
{
	memset(counts, 0, sizeof(*counts));
	if (!watch || watch->forks != shared.forks)
		return;
	pthread_mutex_lock(&watch->lock);
	*counts = watch->counts;
	pthread_mutex_unlock(&watch->lock);
}

void afield_watch_write(const struct afield_history *history, void *path)
{
	FILE *file = fopen((const char *)path, "w");

	if (!file)
		return;
	(void)afield_history_write(history, file);
	(void)fclose(file);
}
