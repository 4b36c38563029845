/*
 * wait: spin for a moment, then sleep with the host's lock given up.
 *
 * One round of the slow part: read the event count, count in, look at the state, sleep unless the
 * event count has moved since, count out. A waker changes the state, looks at the count, moves the
 * event count. So a change is either seen by the look, or its waker sees the count and then either
 * wakes the sleep or has moved the event count before it.
 *
 * Attaching to a host may never return: an interpreter that shuts down stops its daemon threads
 * there. So at that point this thread is no longer counted, and `ready`, which may take a lock,
 * runs only while attached.
 */
#include <afield/wait.h>

#include "park.h"

#include <errno.h>

/* About a microsecond: longer than a short write takes, shorter than a sleep and a wake. */
enum { SPINS = 64 };

void afield__wake_slow(struct afield_waiters *waiters)
{
	afield__park_wake(&waiters->event);
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

/* Each on a line of its own: who waits for one word shall not slow the look for waiters of others. */
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
	for (int i = 0; i < SPINS; i++) {
		if (ready(argument))
			return true;
		AFIELD_SPIN();
	}
	return false;
}

static int wait_for(struct afield_waiters *waiters, bool (*ready)(void *argument), void *argument,
		    const struct timespec *deadline, bool may_interrupt)
{
	if (is_ready_soon(ready, argument))
		return 0;
	for (;;) {
		uint32_t value = afield__park_value(&waiters->event);
		bool is_early;
		void *token;

		/* seq_cst: before the look below, as afield_wake's load is after the change. */
		AFIELD_FETCH_ADD(&waiters->count, 1, seq_cst);
		if (ready(argument)) {
			AFIELD_FETCH_SUB(&waiters->count, 1, relaxed);
			return 0;
		}
		token = afield_detach();
		is_early = afield__park_sleep(&waiters->event, value, deadline);
		AFIELD_FETCH_SUB(&waiters->count, 1, relaxed);
		afield_attach(token);
		if (may_interrupt && afield_is_interrupted(token))
			return -EINTR;
		/* A change that comes with the deadline counts as in time. */
		if (!is_early)
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
