/* SPDX-License-Identifier: MIT */
/*
 * event under load: work that is announced is done, whoever is asleep. A lost wake is a hang, which
 * the watchdog turns into a failure.
 */
#include <afield/event.h>

#include "test.h"
#include "watchdog.h"

#include <errno.h>

static afield_event bell, reply;

/* One plain word each way, ordered by the events alone: ThreadSanitizer sees if they do not. */
static long question, answer;

static void ping_pong(void *rounds, int index)
{
	long count = *(const long *)rounds;

	for (long i = 1; i <= count; i++) {
		if (index == 0) {
			question = i;
			afield_event_set(&bell);
			TEST_CHECK(afield_event_wait(&reply, NULL) == 0);
			afield_event_clear(&reply);
			TEST_CHECK(answer == -i);
		} else {
			TEST_CHECK(afield_event_wait(&bell, NULL) == 0);
			afield_event_clear(&bell);
			TEST_CHECK(question == i);
			answer = -i;
			afield_event_set(&reply);
		}
	}
}

static void two_threads_take_turns(void)
{
	long rounds = test_scaled(4000);

	test_threads(2, ping_pong, &rounds);
	TEST_CHECK(answer == -rounds);
}

/*
 * Producers add work and set the bell, which is often set already; the consumer clears it, takes
 * all the work and waits only when there was none. Every piece must be taken.
 */
enum { PRODUCERS = 3 };
static AFIELD_ATOMIC(long) work;
static long taken;

static void produce_and_consume(void *each, int index)
{
	long count = *(const long *)each;

	if (index > 0) {
		for (long i = 0; i < count; i++) {
			AFIELD_FETCH_ADD(&work, 1, relaxed);
			afield_event_set(&bell);
		}
		return;
	}
	while (taken < count * PRODUCERS) {
		TEST_CHECK(afield_event_wait(&bell, NULL) == 0);
		afield_event_clear(&bell);
		taken += AFIELD_EXCHANGE(&work, 0, relaxed);
	}
}

static void no_work_is_slept_through(void)
{
	long each = test_scaled(20000);

	afield_event_clear(&bell);
	test_threads(1 + PRODUCERS, produce_and_consume, &each);
	TEST_CHECK(taken == each * PRODUCERS);
}

/* Deadlines near, sets and clears beside them: a wait says one of two things, and returns. */
static void wait_briefly(void *each, int index)
{
	long count = *(const long *)each;
	struct timespec deadline;

	for (long i = 0; i < count; i++) {
		int error;

		if (index == 0) {
			afield_event_set(&bell);
			afield_event_clear(&bell);
			continue;
		}
		error = afield_event_wait(&bell,
					  afield_deadline((double)(i % 50) * 1e-6, &deadline));
		TEST_CHECK(error == 0 || error == -ETIMEDOUT);
	}
}

static void deadlines_beside_pulses(void)
{
	long each = test_scaled(2000);

	test_threads(4, wait_briefly, &each);
}

int main(void)
{
	watchdog_start((unsigned)(60 + test_scaled(10)));
	TEST_RUN(two_threads_take_turns);
	TEST_RUN(no_work_is_slept_through);
	TEST_RUN(deadlines_beside_pulses);
	return test_done();
}
