/* SPDX-License-Identifier: MIT */
/*
 * wait: spin for a moment, then sleep with the host's lock given up.
 *
 * One round of the slow part: read the event count, count in, look at the state, sleep unless the
 * event count has moved since, count out. A waker changes the state, looks at the count, moves the
 * event count. So a change is either seen by the look, or its waker sees the count and then either
 * wakes the sleep or has moved the event count before it.
 *
 * A wake of one goes to a single sleeper, which must look at the state or hand the wake on; else a
 * second sleeper, who would have got it, sleeps forever. A sleeper knows whether it had the wake,
 * for the futex says so. At its deadline it had none. When the host ends its wait it looks no more,
 * and wakes another. When it finds the state taken by a thread that has not waited, there is
 * nothing left to hand on: that thread will wake when it gives the state back, and a value that it
 * took is gone.
 *
 * Attaching to a host may never return: an interpreter that shuts down stops its daemon threads
 * there. So at that point this thread is no longer counted, and `ready`, which may take a lock,
 * runs only while attached. A wake would be lost there as well, so a guest of the host first lends
 * it to a thread that is nobody's guest. Other guests need no loan: they do not come back either.
 */
#include <afield/wait.h>

#include "park.h"

#include <errno.h>
#include <pthread.h>

/* About a microsecond: longer than a short write takes, shorter than a sleep and a wake. */
#ifndef AFIELD__WAIT_SPINS
#define AFIELD__WAIT_SPINS 64
#endif

void afield__wake_slow(struct afield_waiters *waiters)
{
	afield__park_wake(&waiters->event);
}

void afield__wake_one_slow(struct afield_waiters *waiters)
{
	afield__park_wake_one(&waiters->event);
}

const struct timespec *afield__deadline_normal(const struct timespec *deadline,
					       struct timespec *normal)
{
	const long second = 1000000000;
	time_t carry = deadline ? deadline->tv_nsec / second : 0;

	if (!deadline)
		return NULL;
	normal->tv_nsec = deadline->tv_nsec % second;
	if (normal->tv_nsec < 0) {
		normal->tv_nsec += second;
		carry--;
	}
	if (__builtin_add_overflow(deadline->tv_sec, carry, &normal->tv_sec))
		normal->tv_sec = carry < 0 ? -1 : AFIELD__DEADLINE_LAST;
	if (normal->tv_sec >= AFIELD__DEADLINE_LAST)
		return NULL;
	if (normal->tv_sec < 0) /* before the clock began */
		normal->tv_sec = normal->tv_nsec = 0;
	return normal;
}

const struct timespec *afield_deadline(double seconds, struct timespec *deadline)
{
	const double century = 100.0 * 366 * 24 * 3600;
	time_t whole;

	if (!(seconds >= 0 && seconds <= century))
		return NULL;
	clock_gettime(CLOCK_MONOTONIC, deadline);
	whole = (time_t)seconds;
	deadline->tv_sec += whole;
	deadline->tv_nsec += (long)((seconds - (double)whole) * 1e9);
	if (deadline->tv_nsec >= 1000000000) {
		deadline->tv_nsec -= 1000000000;
		deadline->tv_sec++;
	}
	return deadline;
}

/* Each on a line of its own: who waits for one word shall not slow the look for waiters of
 * others. */
enum { SHARED_BITS = 6 };
static struct shared {
	_Alignas(64) struct afield_waiters waiters;
} shared[1 << SHARED_BITS];

/* The multiplier is 2^64 divided by the golden ratio: it spreads neighbours. */
struct afield_waiters *afield_waiters_of(const void *word)
{
	uint64_t address = (uint64_t)(uintptr_t)word;

	return &shared[(address * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - SHARED_BITS)].waiters;
}

static bool is_ready_soon(bool (*ready)(void *argument), void *argument)
{
	for (int i = 0; i < AFIELD__WAIT_SPINS; i++) {
		if (ready(argument))
			return true;
		AFIELD_SPIN();
	}
	return false;
}

/*
 * Sleeps detached, and ends counted out and attached again. A hook of the host's may be a
 * cancellation point, at which this thread would end with a wake in its hands: no thread is
 * cancelled between the two.
 */
static enum afield__park_end sleep_detached(struct afield_waiters *waiters, uint32_t value,
					    const struct timespec *deadline, bool *is_over)
{
	enum afield__park_end end;
	void *token;
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	token = afield_detach();
	end = afield__park_sleep(&waiters->event, value, token != NULL, deadline);
	AFIELD_FETCH_SUB(&waiters->count, 1, relaxed);
	if (token && end == AFIELD__PARK_WOKEN && !AFIELD_MUTANT("lend_nothing"))
		afield__park_lend(&waiters->event);
	afield_attach(token);
	*is_over = *is_over && afield_is_interrupted(token);
	pthread_setcancelstate(cancel_state, NULL);
	return end;
}

static int wait_for(struct afield_waiters *waiters, bool (*ready)(void *argument), void *argument,
		    const struct timespec *deadline, bool may_interrupt)
{
	struct timespec normal;

	if (is_ready_soon(ready, argument))
		return 0;
	deadline = afield__deadline_normal(deadline, &normal);
	for (;;) {
		uint32_t value = afield__park_value(&waiters->event);
		enum afield__park_end end;
		bool is_over = may_interrupt; /* whether the host ends this wait */

		/* seq_cst: before the look below, as afield_wake's load is after the change. */
		AFIELD_FETCH_ADD(&waiters->count, 1, seq_cst);
		if (ready(argument)) {
			AFIELD_FETCH_SUB(&waiters->count, 1, relaxed);
			return 0;
		}
		end = sleep_detached(waiters, value, deadline, &is_over);
		if (is_over) {
			if (end == AFIELD__PARK_WOKEN && !AFIELD_MUTANT("keep_the_wake"))
				afield_wake_one(waiters);
			return -EINTR;
		}
		/* A change that comes with the deadline counts as in time. */
		if (end == AFIELD__PARK_LATE)
			return ready(argument) ? 0 : -ETIMEDOUT;
	}
}

int afield_wait(struct afield_waiters *waiters, bool (*ready)(void *argument), void *argument,
		const struct timespec *deadline)
{
	return wait_for(waiters, ready, argument, deadline, true);
}

bool afield_wait_uninterrupted_until(struct afield_waiters *waiters, bool (*ready)(void *argument),
				     void *argument, const struct timespec *deadline)
{
	return wait_for(waiters, ready, argument, deadline, false) == 0;
}

void afield_wait_uninterrupted(struct afield_waiters *waiters, bool (*ready)(void *argument),
			       void *argument)
{
	(void)wait_for(waiters, ready, argument, NULL, false);
}
