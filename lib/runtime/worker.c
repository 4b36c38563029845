/* SPDX-License-Identifier: MIT */
/*
 * worker: the thread that reclaims.
 *
 * It is made when there is something to reclaim, goes round by round, and ends when nothing has
 * come for a while: a program whose last thread ends is not kept alive by it, and one that forks
 * now and then mostly has one thread less. Between rounds it rests, for a grace period costs the
 * same whatever is in it; unless somebody waits. It rests for two milliseconds at most, and less
 * where much is retired: blocks should come back while they are still in their processor's cache.
 *
 * It takes after nobody: all processors, the ordinary policy and niceness, every signal blocked,
 * whoever is the first to retire.
 */
#define _GNU_SOURCE
#include <afield/reclaim.h>
#include <afield/wait.h>

#include "reclaim.h"
#include "reclaim_core.h"
#include "signals.h"

#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LONGEST_REST 0.002
#define SHORTEST_REST 0.0001
#define ROUND_UNITS 16384.0 /* a MiB: how much a round should have */
#define PATIENCE 0.1
#define STACK ((size_t)1 << 20)

static afield__presence presence;
static struct afield_waiters bell;                         /* it waits for something to do */
static struct afield_waiters rest;                         /* it waits for more to do at once */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER; /* protects is_ordered */
static bool is_ordered;

/* When a thread was last refused, or 0: the next attempt is PAUSE later. */
static AFIELD_ATOMIC(uint64_t) refused_at;
#define PAUSE UINT64_C(50000000)

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static bool is_wanted(void *unused)
{
	(void)unused;
	return afield__reclaim_is_wanted() || afield__reclaim_is_stopped();
}

static bool is_urgent(void *unused)
{
	(void)unused;
	return afield__reclaim_is_urgent() || afield__reclaim_is_stopped();
}

static bool wait_for(struct afield_waiters *waiters, double seconds, bool (*ready)(void *unused))
{
	struct timespec deadline;

	return afield_wait_uninterrupted_until(waiters, ready, NULL,
					       afield_deadline(seconds, &deadline));
}

/* At most twice as long as the previous one, and at least half of it. */
static double next_rest(double rest, uint64_t units)
{
	double next = units ? rest * ROUND_UNITS / (double)units : LONGEST_REST;

	next = next > 2 * rest ? 2 * rest : next < rest / 2 ? rest / 2 : next;
	return next > LONGEST_REST ? LONGEST_REST : next < SHORTEST_REST ? SHORTEST_REST : next;
}

static bool may_end(void)
{
	afield__presence_leave(&presence);
	return !afield__reclaim_is_wanted() || !afield__presence_claim(&presence);
}

/* Whatever is refused stays as it was. */
static void become_neutral(void)
{
	unsigned long all[1024 / CHAR_BIT];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i] = ~0ul;
	syscall(SYS_sched_setaffinity, 0, sizeof(all), all);
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 0);
	pthread_setname_np(pthread_self(), "afield-reclaim");
}

static void *work(void *unused)
{
	struct afield__self *self = afield__self_get();
	double seconds = SHORTEST_REST;

	if (self)
		AFIELD_STORE(&self->is_hostless, true, relaxed);
	become_neutral();
	while (!afield__reclaim_is_stopped()) {
		if (!wait_for(&bell, PATIENCE, is_wanted)) {
			afield__reclaim_free_blocks();
			if (may_end())
				break;
			continue;
		}
		wait_for(&rest, seconds, is_urgent);
		seconds = next_rest(seconds, afield__reclaim_round());
	}
	return unused;
}

/* A stack of 0 is the default's. */
static int create(size_t stack, bool is_explicit)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error = pthread_attr_init(&attributes);

	if (error)
		return error;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (stack)
		pthread_attr_setstacksize(&attributes, stack);
	if (is_explicit) {
		pthread_attr_setschedpolicy(&attributes, SCHED_OTHER);
		pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
	}
	error = pthread_create(&thread, &attributes, work, NULL);
	pthread_attr_destroy(&attributes);
	return error;
}

/* What was made before the first retire outlives the callbacks, as with C++'s statics. */
static void order_exit(void)
{
	pthread_mutex_lock(&making);
	if (!is_ordered)
		is_ordered = atexit(afield__reclaim_stop) == 0;
	pthread_mutex_unlock(&making);
}

static bool make(void)
{
	sigset_t before;
	int error;

	order_exit();
	signals_block(&before); /* which the thread inherits */
	error = create(STACK, true);
	if (error) /* a program's thread-local variables may not fit in */
		error = create(0, true);
	if (error)
		error = create(0, false);
	signals_restore(&before);
	if (!error)
		return true;
	AFIELD_STORE(&refused_at, now(), relaxed);
	afield__presence_leave(&presence);
	afield__reclaim_wake();
	return false;
}

bool afield__worker_is_there(void)
{
	return afield__presence_is_there(&presence);
}

bool afield__worker_call(bool is_urgent)
{
	uint64_t refused = AFIELD_LOAD(&refused_at, relaxed);

	if (afield__reclaim_is_stopped() || (refused != 0 && now() - refused < PAUSE))
		return false;
	if (afield__presence_claim(&presence))
		return make();
	afield_wake(&bell);
	if (is_urgent)
		afield_wake(&rest);
	return true;
}

void afield__worker_child(bool was_in_exit)
{
	static const pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;

	afield__presence_leave(&presence);
	AFIELD_STORE(&refused_at, 0, relaxed);
	if (was_in_exit)
		is_ordered = false;
	afield__waiters_child(&bell);
	afield__waiters_child(&rest);
	making = unlocked;
}
