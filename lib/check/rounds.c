/* SPDX-License-Identifier: MIT */
/*
 * rounds.c: runs a workload in rounds that all threads start together.
 */
#include "internal.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

/* Threads of one run meet here. Waiting spins: a thread that has to be woken starts late. But where
 * other programs want the processors, each turn that is given away costs as long as all of them
 * take; so who has waited for a millisecond sleeps. */
struct meeting {
	unsigned arrived;
	unsigned generation;
	unsigned threads;
};

struct worker {
	const struct afield_rounds *rounds;
	struct afield_log *log;
	struct meeting *meeting;
	unsigned thread;
	unsigned spin;
};

/* Lets others run. `since` is when the first of these began, or 0. */
static void give_way(int64_t *since)
{
	static const struct timespec moment = {0, 50000};

	if (!*since)
		*since = afield__clock_monotonic();
	if (afield__clock_monotonic() - *since < 1000000)
		sched_yield();
	else
		nanosleep(&moment, NULL);
	pthread_testcancel();
}

/* Returns true in the one thread that came last, before the others are let go. */
static bool arrive(const struct worker *worker)
{
	struct meeting *meeting = worker->meeting;
	unsigned generation = __atomic_load_n(&meeting->generation, __ATOMIC_ACQUIRE);
	unsigned spins = 0;
	int64_t since = 0;

	/* Acquire and release: what all threads did before is seen by the last and then by all. */
	if (__atomic_add_fetch(&meeting->arrived, 1, __ATOMIC_ACQ_REL) == meeting->threads)
		return true;
	while (__atomic_load_n(&meeting->generation, __ATOMIC_ACQUIRE) == generation) {
		if (++spins >= worker->spin) {
			give_way(&since);
			spins = 0;
		}
	}
	return false;
}

static void let_go(struct meeting *meeting)
{
	__atomic_store_n(&meeting->arrived, 0, __ATOMIC_RELAXED);
	__atomic_add_fetch(&meeting->generation, 1, __ATOMIC_RELEASE);
}

static void *run(void *argument)
{
	const struct worker *worker = (const struct worker *)argument;
	const struct afield_rounds *rounds = worker->rounds;

	for (unsigned round = 0; round < rounds->rounds; round++) {
		if (arrive(worker))
			let_go(worker->meeting);
		rounds->work(rounds->subject, worker->log, worker->thread, round);
		if (!arrive(worker))
			continue;
		if (rounds->between)
			rounds->between(rounds->subject, round);
		let_go(worker->meeting);
	}
	return NULL;
}

static void pin(pthread_t thread, unsigned index)
{
	cpu_set_t allowed, one;
	unsigned skip;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0 || CPU_COUNT(&allowed) == 0)
		return;
	skip = index % (unsigned)CPU_COUNT(&allowed);
	for (unsigned i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &allowed) || skip--)
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		pthread_setaffinity_np(thread, sizeof(one), &one);
		return;
	}
}

/* With more threads than processors, a thread that waits lets others run at once. */
static unsigned patience(unsigned threads)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return 1;
	return threads > (unsigned)CPU_COUNT(&allowed) ? 1 : 2000;
}

static bool run_threads(const struct afield_rounds *rounds, struct afield_recorder *recorder)
{
	struct meeting meeting = {0, 0, rounds->threads};
	struct worker *workers = (struct worker *)calloc(rounds->threads, sizeof(*workers));
	pthread_t *threads = (pthread_t *)calloc(rounds->threads, sizeof(*threads));
	unsigned started = 0;

	if (!workers || !threads)
		goto out;
	for (; started < rounds->threads; started++) {
		workers[started].rounds = rounds;
		workers[started].log = afield_recorder_log(recorder, started);
		workers[started].meeting = &meeting;
		workers[started].thread = started;
		workers[started].spin = patience(rounds->threads);
		if (pthread_create(&threads[started], NULL, run, &workers[started]) != 0)
			break;
		if (rounds->pin)
			pin(threads[started], started);
	}
	if (started < rounds->threads) {
		/* The threads that started wait for ones that will never come. */
		for (unsigned i = 0; i < started; i++)
			pthread_cancel(threads[i]);
	}
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
out:
	free(workers);
	free(threads);
	return rounds->threads && started == rounds->threads;
}

struct afield_history *afield_rounds_run(const struct afield_rounds *rounds,
					 const struct afield_model *model)
{
	struct afield_recorder *recorder;
	struct afield_history *history = NULL;

	if (!model || !rounds->threads)
		return NULL;
	recorder = afield_recorder_create(
		rounds->threads, (size_t)rounds->rounds * rounds->operations, rounds->clock);
	if (!recorder)
		return NULL;
	if (run_threads(rounds, recorder))
		history = afield_recorder_history(recorder, model);
	afield_recorder_free(recorder);
	return history;
}
