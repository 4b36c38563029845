/* SPDX-License-Identifier: MIT */
/*
 * event beside a host with a lock of its own: who waits is detached, a pulse wakes everybody who
 * waited, and a thread that dies while it waits takes nothing along.
 */
#include <afield/event.h>

#include "waiting_cases.h"

static afield_event event;

static void reset(void)
{
	memset(&event, 0, sizeof(event));
}

/* A thread that is attached waits; one that needs the host sets the event. */
static void wait_or_set(void *sleeps, int index)
{
	if (index == 0)
		host_await_sleep(*(const unsigned long *)sleeps);
	host_attach_thread();
	if (index == 0)
		afield_event_set(&event);
	TEST_CHECK(afield_event_wait(&event, NULL) == 0);
	TEST_CHECK(host_is_attached);
	host_detach_thread();
}

static void waiters_give_up_the_host(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);

	reset();
	test_threads(6, wait_or_set, &sleeps);
}

enum { WAITERS = 5 };
static int woken; /* __atomic */
static void *wait_for_pulse(void *unused)
{
	TEST_CHECK(afield_event_wait(&event, NULL) == 0);
	__atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
	return unused;
}

/*
 * Set, and clear at once: with a flag alone, who has slept would find it clear again. All of them
 * are counted in before, so one pulse must do, whether they sleep already or are on their way.
 */
static void one_pulse_wakes_everybody(void)
{
	for (int round = 0; round < test_scaled(40); round++) {
		pthread_t threads[WAITERS];

		reset();
		__atomic_store_n(&woken, 0, __ATOMIC_SEQ_CST);
		for (int i = 0; i < WAITERS; i++)
			if (pthread_create(&threads[i], NULL, wait_for_pulse, NULL))
				abort();
		while (AFIELD_LOAD(&event.event.waiters.count, seq_cst) < WAITERS)
			usleep(10);
		if (round % 2)
			usleep(1000);
		afield_event_set(&event);
		afield_event_clear(&event);
		for (int i = 0; i < WAITERS; i++)
			pthread_join(threads[i], NULL);
		TEST_CHECK(woken == WAITERS && !afield_event_is_set(&event));
	}
}

/* An event is held while it is clear. */
static void hold(void (*meanwhile)(void))
{
	afield_event_clear(&event);
	meanwhile();
	afield_event_set(&event);
}

static int want_until(const struct timespec *deadline)
{
	return afield_event_wait(&event, deadline);
}

static int want(void)
{
	return want_until(NULL);
}

static const struct waiting_case cases[] = {{hold, want, WAITING_MAY_END, want_until}};

static uint32_t waiters(void)
{
	return AFIELD_LOAD(&event.event.waiters.count, relaxed);
}

/* A handler that runs in the thread that waits sets what it waits for. */
static void set_in_handler(int number)
{
	(void)number;
	afield_event_set(&event);
}

static void *signal_until_set(void *sleeper)
{
	usleep(20000);
	pthread_kill(*(pthread_t *)sleeper, SIGUSR2);
	return NULL;
}

static void a_handler_may_set_the_event(void)
{
	pthread_t self = pthread_self(), other;
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = set_in_handler;
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR2, &action, NULL);
	for (int round = 0; round < 5; round++) {
		afield_event_clear(&event);
		other = waiting_thread(signal_until_set, &self);
		TEST_CHECK(want() == 0);
		pthread_join(other, NULL);
	}
}

static void *wait_detached(void *unused)
{
	TEST_CHECK(afield_event_wait(&event, NULL) == 0);
	return unused;
}

/* The daemon is as good as dead from its waking on: set, and others' waits, do not mind. */
static void others_wait_on_when_one_never_comes_back(void)
{
	unsigned long sleeps = __atomic_load_n(&host_sleeps, __ATOMIC_SEQ_CST);
	waiting_want forever = want;
	pthread_t daemon, other;

	reset();
	daemon = waiting_thread(waiting_for_ever, &forever);
	host_await_sleep(sleeps);
	__atomic_store_n(&host_is_ending, 1, __ATOMIC_SEQ_CST);
	afield_event_set(&event);
	afield_event_clear(&event);
	usleep(20000);
	other = waiting_thread(wait_detached, NULL);
	usleep(20000);
	afield_event_set(&event);
	pthread_join(other, NULL);
	TEST_CHECK(afield_event_wait(&event, NULL) == 0);
	pthread_detach(daemon);
}

int main(void)
{
	WAITING_RUN(cases, NULL, waiters);
	TEST_RUN(waiters_give_up_the_host);
	TEST_RUN(one_pulse_wakes_everybody);
	TEST_RUN(a_handler_may_set_the_event);
	TEST_RUN(others_wait_on_when_one_never_comes_back); /* last: the host has ended */
	return test_done();
}
