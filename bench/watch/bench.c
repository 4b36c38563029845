/* SPDX-License-Identifier: MIT */
/*
 * What a watch costs: a plain type, a watched type at rest, and a watched type under a watch of one
 * in a thousand, in rounds that alternate. The time is that of the processors, of the whole process:
 * that of the watch's thread is in it. One operation is a push and a pop, or an addition.
 *
 * A round has to be as long as the watch's windows are apart, so this is not one of the harness's
 * groups; its lines are (bench.h). $AFIELD_BENCH_SECONDS is the length of a round, by default 3, and
 * $AFIELD_BENCH_THREADS the number of threads, by default one, where the rounds are alike.
 */
#include <afield/atomic.h>
#include <afield/counter.h>
#include <afield/queue.h>
#include <afield/reclaim.h>
#include <afield/stack.h>
#include <afield/watch.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_THREADS = 64, ROUNDS = 9, BATCH = 1024 };

static int thread_count = 1; /* $AFIELD_BENCH_THREADS */

AFIELD_TYPE(plain_queue, queue, uint64_t);
AFIELD_WATCHED(queue, queue, uint64_t);
AFIELD_TYPE(plain_stack, stack, uint64_t);
AFIELD_WATCHED(stack, stack, uint64_t);
AFIELD_TYPE(plain_atomic, atomic_integer, int64_t);
AFIELD_WATCHED(watched_atomic, atomic_integer, int64_t);
AFIELD_TYPE(plain_counter, counter, int64_t);
AFIELD_WATCHED(watched_counter, counter, int64_t);

static int ends;
static uint64_t operations;

/* A thread's work: batches until the round ends. `serial` is a value that no other operation has. */
#define BODY(function, T, statement)                                                       \
	static void *function(void *field)                                                 \
	{                                                                                  \
		static uint64_t threads;                                                   \
		T *it = (T *)field;                                                        \
		uint64_t serial = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED) << 32; \
		uint64_t count = 0, value = 0;                                             \
		for (; !__atomic_load_n(&ends, __ATOMIC_RELAXED); count += BATCH) {        \
			for (int i = 0; i < BATCH; i++) {                                  \
				serial++;                                                  \
				statement;                                                 \
			}                                                                  \
		}                                                                          \
		__asm__ __volatile__("" : : "r"(value));                                   \
		__atomic_fetch_add(&operations, count, __ATOMIC_RELAXED);                  \
		return NULL;                                                               \
	}

#define ROW(T) ((void)!T##_push(it, serial), (void)T##_pop(it, &value))
BODY(run_plain_queue, plain_queue, ROW(plain_queue))
BODY(run_queue, queue, ROW(queue))
BODY(run_plain_stack, plain_stack, ROW(plain_stack))
BODY(run_stack, stack, ROW(stack))
BODY(run_plain_atomic, plain_atomic, value = (uint64_t)plain_atomic_fetch_add(it, 1))
BODY(run_atomic, watched_atomic, value = (uint64_t)watched_atomic_fetch_add(it, 1))
BODY(run_plain_counter, plain_counter, plain_counter_add(it, 1))
BODY(run_counter, watched_counter, watched_counter_add(it, 1))

static plain_queue a_plain_queue;
static queue a_queue;
static plain_stack a_plain_stack;
static stack a_stack;
static plain_atomic a_plain_atomic;
static watched_atomic an_atomic;
static plain_counter a_plain_counter;
static watched_counter a_counter;

static int violations;

static void report(const struct afield_history *history, void *argument)
{
	(void)history;
	(void)argument;
	violations++;
}

#define WATCH(T, field)                                         \
	static struct afield_watch *watch_##T(void)             \
	{                                                       \
		return T##_watch(&(field), 1000, report, NULL); \
	}
WATCH(queue, a_queue)
WATCH(stack, a_stack)
WATCH(watched_atomic, an_atomic)
WATCH(watched_counter, a_counter)

static const struct contest {
	const char *kind, *name;
	void *(*plain)(void *field);
	void *plain_field;
	void *(*watched)(void *field);
	void *watched_field;
	struct afield_watch *(*watch)(void);
} contests[] = {
	{"queue", "push and pop", run_plain_queue, &a_plain_queue, run_queue, &a_queue,
	 watch_queue},
	{"stack", "push and pop", run_plain_stack, &a_plain_stack, run_stack, &a_stack,
	 watch_stack},
	{"atomic", "fetch_add", run_plain_atomic, &a_plain_atomic, run_atomic, &an_atomic,
	 watch_watched_atomic},
	{"counter", "add", run_plain_counter, &a_plain_counter, run_counter, &a_counter,
	 watch_watched_counter},
};

static double processor_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Nanoseconds of a processor for an operation. */
static double round_of(void *(*body)(void *), void *field, double seconds,
		       struct afield_watch *(*watch)(void), struct afield_watch_counts *counts)
{
	const struct timespec length = {(time_t)seconds,
					(long)((seconds - (double)(time_t)seconds) * 1e9)};
	struct afield_watch_counts more = {0, 0, 0, 0, 0};
	struct afield_watch *watching = watch ? watch() : NULL;
	pthread_t threads[MOST_THREADS];
	double begin = processor_now(), end;

	ends = 0;
	operations = 0;
	for (int i = 0; i < thread_count; i++) {
		if (pthread_create(&threads[i], NULL, body, field) != 0)
			abort();
	}
	nanosleep(&length, NULL);
	__atomic_store_n(&ends, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < thread_count; i++)
		pthread_join(threads[i], NULL);
	afield_watch_count(watching, &more);
	afield_watch_stop(watching);
	afield_barrier();
	end = processor_now();
	counts->windows += more.windows;
	return (end - begin) / (double)operations;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

static void line(const struct contest *contest, const char *who, double *times, double *ratios,
		 const char *note)
{
	double middle = median(times);
	double spread = (times[ROUNDS * 3 / 4] - times[ROUNDS / 4]) / 2 / middle * 100;

	printf("%s\t%s, watched\t%d\t%s\t%.2f\t%.1f\t", contest->kind, contest->name, thread_count,
	       who, middle, spread);
	if (ratios)
		printf("%.3f", median(ratios));
	else
		printf("-");
	printf("\t-\t%s\n", note);
	fflush(stdout);
}

static void compete(const struct contest *contest, double seconds)
{
	double plain[ROUNDS], rest[ROUNDS], watched[ROUNDS], of_rest[ROUNDS], of_watched[ROUNDS];
	struct afield_watch_counts counts = {0, 0, 0, 0, 0};
	char note[96];

	for (int i = 0; i < ROUNDS; i++) {
		/* Each comes first as often as the others: a round leaves memory behind. */
		for (int turn = i; turn < i + 3; turn++) {
			if (turn % 3 == 0)
				plain[i] = round_of(contest->plain, contest->plain_field, seconds,
						    NULL, &counts);
			else if (turn % 3 == 1)
				rest[i] = round_of(contest->watched, contest->watched_field,
						   seconds, NULL, &counts);
			else
				watched[i] = round_of(contest->watched, contest->watched_field,
						      seconds, contest->watch, &counts);
		}
		of_rest[i] = rest[i] / plain[i];
		of_watched[i] = watched[i] / rest[i];
	}
	(void)snprintf(note, sizeof(note), "over that at rest; %llu windows, %d violations",
		       (unsigned long long)counts.windows, violations);
	line(contest, "plain", plain, NULL, "");
	line(contest, "at rest", rest, of_rest, "over the plain");
	line(contest, "1 in 1000", watched, of_watched, note);
}

/* bench_watch [KIND] */
int main(int count, char **arguments)
{
	const char *text = getenv("AFIELD_BENCH_SECONDS");
	double seconds = text ? atof(text) : 3;
	const char *threads = getenv("AFIELD_BENCH_THREADS");

	if (threads && atoi(threads) > 0 && atoi(threads) <= MOST_THREADS)
		thread_count = atoi(threads);

	for (size_t i = 0; i < sizeof(contests) / sizeof(*contests); i++) {
		if (count < 2 || strcmp(arguments[1], contests[i].kind) == 0)
			compete(&contests[i], seconds);
	}
	return 0;
}
