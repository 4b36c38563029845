/* SPDX-License-Identifier: MIT */
/*
 * What can happen to a watch: an operation that is held up for a second, a process that is stopped,
 * signals, threads that come and go, a fork, memory that is out, a log that overflows, a value that repeats, and operations of the ends
 * of a window. What is right is never reported.
 */
/* Of the verbs that are written here few are called. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunused-function"
#endif

#include <afield/atomic.h>
#include <afield/counter.h>
#include <afield/queue.h>
#include <afield/stack.h>

#include "failing.h"
#include "sanitizers.h"
#include "load.h"
#include "slow.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

AFIELD_WATCHED(numbers, queue, uint64_t);
AFIELD_WATCHED(pool, stack, uint64_t);
AFIELD_WATCHED(hits, counter, int64_t);

#define WATCH(name)                                                                           \
	static struct afield_watch *watch_##name(void *field, unsigned one_in,                \
						 afield_watch_report *report, void *argument) \
	{                                                                                     \
		return name##_watch((const name *)field, one_in, report, argument);           \
	}
WATCH(held)
WATCH(numbers)
WATCH(pool)
WATCH(hits)

static void work_held(void *field, uint64_t next, uint64_t serial)
{
	uint64_t value;

	if (next % 2)
		(void)!held_push((held *)field, serial);
	else
		(void)held_pop((held *)field, &value);
}

static void work_numbers(void *field, uint64_t next, uint64_t serial)
{
	uint64_t value;

	if (next % 2)
		(void)!numbers_push((numbers *)field, serial);
	else
		(void)numbers_pop((numbers *)field, &value);
}

static void check(struct load *load, uint64_t windows, double seconds)
{
	struct afield_watch_counts counts;

	load->ends = 0;
	load_watch(load, windows, seconds, &counts);
	printf("%llu windows, %llu operations, %llu unknown, %llu skipped\n",
	       (unsigned long long)counts.windows, (unsigned long long)counts.operations,
	       (unsigned long long)counts.unknown, (unsigned long long)counts.skipped);
	TEST_CHECK(load->reports == 0);
	TEST_CHECK(counts.windows >= windows);
	TEST_CHECK(counts.unknown == 0);
}

/* Now and then an operation that has linearized returns a second later: behind the window, or in a
 * later one. */
static void held_up_for_a_second(void)
{
	static struct slow slow = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct load load = {watch_held, work_held, &slow, 3, 0, 0, "watch.hard.held.history"};

	for (int i = 0; i < 4; i++) {
		slow.hold_ups = 2;
		check(&load, 5, 60);
	}
}

/*
 * The process is stopped for longer than a watch waits for what has not returned, and the operation
 * returns when the process has gone on for a while.
 */
static struct slow stopped = {.lock = PTHREAD_MUTEX_INITIALIZER};
static struct load stopped_load = {
	watch_held, work_held, &stopped, 3, 0, 0, "watch.hard.stopped.history"};

/* Whether the watch sees a value that nobody has pushed: it keeps its window then. */
static bool is_puzzled(void)
{
	rest_for(50);
	for (int i = 0; i < 50; i++) {
		if (!afield__watch_find(&afield__watch_current))
			return false;
		rest_for(1);
	}
	return true;
}

static void push_long(void)
{
	__atomic_store_n(&stopped.has_linearized, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&stopped.is_long, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&stopped.has_linearized, __ATOMIC_SEQ_CST))
		rest_for(1);
}

static void *stop_and_return(void *unused)
{
	(void)unused;
	for (push_long(); !is_puzzled(); push_long())
		__atomic_store_n(&stopped.may_return, 1, __ATOMIC_SEQ_CST);
	kill(getpid(), SIGSTOP);
	rest_for(500);
	__atomic_store_n(&stopped.may_return, 1, __ATOMIC_SEQ_CST);
	rest_for(200);
	_exit(__atomic_load_n(&stopped_load.reports, __ATOMIC_SEQ_CST) != 0);
}

static void run_stopped(void)
{
	struct afield_watch_counts counts;
	pthread_t other;

	if (pthread_create(&other, NULL, stop_and_return, NULL) == 0)
		load_watch(&stopped_load, UINT64_MAX, 100, &counts);
	pthread_join(other, NULL);
}

static void stopped_for_a_while(void)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		run_stopped();
	TEST_CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	rest_for(2500);
	kill(child, SIGCONT);
	TEST_CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static int reports;
static void count_report(const struct afield_history *history, void *path)
{
	reports++;
	afield_watch_write(history, path);
}

/* A signal that no other thread lets through stays pending. */
static int handled; /* __atomic */
static void note_signal(int number)
{
	(void)number;
	__atomic_store_n(&handled, 1, __ATOMIC_SEQ_CST);
}

static void no_handler_runs_in_it(void)
{
	static numbers queue;
	struct afield_watch *watch = numbers_watch(&queue, 1, count_report, NULL);
	sigset_t one, before;

	signal(SIGUSR1, note_signal);
	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &one, &before);
	kill(getpid(), SIGUSR1);
	rest_for(50);
	TEST_CHECK(watch && !__atomic_load_n(&handled, __ATOMIC_SEQ_CST));
	afield_watch_stop(watch);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	TEST_CHECK(__atomic_load_n(&handled, __ATOMIC_SEQ_CST));
	signal(SIGUSR1, SIG_DFL);
}

/* Threads that do a few operations each, and end. */
static void *short_life(void *field)
{
	static uint64_t threads;
	uint64_t value, serial = (__atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED) + 1) << 8;

	for (uint64_t i = 0; i < 50; i++) {
		(void)!numbers_push((numbers *)field, serial + i);
		(void)numbers_pop((numbers *)field, &value);
	}
	return NULL;
}

static void threads_come_and_go(void)
{
	static numbers queue;
	struct afield_watch_counts counts = {0, 0, 0, 0, 0};
	struct afield_watch *watch = numbers_watch(
		&queue, 1, count_report, (void *)(uintptr_t) "watch.hard.threads.history");

	for (double end = load_now() + 60; counts.windows < 20 && load_now() < end;) {
		pthread_t threads[4];

		for (int i = 0; i < 4; i++)
			TEST_CHECK(pthread_create(&threads[i], NULL, short_life, &queue) == 0);
		for (int i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
		afield_watch_count(watch, &counts);
	}
	afield_watch_stop(watch);
	numbers_fini(&queue);
	TEST_CHECK(counts.windows >= 20);
	TEST_CHECK(reports == 0);
}

/* A child has no watch and makes its own; the parent's goes on. */
static void fork_under_a_watch(void)
{
	static numbers queue;
	struct afield_watch_counts counts;
	struct afield_watch *watch = numbers_watch(&queue, 1, count_report, NULL);
	int status;

	TEST_CHECK(watch != NULL);
	for (int i = 0; i < 20; i++) {
		/* ThreadSanitizer allows a child no new threads, and AddressSanitizer's allocator
		 * may be locked in it for good, by the watch of the parent. */
		bool is_watched = i % 4 == 0 && !SANITIZERS_THREAD && !SANITIZERS_ADDRESS;
		pid_t child;

		for (uint64_t k = 0; k < 2000; k++)
			work_numbers(&queue, k, (uint64_t)i << 40 | (k + 1));
		child = fork();
		if (child == 0) {
			static struct load load = {watch_numbers, work_numbers, &queue, 2, 0, 0,
						   NULL};

			afield_watch_count(watch, &counts);
			if (counts.windows || afield__watch_find(&afield__watch_current))
				_exit(1);
			if (is_watched)
				load_watch(&load, 3, 30, &counts);
			if (!SANITIZERS_ADDRESS)
				afield_watch_stop(watch);
			_exit(is_watched && (counts.windows < 3 || load.reports));
		}
		TEST_CHECK(waitpid(child, &status, 0) == child && status == 0);
	}
	afield_watch_count(watch, &counts);
	afield_watch_stop(watch);
	TEST_CHECK(counts.windows > 0 && counts.violations == 0);
}

/* No watch, and nothing to stop. */
static void out_of_memory(void)
{
	static numbers queue;
	struct afield_watch *watch;

	TEST_CHECK(numbers_watch(&queue, 1, NULL, NULL) == NULL);
	failing = 1;
	watch = numbers_watch(&queue, 1, count_report, NULL);
	failing = 0;
	/* A compiler may have made a calloc of it, which does not come by here (failing.h). */
	TEST_CHECK(watch == NULL || refused == 0);
	afield_watch_stop(watch);
}

/* All that is on the stack leaves at once behind the end of a window: more than the log has entries
 * for. Such a window is skipped, not reported. */
static void work_overflow(void *field, uint64_t next, uint64_t serial)
{
	if (next % 2000 == 0)
		pool_clear((pool *)field);
	else
		(void)!pool_push((pool *)field, serial);
}

static void log_overflows(void)
{
	static pool stack;
	struct load load = {
		watch_pool, work_overflow, &stack, 3, 0, 0, "watch.hard.overflow.history"};

	check(&load, 10, 60);
	pool_fini(&stack);
}

/* Sums beside additions of both signs are no instant's: nothing is said. */
static void work_mixed(void *field, uint64_t next, uint64_t serial)
{
	(void)serial;
	if (next % 3)
		hits_add((hits *)field, (int64_t)(next % 3) * 2 - 3);
	else
		(void)hits_sum((hits *)field);
}

static void sums_that_are_not_promised(void)
{
	static hits counter;
	struct load load = {watch_hits, work_mixed, &counter, 3, 0, 0, NULL};
	struct afield_watch_counts counts;

	load_watch(&load, 10, 60, &counts);
	/* All but those that happen to have additions of one sign only. */
	TEST_CHECK(counts.windows >= 10 && counts.unknown * 2 > counts.windows);
	TEST_CHECK(load.reports == 0);
	hits_fini(&counter);
}

/* Watches take turns: each gets its windows. */
static void two_watches(void)
{
	static numbers one, other;
	struct afield_watch *first = numbers_watch(&one, 1, count_report, NULL);
	struct afield_watch *second = numbers_watch(&other, 1, count_report, NULL);
	struct afield_watch_counts of_one = {0, 0, 0, 0, 0}, of_other = {0, 0, 0, 0, 0};
	uint64_t k = 0;

	for (double end = load_now() + 60;
	     (of_one.windows < 5 || of_other.windows < 5) && load_now() < end; k++) {
		work_numbers(&one, k, k + 1);
		work_numbers(&other, k / 2, k + 1);
		if (k % 1024 == 0) {
			afield_watch_count(first, &of_one);
			afield_watch_count(second, &of_other);
		}
	}
	TEST_CHECK(of_one.windows >= 5 && of_other.windows >= 5);
	afield_watch_stop(first);
	afield_watch_stop(second);
	TEST_CHECK(reports == 0);
}

int main(void)
{
	if (!SANITIZERS_THREAD) /* which allows a child no new threads */
		TEST_RUN(stopped_for_a_while);
	TEST_RUN(held_up_for_a_second);
	TEST_RUN(no_handler_runs_in_it);
	TEST_RUN(threads_come_and_go);
	TEST_RUN(fork_under_a_watch);
	TEST_RUN(out_of_memory);
	TEST_RUN(log_overflows);
	TEST_RUN(sums_that_are_not_promised);
	TEST_RUN(two_watches);
	return test_done();
}
