/* SPDX-License-Identifier: MIT */
/*
 * wakeups: how long it takes until a thread that sleeps for something has it, from just before the
 * call that gives it to just after the call that waited; and how long the giver's call takes. A
 * queue, a ring and an event, beside a condition variable with its mutex and beside a futex by hand.
 *
 * Giver and sleeper have a processor each. The giver waits until the other one has surely gone to
 * sleep. Of a round the median and the 99th of 100 are kept; a row is the median of the rounds.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <afield/event.h>
#include <afield/ordering.h>
#include <afield/queue.h>
#include <afield/ring.h>

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

enum { ROUNDS = 15, USUAL = 200, LEAST = 20, MOST = 4000 };
static const double UNTIL_ASLEEP = 60e-6;

AFIELD_TYPE(long_queue, queue, long);
AFIELD_TYPE(long_ring, ring, long, 64);

static long_queue queue;
static long_ring ring;
static afield_event event;

static void queue_give(void)
{
	if (long_queue_push(&queue, 1) != 0)
		abort();
}
static void queue_take(void)
{
	long value;

	if (long_queue_pop_wait(&queue, &value, NULL) != 0)
		abort();
}

static void ring_give(void)
{
	if (long_ring_push(&ring, 1) != 0)
		abort();
}
static void ring_take(void)
{
	long value;

	if (long_ring_pop_wait(&ring, &value, NULL) != 0)
		abort();
}

static void event_give(void)
{
	afield_event_set(&event);
}
static void event_take(void)
{
	if (afield_event_wait(&event, NULL) != 0)
		abort();
	afield_event_clear(&event);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long available;

/* Signalled without the mutex, so that who wakes up finds it free. */
static void condition_give(void)
{
	pthread_mutex_lock(&mutex);
	available++;
	pthread_mutex_unlock(&mutex);
	pthread_cond_signal(&changed);
}
static void condition_take(void)
{
	pthread_mutex_lock(&mutex);
	while (available == 0)
		pthread_cond_wait(&changed, &mutex);
	available--;
	pthread_mutex_unlock(&mutex);
}

static uint32_t word;

static void futex_give(void)
{
	__atomic_store_n(&word, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
static void futex_take(void)
{
	while (__atomic_exchange_n(&word, 0, __ATOMIC_ACQUIRE) == 0)
		syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

static const struct contender {
	const char *name;
	void (*give)(void);
	void (*take)(void);
} contenders[] = {
	{"afield queue", queue_give, queue_take},  {"afield ring", ring_give, ring_take},
	{"afield event", event_give, event_take},  {"condition", condition_give, condition_take},
	{"futex by hand", futex_give, futex_take},
};
enum { CONTENDERS = sizeof(contenders) / sizeof(contenders[0]) };

/* What the sleeper tells the giver: how often it was about to sleep, and has woken up, and when. */
static long about_to_sleep, awake;
static double woken;
static long hand_overs;

static void *sleeper(void *opaque)
{
	const struct contender *contender = (const struct contender *)opaque;

	bench_pin(1);
	for (long i = 1; i <= hand_overs; i++) {
		__atomic_store_n(&about_to_sleep, i, __ATOMIC_RELEASE);
		contender->take();
		woken = bench_now();
		__atomic_store_n(&awake, i, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void wait_for(const long *count, long turn)
{
	for (long polls = 1; __atomic_load_n(count, __ATOMIC_ACQUIRE) != turn; polls++)
		if (polls % 1024 == 0)
			sched_yield();
		else
			AFIELD_SPIN();
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

enum { MEDIAN, LATE, CALL, FIGURES };
static const char *const figures[] = {"until awake, median", "until awake, 99th of 100",
				      "the giver's call, median"};

static void run_round(const struct contender *contender, double result[FIGURES])
{
	static double delays[MOST], calls[MOST];
	pthread_t thread;

	__atomic_store_n(&about_to_sleep, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&awake, 0, __ATOMIC_RELAXED);
	if (pthread_create(&thread, NULL, sleeper, (void *)(uintptr_t)contender) != 0)
		abort();
	for (long i = 1; i <= hand_overs; i++) {
		double begin, end;

		wait_for(&about_to_sleep, i);
		for (begin = bench_now(); bench_now() < begin + UNTIL_ASLEEP;)
			AFIELD_SPIN();
		begin = bench_now();
		contender->give();
		end = bench_now();
		wait_for(&awake, i);
		delays[i - 1] = (woken - begin) * 1e9;
		calls[i - 1] = (end - begin) * 1e9;
	}
	pthread_join(thread, NULL);
	qsort(delays, (size_t)hand_overs, sizeof(*delays), compare);
	qsort(calls, (size_t)hand_overs, sizeof(*calls), compare);
	result[MEDIAN] = delays[hand_overs / 2];
	result[LATE] = delays[(hand_overs * 99 - 1) / 100];
	result[CALL] = calls[hand_overs / 2];
}

int main(void)
{
	static double rounds[FIGURES][CONTENDERS][ROUNDS];
	struct bench_machine machine;

	bench_calibrate(&machine);
	bench_header(&machine);
	if (bench_cores() < 2) {
		fprintf(stderr, "wake-ups need two processors\n");
		return 0;
	}
	bench_pin(0);
	hand_overs = (long)(USUAL * bench_seconds() / 0.12);
	hand_overs = hand_overs < LEAST ? LEAST : hand_overs > MOST ? MOST : hand_overs;
	for (int round = 0; round < ROUNDS; round++)
		for (int turn = 0; turn < CONTENDERS; turn++) {
			int i = (turn + round) % CONTENDERS;
			double result[FIGURES];

			run_round(&contenders[i], result);
			for (int figure = 0; figure < FIGURES; figure++)
				rounds[figure][i][round] = result[figure];
		}
	for (int figure = 0; figure < FIGURES; figure++)
		for (int i = 0; i < CONTENDERS; i++) {
			struct bench_row row = {.kind = "peers.wakeups",
						.name = figures[figure],
						.who = contenders[i].name,
						.threads = 2,
						.count = ROUNDS,
						.rounds = rounds[figure][i]};

			bench_row(&row, rounds[figure][0]);
		}
	return 0;
}
